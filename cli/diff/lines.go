package diff

import "slices"

// hunk is a run of lines that is replaced by another; either may be empty.
type hunk struct {
	was, now     []string
	wasAt, nowAt int // where they begin
}

// pair is a line that both texts have, by its places.
type pair struct{ was, now int }

// hunks returns what differs between two texts, by lines.
func hunks(was, now []string) []hunk {
	var found []hunk
	var at pair
	for _, p := range append(common(was, now, pair{}), pair{len(was), len(now)}) {
		if p != at {
			found = append(found, hunk{was[at.was:p.was], now[at.now:p.now], at.was, at.now})
		}
		at = pair{p.was + 1, p.now + 1}
	}
	return found
}

// common pairs the lines that stay, as a patience diff does: those at both ends,
// then those that either text has once, in the longest order that both agree on,
// and so on between them. People read its hunks better than the shortest ones,
// and it is fast on texts that have nothing in common.
func common(was, now []string, offset pair) []pair {
	start := 0
	for start < min(len(was), len(now)) && was[start] == now[start] {
		start++
	}
	end := 0
	for end < min(len(was), len(now))-start && was[len(was)-1-end] == now[len(now)-1-end] {
		end++
	}
	var pairs []pair
	for i := range start {
		pairs = append(pairs, pair{offset.was + i, offset.now + i})
	}
	pairs = append(pairs, between(was[start:len(was)-end], now[start:len(now)-end], pair{offset.was + start, offset.now + start})...)
	for i := end; i > 0; i-- {
		pairs = append(pairs, pair{offset.was + len(was) - i, offset.now + len(now) - i})
	}
	return pairs
}

func between(was, now []string, offset pair) []pair {
	var pairs []pair
	var at pair
	for _, p := range longestOrder(onceInBoth(was, now)) {
		pairs = append(pairs, common(was[at.was:p.was], now[at.now:p.now], pair{offset.was + at.was, offset.now + at.now})...)
		pairs = append(pairs, pair{offset.was + p.was, offset.now + p.now})
		at = pair{p.was + 1, p.now + 1}
	}
	if at == (pair{}) {
		return nil
	}
	return append(pairs, common(was[at.was:], now[at.now:], pair{offset.was + at.was, offset.now + at.now})...)
}

// onceInBoth returns the lines that each text has once, in the order of the first.
func onceInBoth(was, now []string) []pair {
	count, place := map[string]int{}, map[string]int{}
	for _, line := range was {
		count[line]++
	}
	for i, line := range now {
		count[line] += 1 << 32 // the other text, in the upper half
		place[line] = i
	}
	var pairs []pair
	for i, line := range was {
		if count[line] == 1<<32+1 {
			pairs = append(pairs, pair{i, place[line]})
		}
	}
	return pairs
}

// longestOrder returns the longest of the pairs' subsequences that is in order in
// both texts, by patience sorting.
func longestOrder(pairs []pair) []pair {
	var tops []int // by length, the pair that ends such a sequence earliest
	previous := make([]int, len(pairs))
	for i, p := range pairs {
		at, _ := slices.BinarySearchFunc(tops, p, func(top int, p pair) int { return pairs[top].now - p.now })
		previous[i] = -1
		if at > 0 {
			previous[i] = tops[at-1]
		}
		tops = append(tops[:at], append([]int{i}, tops[min(at+1, len(tops)):]...)...)
	}
	var order []pair
	if len(tops) > 0 {
		for i := tops[len(tops)-1]; i >= 0; i = previous[i] {
			order = append(order, pairs[i])
		}
	}
	slices.Reverse(order)
	return order
}

package fn

import (
	"slices"
	"strings"
)

// handOver has all parts but the last one read by others, where the first item begins.
// Each part goes from the beginning of an item to that of another, so that none has to
// know what is before it.
func (s *scanner) handOver() {
	for end := s.endOfPart(); end > 0; end = s.endOfPart() {
		part := &scanner{
			text: s.text[:end], partSize: end, at: s.at, gap: s.gap,
			blocks: slices.Clone(s.blocks), open: true,
			list: &resourceList{}, fields: []string{"items"},
		}
		items := make(chan []*item, 1)
		go func() { items <- part.items() }()
		s.parts = append(s.parts, items)
		s.at, s.gap = end, end
	}
}

// endOfPart returns where the part ends that begins here, and 0 where it is the last
// one. Only what is sure to begin an item will do, and not behind a comment, which may
// be of either item.
func (s *scanner) endOfPart() int {
	rest := s.text[s.at:]
	if len(s.blocks) != 1 || s.blocks[0].key != "items" || len(rest) <= s.partSize {
		return 0
	}
	const first = "- apiVersion:"
	content := strings.TrimLeft(rest, " ")
	if !strings.HasPrefix(content, first) {
		return 0
	}
	beyond, _, hasNext := strings.Cut(rest[s.partSize:], "\n"+rest[:len(rest)-len(content)]+first)
	part := rest[:s.partSize+len(beyond)]
	lastLine := part[strings.LastIndexByte(part, '\n')+1:]
	if !hasNext || isEnd(strings.TrimLeft(lastLine, " ")) {
		return 0
	}
	return s.at + len(part) + len("\n")
}

// items are those of a part, and none where it is not sure of them, or goes on behind
// the items.
func (s *scanner) items() []*item {
	if !s.read() || len(s.fields) > 1 || s.gap < len(s.text) {
		return nil
	}
	return s.list.items
}

// takeParts puts the items of the parts before the others, unless one is not sure.
func (s *scanner) takeParts() bool {
	var items []*item
	for _, part := range s.parts {
		read := <-part
		if len(read) == 0 {
			return false
		}
		items = append(items, read...)
	}
	s.list.items = append(items, s.list.items...)
	return true
}

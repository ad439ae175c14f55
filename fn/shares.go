package fn

import (
	"slices"
	"sync"
)

// inShares calls f with a share of all at a time, and with several at once where
// there are several processors.
func inShares[T any](all []T, f func(share []T)) {
	const size = 500 // so that few are one, since there is work to begin each
	if len(all) <= size {
		f(all)
		return
	}
	var shares sync.WaitGroup
	for share := range slices.Chunk(all, size) {
		shares.Go(func() { f(share) })
	}
	shares.Wait()
}

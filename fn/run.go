// Package fn runs the function on a ResourceList: it finds the clusters, builds
// their objects, merges those with what is there, prunes what is no longer
// wanted, and reports. It alone knows the orchestrators' formats.
//
// The SDK gives the vocabulary of results. Reading and writing go through kyaml:
// the SDK's own would sort the items, drop comments, and fail on aliases, on an
// empty list and on a missing functionConfig.
package fn

import (
	"fmt"
	"io"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// Run reads a ResourceList from in and writes it to out with the data layer of
// its clusters; log gets the errors and warnings, which some orchestrators show
// nowhere else. If anything is wrong, the items are written as they came, with
// the results, and Run returns an error. Input that is no ResourceList gives an
// error and no output.
func Run(in io.Reader, out, log io.Writer) error {
	list, err := readResourceList(in)
	if err != nil {
		return err
	}
	_, failure := list.expand()
	list.results.log(log)
	if err := list.write(out); err != nil {
		return fmt.Errorf("write the ResourceList: %w", err)
	}
	return failure
}

// expand replaces the items by those with the data layer of the clusters, or
// leaves them alone and returns an error. It returns the data layer by itself too.
func (l *resourceList) expand() ([]generated, error) {
	clusters := l.findClusters()
	owners := ownersAmong(clusters)
	wanted := l.build(clusters)
	findFormer(l.items, wanted, owners)
	keepAnnotations(wanted, append(bookkeeping(), builders.GeneratedFrom)...)
	l.writeElements(wanted)
	l.checkAllowed(clusters)
	l.guard(wanted, owners)
	items, pruned := l.merge(wanted, owners)
	if n := l.results.errorCount(); n > 0 {
		return nil, fmt.Errorf("nothing was changed, errors: %d", n)
	}
	l.reportPruned(pruned)
	l.items = items
	return wanted, nil
}

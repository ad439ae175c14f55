package fn_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// TestManyClusters: among so many that they are shared out, a cluster becomes what it
// becomes alone, in its place, and a second render changes nothing.
func TestManyClusters(t *testing.T) {
	var clusters []string
	for i := range 600 {
		clusters = append(clusters, fmt.Sprintf("- apiVersion: banhbaoring.io/v1\n  kind: BanhBaoRingCluster\n  metadata:\n    name: c%d\n    namespace: keys\n  spec:\n    domain: keys.example.com\n", i))
	}
	all := strings.Join(clusters, "")
	var want strings.Builder
	want.WriteString(all)
	for _, cluster := range clusters {
		want.WriteString(strings.TrimPrefix(itemsAfter(t, cluster), cluster))
	}
	got := itemsAfter(t, all)
	if got != want.String() {
		t.Error("among many, clusters do not become what they become alone")
	}
	if itemsAfter(t, got) != got {
		t.Error("a second render changes the items")
	}
}

// itemsAfter are the items after a run, with what they were before.
func itemsAfter(t *testing.T, items string) string {
	t.Helper()
	var out strings.Builder
	if err := fn.Run(strings.NewReader("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"+items), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(out.String(), "items:\n")
	after, _, _ = strings.Cut(after, "\nresults:\n")
	return strings.TrimSuffix(after, "\n") + "\n"
}

package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

const listHead = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: banhbaoring.io/v1\n  kind: BanhBaoRingCluster\n"

const clusterItem = listHead + "  metadata: {name: demo, namespace: keys}\n"

// TestLimits has what a program may write by mistake, or somebody on purpose: it is
// refused in few words, or passes.
func TestLimits(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"lists in lists", clusterItem + "  spec:\n    x: " + strings.Repeat("[", 30_000), "exceeded max depth of 10000: no object is that deep"},
		{"elements in elements", clusterItem + "  spec:\n    x:\n      " + strings.Repeat("- ", 30_000) + "a\n", "exceeded max depth of 10000"},
		{"deep, and not too deep", clusterItem + "  spec:\n    x: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n", "warning: spec.x: is not a section"},
		{"aliases of aliases", clusterItem + "  spec:\n" + laughs(12), "aliases expand to more than 100000 nodes"},
		{"a long value", clusterItem + "  spec:\n    database:\n      version: \"x" + strings.Repeat("1", 1<<20) + "\"\n", "… (1048"},
		{"a long name", listHead + "  metadata: {namespace: keys, name: " + strings.Repeat("a", 1<<20) + "}\n", "metadata.name: must be at most 41 characters"},
		{"a long value of another", clusterItem + "- kind: ConfigMap\n  data:\n    a: " + strings.Repeat("x", 1<<20) + "\n", ""},
		{"many mistakes", clusterItem + "  spec:\n    database:\n" + numbered("      field%d: 1\n", 3000), "results are not shown, errors among all: 3000"},
		{"many keys given twice", clusterItem + "  spec:\n" + strings.Repeat("    a: 1\n", 3000), "results are not shown, errors among all: 2999"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, log strings.Builder
			err := fn.Run(strings.NewReader(c.input), &out, &log)
			said := log.String() + fmt.Sprint(err)
			if !strings.Contains(said, c.want) {
				t.Errorf("want %q, got %.300s", c.want, said)
			}
			if len(said) > 1000*300 {
				t.Errorf("says %d bytes", len(said))
			}
		})
	}
}

// TestInputLimit reads no more than there may be, of a pipe without an end.
func TestInputLimit(t *testing.T) {
	var out, log strings.Builder
	err := fn.Run(endless{}, &out, &log)
	if err == nil || err.Error() != "the input is over 128 MiB: split the package" || out.Len() > 0 {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// laughs are lists of ten times the list before.
func laughs(n int) string {
	text := "    a0: &a0 [1]\n"
	for i := range n {
		text += fmt.Sprintf("    a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return text
}

func numbered(format string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

package fn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzScan compares the two ways to read a ResourceList: where scan is sure, it
// must have found what parse finds, and the list must be written with the same
// values.
func FuzzScan(f *testing.F) {
	inputs, err := filepath.Glob("../testdata/*/*put.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, item := range shapes() {
		f.Add(listOf(item))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, partSize := range []int{partOfList, 100} {
			if scanned, ok := scan(text, partSize); ok {
				compareWithParsed(t, text, scanned)
			}
		}
	})
}

func compareWithParsed(t *testing.T, text string, scanned *resourceList) {
	t.Helper()
	parsed, err := parse(text)
	if err != nil {
		t.Fatalf("scan is sure of what parse refuses: %s", err)
	}
	exact := cmp.Options{cmp.AllowUnexported(summary{}, identity{}), cmpopts.EquateNaNs()}
	if diff := cmp.Diff(summaries(parsed), summaries(scanned), exact); diff != "" {
		t.Errorf("scan finds other items than parse (-parse +scan):\n%s", diff)
	}
	if diff := cmp.Diff(written(t, parsed), written(t, scanned), exact); diff != "" {
		t.Errorf("the list is written with other values (-parse +scan):\n%s", diff)
	}
}

// TestScanInParts: however small the parts are, the list is the same to the byte.
func TestScanInParts(t *testing.T) {
	const head, one = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n", "- apiVersion: v1\n  kind: A\n"
	texts := map[string]string{
		"items":             head + "items:\n" + strings.Repeat(one, 9),
		"indented":          head + "items:\n" + strings.ReplaceAll("  "+one+one+one, "\n", "\n  ") + "\n",
		"comments between":  head + "items:\n# a\n" + one + "# b\n" + one + "\n# c\n\n" + one + "# d\n",
		"text like an item": head + "items:\n" + one + "  text: |\n    - apiVersion: v1\n" + one,
		"fields behind":     head + "items:\n" + one + one + "results:\n- message: old\nfunctionConfig:\n  kind: ConfigMap\n",
	}
	inputs, err := filepath.Glob("../testdata/*/*put.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := scan(string(text), len(text)); ok {
			texts[input] = string(text)
		}
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			whole, _ := scan(text, len(text))
			for _, partSize := range []int{len(text), 1000, 100, 1} {
				inParts, ok := scan(text, partSize)
				if !ok {
					t.Fatalf("in parts of %d bytes parse has to read it", partSize)
				}
				same := cmp.Options{cmp.AllowUnexported(resourceList{}, item{}, identity{}), cmpopts.IgnoreFields(item{}, "nodes")}
				if diff := cmp.Diff(whole, inParts, same); diff != "" {
					t.Errorf("in parts of %d bytes the list is another (-whole +in parts):\n%s", partSize, diff)
				}
			}
		})
	}
}

// TestScanOfListBehind: in a part what is behind the items may look like one.
func TestScanOfListBehind(t *testing.T) {
	const text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: v1\n  kind: A\nresults:\n- apiVersion: v1\n  kind: B\n"
	if _, ok := scan(text, 1); ok {
		t.Error("scan is sure of a part that ends among the results")
	}
	if _, ok := scan(text, len(text)); !ok {
		t.Error("parse has to read the whole")
	}
}

// TestScanIsSure holds scan to what it is there for: without it a package of
// others' objects takes twenty times as long.
func TestScanIsSure(t *testing.T) {
	for name, item := range shapes() {
		t.Run(name, func(t *testing.T) {
			if _, ok := scan(listOf(item), partOfList); !ok {
				t.Errorf("parse has to read this:\n%s", item)
			}
		})
	}
}

// TestScanIsUnsure has what a line does not tell.
func TestScanIsUnsure(t *testing.T) {
	for name, item := range map[string]string{
		"anchor":               "a: &one 1\n",
		"alias":                "a: *one\n",
		"anchor in a flow":     "a: [&one 1]\n",
		"merge key":            "<<: {a: b}\n",
		"tag":                  "a: !!str 1\n",
		"name given twice":     "metadata:\n  name: a\n  name: b\n",
		"kind given twice":     "kind: A\nkind: B\n",
		"annotation twice":     "metadata:\n  annotations:\n    a: b\n    a: c\n",
		"metadata in a flow":   "metadata: {name: a}\n",
		"name with escapes":    "metadata:\n  name: \"\\x61\"\n",
		"text of two lines":    "a: one\n  two\n",
		"quotes of two lines":  "a: \"one\n  two\"\n",
		"flow of two lines":    "a: [one,\n  two]\n",
		"complex key":          "? a\n: b\n",
		"tab":                  "a:\tb\n",
		"two values":           "a: b: c\n",
		"carriage return":      "a: b\rc: d\n",
		"next line":            "a: b\u0085c: d\n",
		"not UTF-8":            "a: \xff\n",
		"too little":           "a:\n    b: c\n  d: e\n",
		"value and a block":    "a: b\n  c: d\n",
		"unclosed quote":       "a: \"b\n",
		"unclosed flow":        "a: [b\n",
		"blank line, deeper":   "a: |\n      \n  b\n",
		"tab for indentation":  "a: |\n\tb\n",
		"byte order mark":      "a: \uFEFFb\n",
		"end of a document":    "a: b\n...\n",
		"directive":            "%YAML 1.2\n",
		"reserved":             "a: @b\n",
		"sequence in metadata": "metadata:\n  - name: a\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := scan(listOf(item), partOfList); ok {
				t.Errorf("scan is sure of this:\n%s", item)
			}
		})
	}
}

// shapes are members of an item as kyaml and people write them.
func shapes() map[string]string {
	return map[string]string{
		"text":                 "a: b\nc: d e f\n",
		"numbers":              "a: 1\nb: -1.5e3\nc: 0x1f\n",
		"nothing":              "a:\nb: null\nc: ~\n",
		"quotes":               "a: \"b: c # d\"\nc: 'it''s'\n\"e\": \"\\n\\\"\"\n'f': g\n",
		"empty collections":    "a: {}\nb: [] # none\nc:\n- {}\n- []\n",
		"flow collections":     "a: [b, \"c\", {d: e}]\nf: {g: [\"*\"]} # all\n",
		"mappings":             "a:\n  b:\n    c: d\n  e: f\ng: h\n",
		"wide indentation":     "a:\n        b: c\n        d: e\n",
		"sequences":            "a:\n- b\n- c: d\n  e: f\n-\n  g: h\n-   i: j\n    k: l\n",
		"indented sequences":   "a:\n  - b\n  - c:\n      - d\n    e: f\n",
		"sequences of those":   "a:\n- - b\n  - c\n- - - d\n",
		"literals":             "a: |\n  b: c\n\n    # no comment\n  \td\ne: |-\n  - f\ng: |+\n  h\n\n",
		"folded lines":         "a: >\n  b\n  c\n\n  d\ne: >- # so\n  f\n",
		"literal, indented":    "a: |2\n    b\n   c\n",
		"literal in sequence":  "a:\n- |\n  b\n  c\n- d\n",
		"empty literal":        "a: |\nb: c\n",
		"comments":             "# a\na: b # c\n  # d\nc:\n# e\n- f # g\n\n# h\ni: j#k\n",
		"what looks like more": "a: b:c\nd: -e\nf: :g\nh: ?i\nj: a,b[c]{d}\nk: it's \"so\"\n",
		"other alphabets":      "a: naïve — 日本語\nb: |\n  é\n",
		"identity":             "apiVersion: apps/v1\nmetadata:\n  name: \"a\"\n  namespace: 'b'\n  annotations:\n    c/d: \"1\"\n    e: f\n",
		"no metadata":          "metadata: {}\n",
		"null metadata":        "metadata:\n  name: null\n  annotations:\n",
	}
}

// listOf is a list of one item with some members, in a list of others.
func listOf(members string) string {
	text := "# a list\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n# first\n- kind: First\n"
	text += "# second\n- kind: Second\n  " + strings.TrimRight(strings.ReplaceAll(members, "\n", "\n  "), " ")
	return text + "# third\n- kind: Third\nfunctionConfig:\n  kind: ConfigMap\nresults:\n- message: old\n"
}

// summary is what is known of an item, and its value.
type summary struct {
	id          identity
	apiVersion  string
	annotations map[string]string
	path        string
	index       int
	value       any
}

func summaries(list *resourceList) []summary {
	var all []summary
	for _, i := range append(list.items, list.functionConfig) {
		if i != nil {
			all = append(all, summary{i.id, i.apiVersion, i.annotations, i.path, i.index, valueOf(i.view().YNode())})
		}
	}
	return all
}

// valueOf is the value of a node, or the error of one without, such as one that
// has a key twice.
func valueOf(node *yaml.Node) any {
	var value any
	if err := node.Decode(&value); err != nil {
		return "no value"
	}
	return value
}

func written(t *testing.T, list *resourceList) any {
	t.Helper()
	var out strings.Builder
	if err := list.write(&out); err != nil {
		t.Fatal(err)
	}
	root, err := parseDocument(out.String())
	if err != nil {
		t.Fatalf("%s\n%s", err, &out)
	}
	return valueOf(root.YNode())
}

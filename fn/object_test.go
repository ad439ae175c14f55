package fn

import (
	"encoding/json"
	"testing"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// FuzzStrings writes text as an object's, and reads it as kubectl does, to which
// yes is true and 1_000 a number.
func FuzzStrings(f *testing.F) {
	for _, text := range []string{
		"", "y", "No", "TRUE", "yes please", "null", "~", "data", "on", "Off", "10Gi", "1_000", "0x1f", "1e3", ".inf",
		"/data", "é", "2001-01-01", "a: b", "- a", "# no", "y\n", "<<", "=", "n ", "one\n  two\n", "\t\n", "\ttab", "/a: b", "0o7", "1:30",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want, got any
		data, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &want); err != nil { // what is no UTF-8 is replaced
			t.Fatal(err)
		}
		node, err := blockYAML(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		written, err := kyaml.NewRNode(node).String()
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal([]byte(written), &got); err != nil {
			t.Fatalf("%q is written as %q: %v", text, written, err)
		}
		if want.(map[string]any)["text"] != got.(map[string]any)["text"] {
			t.Errorf("%q is written as %q, and read as %#v", text, written, got)
		}
	})
}

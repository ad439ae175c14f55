package fn

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// FuzzStrings writes text wherever an object may have some, and reads it as kubectl
// does, to which yes is true and 1_000 a number.
func FuzzStrings(f *testing.F) {
	for _, text := range []string{
		"", "y", "No", "TRUE", "yes please", "null", "~", "data", "on", "Off", "10Gi", "1_000", "0x1f", "1e3", ".inf", "-.inf", "-", "--", "---", "-1", "-a",
		"/data", "é", "2001-01-01", "a: b", "- a", "# no", "y\n", "<<", "=", "n ", "one\n  two\n", "\t\n", "\ttab", "/a: b", "0o7", "1:30", "?", "? a", "$(A)",
		"a\n\n", "a\n\n\n", "\n", "\na", "a\r\nb", "a \nb", "a\u0085b", "\uFEFFa", "a\x00", "\xff\xfe", "\"a\" 'b'", `\`, strings.Repeat("long ", 500),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "�") // all input is UTF-8
		object := map[string]any{"text": text, "list": []string{text, "next"}, "lists": [][]string{{text}}, "key": map[string]any{text: "a", "b": map[string]string{text: text}}}
		data, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		written, err := newYAMLWriter().write(object)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal([]byte(written), &got); err != nil {
			t.Fatalf("%q is written as %q: %v", text, written, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q is written as %s, and read as\n%s", text, written, diff)
		}
	})
}

// TestWriterFollowsJSON compares what is written with what package json makes of
// the same objects, but for the status that no manifest has.
func TestWriterFollowsJSON(t *testing.T) {
	inputs, err := filepath.Glob("../testdata/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	objects := 0
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		list, err := readResourceList(bytes.NewReader(text))
		if err != nil {
			continue
		}
		for _, g := range list.build(list.findClusters()) {
			objects++
			written, err := newYAMLWriter().write(g.typed)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(g.typed)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(valueIn(t, data), valueIn(t, []byte(written))); diff != "" {
				t.Errorf("%s: %s (-json +written):\n%s", input, g.id, diff)
			}
		}
	}
	if objects == 0 {
		t.Error("no objects")
	}
}

func valueIn(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	dropStatus(value)
	return value
}

func dropStatus(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, isObject := value["status"].(map[string]any); isObject {
			delete(value, "status")
		}
		for _, member := range value {
			dropStatus(member)
		}
	case []any:
		for _, element := range value {
			dropStatus(element)
		}
	}
}

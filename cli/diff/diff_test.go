package diff_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/diff"
	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// TestGoldenChanges compares testdata/<case>/was.yaml with now.yaml.
func TestGoldenChanges(t *testing.T) {
	cases, err := filepath.Glob("testdata/*")
	if err != nil || len(cases) == 0 {
		t.Fatalf("nothing to test: %v", err)
	}
	for _, folder := range cases {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var was []fn.Earlier
			for _, object := range golden.Objects(t, filepath.Join(folder, "was.yaml")) {
				was = append(was, fn.Earlier{Object: object})
			}
			comparison := fn.Comparison{Was: was, Now: golden.Objects(t, filepath.Join(folder, "now.yaml"))}
			golden.Check(t, filepath.Join(folder, "output.txt"), written(t, diff.Changes(comparison), false))
		})
	}
}

// TestColour takes the colours off again.
func TestColour(t *testing.T) {
	comparison := fn.Comparison{
		Was: []fn.Earlier{{Object: golden.Object(t, `{kind: A, metadata: {name: a}, x: 1, w: 1}`), Notes: []string{"careful"}}},
		Now: []fn.Object{golden.Object(t, `{kind: A, metadata: {name: a}, x: 2, z: 1}`), golden.Object(t, `{kind: B}`)},
	}
	coloured := written(t, diff.Changes(comparison), true)
	for _, want := range []string{"\x1b[33m  ~ x: 1 -> 2\x1b[0m\n", "\x1b[31m  - w: 1\x1b[0m\n", "\x1b[32m  + z: 1\x1b[0m\n", "\x1b[1m  ! careful\x1b[0m\n"} {
		if !strings.Contains(coloured, want) {
			t.Errorf("lacks %q:\n%q", want, coloured)
		}
	}
	stripped := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[1m", "", "\x1b[0m", "").Replace(coloured)
	if diff := cmp.Diff(written(t, diff.Changes(comparison), false), stripped); diff != "" {
		t.Errorf("colours change the text (-plain +coloured):\n%s", diff)
	}
}

// FuzzChanges looks for objects whose difference is not found, or found where
// there is none.
func FuzzChanges(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"a": 1}`, `{"a": "1"}`},
		{`{"a": null}`, `{}`},
		{`{"a": {}}`, `{"a": []}`},
		{`{"a": [{"name": "x"}, {"name": "y"}]}`, `{"a": [{"name": "y"}, {"name": "x"}]}`},
		{`{"a": [{"name": 1}]}`, `{"a": [{"name": "1"}]}`},
		{`{"a": ["a", "b", "b", "c", "d"]}`, `{"a": ["b", "a", "d", "b", "e"]}`},
		{`{"a": "a\nb\nc"}`, `{"a": "a\nc\n"}`},
		{`{"kind": "Secret", "data": {"a": "x"}}`, `{"kind": "Secret", "data": {"a": ["y"]}}`},
		{`{"kind": "StatefulSet", "spec": 1}`, `{"kind": "StatefulSet", "spec": {"template": {}}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		was, now := decoded(first), decoded(second)
		if was == nil || now == nil {
			return
		}
		// One name for both: other objects are not compared.
		for _, object := range []fn.Object{was, now} {
			object["apiVersion"], object["metadata"] = "v1", map[string]any{"name": "x"}
		}
		if kind, ok := now["kind"].(string); ok {
			was["kind"] = kind
		} else {
			was["kind"], now["kind"] = "A", "A"
		}
		changes := diff.Changes(fn.Comparison{Was: []fn.Earlier{{Object: was}}, Now: []fn.Object{now}})
		if equal := reflect.DeepEqual(was, now); equal != (len(changes) == 0) {
			t.Errorf("equal: %t, changes: %s", equal, written(t, changes, false))
		}
	})
}

func decoded(text string) fn.Object {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var object fn.Object
	if decoder.Decode(&object) != nil {
		return nil
	}
	return object
}

func written(t *testing.T, changes []diff.Change, colour bool) string {
	t.Helper()
	var text bytes.Buffer
	if err := diff.Write(&text, changes, colour); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

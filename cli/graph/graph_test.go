package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/graph"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// TestGoldenGraph draws testdata/<case>/input.yaml. The parser of Mermaid 11.17
// takes all outputs.
func TestGoldenGraph(t *testing.T) {
	cases, err := filepath.Glob("testdata/*")
	if err != nil || len(cases) == 0 {
		t.Fatalf("nothing to test: %v", err)
	}
	for _, folder := range cases {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			golden(t, filepath.Join(folder, "output.mmd"), graph.Mermaid(objects(t, filepath.Join(folder, "input.yaml"))))
		})
	}
}

func objects(t *testing.T, path string) []fn.Object {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []fn.Object
	for document := range strings.SplitSeq(string(content), "---\n") {
		data, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(strings.NewReader(string(data)))
		decoder.UseNumber()
		var object fn.Object
		if err := decoder.Decode(&object); err != nil {
			t.Fatal(err)
		}
		all = append(all, object)
	}
	return all
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); `make golden` rewrites it:\n%s", path, diff)
	}
}

package graph_test

import (
	"path/filepath"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/graph"
	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
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
			golden.Check(t, filepath.Join(folder, "output.mmd"), graph.Mermaid(golden.Objects(t, filepath.Join(folder, "input.yaml"))))
		})
	}
}

package v1_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// FuzzDecode looks for a cluster on which the decoder panics, is of two minds, or is
// not content with the defaults that it filled in. It starts from those of the cases.
func FuzzDecode(f *testing.F) {
	inputs, err := filepath.Glob("../../testdata/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		for _, cluster := range clustersIn(f, input) {
			f.Add(cluster)
		}
	}
	decoder := v1.NewDecoder()
	isError := func(p v1.Problem) bool { return p.Severity == v1.Error }
	f.Fuzz(func(t *testing.T, text []byte) {
		data, err := yaml.YAMLToJSON(text)
		if err != nil {
			data = text
		}
		cluster, problems := decoder.Decode(data)
		again, problemsAgain := decoder.Decode(data)
		if diff := cmp.Diff(cluster, again); diff != "" {
			t.Errorf("another run decodes something else:\n%s", diff)
		}
		if diff := cmp.Diff(problems, problemsAgain); diff != "" {
			t.Errorf("another run has other problems:\n%s", diff)
		}
		if slices.ContainsFunc(problems, isError) {
			return
		}
		defaulted, err := json.Marshal(cluster)
		if err != nil {
			t.Fatal(err)
		}
		complete, problems := decoder.Decode(defaulted)
		if slices.ContainsFunc(problems, isError) {
			t.Errorf("the defaults give problems: %v\n%s", problems, defaulted)
		}
		if diff := cmp.Diff(cluster, complete, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the defaults are not all there is:\n%s", diff)
		}
	})
}

// clustersIn returns the clusters of a case, and nothing of one that is no YAML.
func clustersIn(f *testing.F, path string) [][]byte {
	f.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	var list struct {
		Items          []json.RawMessage
		FunctionConfig json.RawMessage
	}
	if yaml.Unmarshal(text, &list) != nil {
		return nil
	}
	var clusters [][]byte
	for _, object := range append(list.Items, list.FunctionConfig) {
		var header struct{ Kind string }
		if json.Unmarshal(object, &header) != nil || header.Kind != v1.Kind {
			continue
		}
		cluster, err := yaml.JSONToYAML(object)
		if err != nil {
			f.Fatal(err)
		}
		clusters = append(clusters, cluster)
	}
	return clusters
}

// Package golden compares what tests get with files, and reads the objects that
// they start from.
package golden

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// Check compares got with a file, or rewrites the file under UPDATE_GOLDEN=1. The
// tests that call it are named TestGolden…, for `make golden` runs only those.
func Check(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(read(t, path), got); diff != "" {
		t.Errorf("%s differs (-want +got); `make golden` rewrites it:\n%s", path, diff)
	}
}

// Objects returns the objects of a file, a document each.
func Objects(t *testing.T, path string) []fn.Object {
	t.Helper()
	var all []fn.Object
	for document := range strings.SplitSeq(read(t, path), "---\n") {
		all = append(all, Object(t, document))
	}
	return all
}

// Object returns the object of a document, with numbers as they are written.
func Object(t *testing.T, document string) fn.Object {
	t.Helper()
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
	return object
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

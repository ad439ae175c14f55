package v1

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSchemas keeps the schema in Go the one in JSON: what go generate does not
// write in Go would not be checked.
func TestSchemas(t *testing.T) {
	var want, got map[string]any
	if err := json.Unmarshal(schemaJSON, &want); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(clusterSchema())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want["properties"].(map[string]any)["status"] = map[string]any{} // of no interest to a render
	dropAnnotations(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run make generate (-schema.json +clusterSchema):\n%s", diff)
	}
}

// dropAnnotations drops what describes fields rather than checks them, and keeps a
// field of that name, which is no text.
func dropAnnotations(schema any) {
	switch schema := schema.(type) {
	case map[string]any:
		for _, name := range []string{"$schema", "title", "description", "x-kubernetes-list-type", "x-kubernetes-map-type"} {
			if _, isText := schema[name].(string); isText {
				delete(schema, name)
			}
		}
		for _, member := range schema {
			dropAnnotations(member)
		}
	case []any:
		for _, element := range schema {
			dropAnnotations(element)
		}
	}
}

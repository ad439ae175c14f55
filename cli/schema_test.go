package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// kubernetes is the release whose OpenAPI schemas the objects must meet; the
// schemas come with its module.
const kubernetes = "k8s.io/kubernetes@v1.36.3"

// TestSchemas validates every object against the API's own schema, with unknown
// fields refused.
func TestSchemas(t *testing.T) {
	directory := filepath.Join(kubernetesModule(t), "api", "openapi-spec", "v3")
	compiled := map[string]*jsonschema.Schema{}
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, object := range objects {
			key := object.GetAPIVersion() + " " + object.GetKind()
			if compiled[key] == nil {
				compiled[key] = compileSchema(t, directory, object.GetAPIVersion(), object.GetKind())
			}
			if err := compiled[key].Validate(object.Object); err != nil {
				t.Errorf("%s %s: %v", object.GetKind(), object.GetName(), err)
			}
		}
	})
}

func kubernetesModule(t *testing.T) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", kubernetes)
	command.Dir = t.TempDir() // outside of this module, whose go.sum has no place for it
	output, err := command.Output()
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("%s cannot be downloaded: %v", kubernetes, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(output, &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

func compileSchema(t *testing.T, directory, apiVersion, kind string) *jsonschema.Schema {
	t.Helper()
	name := "api__" + apiVersion
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		name = fmt.Sprintf("apis__%s__%s", group, version)
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(read(t, filepath.Join(directory, name+"_openapi.json"))), &document); err != nil {
		t.Fatal(err)
	}
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	for _, schema := range schemas {
		refuseUnknownFields(schema.(map[string]any))
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("openapi.json#/components/schemas/" + schemaName(t, schemas, apiVersion, kind))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// schemaName finds the schema that says of itself which kind it is.
func schemaName(t *testing.T, schemas map[string]any, apiVersion, kind string) string {
	t.Helper()
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group, version = "", apiVersion
	}
	for name, schema := range schemas {
		kinds, _ := schema.(map[string]any)["x-kubernetes-group-version-kind"].([]any)
		for _, candidate := range kinds {
			k := candidate.(map[string]any)
			if len(kinds) == 1 && k["group"] == group && k["version"] == version && k["kind"] == kind {
				return name
			}
		}
	}
	t.Fatalf("no schema for %s %s", apiVersion, kind)
	return ""
}

func refuseUnknownFields(schema map[string]any) {
	if schema["properties"] != nil && schema["additionalProperties"] == nil {
		schema["additionalProperties"] = false
	}
}

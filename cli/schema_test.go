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
	"sigs.k8s.io/yaml"
)

// kubernetes is the release whose OpenAPI schemas the objects must meet; the
// schemas come with its module.
const kubernetes = "k8s.io/kubernetes@v1.36.3"

// crdModules are where the schemas of other groups come from. An object must
// meet each release of its group that is listed.
func crdModules() []crdModule {
	return []crdModule{
		{"bitnami.com", "github.com/bitnami/sealed-secrets@v0.38.4", "helm/sealed-secrets/crds"},
		{"external-secrets.io", "github.com/external-secrets/external-secrets@v0.20.4", "config/crds/bases"},
		{"external-secrets.io", "github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases"},
		{"generators.external-secrets.io", "github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases"},
		{"postgresql.cnpg.io", "github.com/cloudnative-pg/cloudnative-pg@v1.28.0", "config/crd/bases"},
		{"postgresql.cnpg.io", "github.com/cloudnative-pg/cloudnative-pg@v1.30.0", "config/crd/bases"},
		{"cert-manager.io", "github.com/cert-manager/cert-manager@v1.16.0", "deploy/crds"},
		{"cert-manager.io", "github.com/cert-manager/cert-manager@v1.19.1", "deploy/crds"},
		{"barmancloud.cnpg.io", "github.com/cloudnative-pg/plugin-barman-cloud@v0.14.0", "config/crd/bases"},
		{"barmancloud.cnpg.io", "github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0", "config/crd/bases"},
		{"monitoring.coreos.com", "github.com/prometheus-operator/prometheus-operator@v0.70.0", "example/prometheus-operator-crd"},
		{"monitoring.coreos.com", "github.com/prometheus-operator/prometheus-operator@v0.92.0", "example/prometheus-operator-crd"},
	}
}

type crdModule struct{ group, module, directory string }

// TestSchemas validates every object against the API's own schema, with unknown
// fields refused.
func TestSchemas(t *testing.T) {
	compiled := map[string][]*jsonschema.Schema{}
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, object := range objects {
			key := object.GetAPIVersion() + " " + object.GetKind()
			if compiled[key] == nil {
				compiled[key] = compileSchemas(t, object.GetAPIVersion(), object.GetKind())
			}
			for _, schema := range compiled[key] {
				if err := schema.Validate(object.Object); err != nil {
					t.Errorf("%s %s: %v", object.GetKind(), object.GetName(), err)
				}
			}
		}
	})
}

// compileSchemas returns the schema of a kind, in each release of its CRD or, if
// it has none, of Kubernetes itself.
func compileSchemas(t *testing.T, apiVersion, kind string) []*jsonschema.Schema {
	t.Helper()
	var schemas []*jsonschema.Schema
	group, version, _ := strings.Cut(apiVersion, "/")
	for _, source := range crdModules() {
		if source.group == group {
			directory := filepath.Join(moduleDirectory(t, source.module), source.directory)
			schemas = append(schemas, compileCRD(t, directory, group, version, kind))
		}
	}
	if schemas == nil {
		directory := filepath.Join(moduleDirectory(t, kubernetes), "api", "openapi-spec", "v3")
		schemas = append(schemas, compileSchema(t, directory, apiVersion, kind))
	}
	return schemas
}

// moduleDirectory downloads a module, which is none of this one's dependencies.
func moduleDirectory(t *testing.T, module string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Dir = t.TempDir() // outside of this module, whose go.sum has no place for it
	output, err := command.Output()
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("%s cannot be downloaded: %v", module, err)
	}
	var downloaded struct{ Dir, Error string }
	if err := json.Unmarshal(output, &downloaded); err != nil || downloaded.Error != "" {
		t.Fatalf("%s: %v %s", module, err, downloaded.Error)
	}
	return downloaded.Dir
}

// compileCRD finds a kind's CRD among the files of a directory and compiles its
// schema, with unknown fields refused.
func compileCRD(t *testing.T, directory, group, version, kind string) *jsonschema.Schema {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var crd struct {
			Spec struct {
				Group    string
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Schema struct{ OpenAPIV3Schema map[string]any }
				}
			}
		}
		if err := yaml.Unmarshal([]byte(read(t, file)), &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, candidate := range crd.Spec.Versions {
			if crd.Spec.Group == group && crd.Spec.Names.Kind == kind && candidate.Name == version {
				refuseUnknownFields(candidate.Schema.OpenAPIV3Schema)
				return compile(t, candidate.Schema.OpenAPIV3Schema, "")
			}
		}
	}
	t.Fatalf("no CRD in %s has the kind %s of %s/%s", directory, kind, group, version)
	return nil
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
		refuseUnknownFields(schema)
	}
	return compile(t, document, "#/components/schemas/"+schemaName(t, schemas, apiVersion, kind))
}

func compile(t *testing.T, document map[string]any, fragment string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("openapi.json" + fragment)
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

// refuseUnknownFields closes every object of a schema that lists its fields,
// unless it keeps unknown ones on purpose.
func refuseUnknownFields(value any) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	open := schema["additionalProperties"] != nil || schema["x-kubernetes-preserve-unknown-fields"] == true
	for _, property := range properties {
		refuseUnknownFields(property)
	}
	refuseUnknownFields(schema["items"])
	refuseUnknownFields(schema["additionalProperties"])
	if properties != nil && !open {
		schema["additionalProperties"] = false
	}
}

// TestSchemasRefuse shows that a misspelt field would be found, however deep.
func TestSchemasRefuse(t *testing.T) {
	object := map[string]any{
		"apiVersion": "postgresql.cnpg.io/v1",
		"kind":       "Cluster",
		"metadata":   map[string]any{"name": "c"},
		"spec":       map[string]any{"instances": 1, "storage": map[string]any{"size": "1Gi"}},
	}
	for _, schema := range compileSchemas(t, "postgresql.cnpg.io/v1", "Cluster") {
		if err := schema.Validate(object); err != nil {
			t.Error(err)
		}
	}
	object["spec"].(map[string]any)["storage"].(map[string]any)["sise"] = "1Gi"
	for _, schema := range compileSchemas(t, "postgresql.cnpg.io/v1", "Cluster") {
		if err := schema.Validate(object); err == nil || !strings.Contains(err.Error(), "sise") {
			t.Errorf("a misspelt field gives %v", err)
		}
	}
}

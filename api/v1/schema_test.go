package v1

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	invalid "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// TestSchemas keeps the schema in Go the one in JSON: what go generate does not
// write in Go would not be checked.
func TestSchemas(t *testing.T) {
	var want map[string]any
	if err := json.Unmarshal(schemaJSON, &want); err != nil {
		t.Fatal(err)
	}
	want["properties"].(map[string]any)["status"] = map[string]any{} // of no interest to a render
	dropAnnotations(want)
	data, err := json.Marshal(keywords(clusterSchema()))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run make generate (-schema.json +clusterSchema):\n%s", diff)
	}
}

// keywords are those of JSON schema for a schema in Go.
func keywords(s *schema) map[string]any {
	all := map[string]any{}
	set := func(isSet bool, name string, value any) {
		if isSet {
			all[name] = value
		}
	}
	set(len(s.Type) > 1, "type", s.Type)
	set(len(s.Type) == 1, "type", strings.Join(s.Type, ""))
	set(s.Enum != nil, "enum", s.Enum)
	set(s.Pattern != "", "pattern", s.Pattern)
	set(s.MinLength > 0, "minLength", s.MinLength)
	set(s.MaxLength > 0, "maxLength", s.MaxLength)
	set(s.Minimum != nil, "minimum", s.Minimum)
	set(s.Maximum != nil, "maximum", s.Maximum)
	set(s.MinItems > 0, "minItems", s.MinItems)
	set(s.Required != nil, "required", s.Required)
	set(s.Closed, "additionalProperties", false)
	if s.AdditionalProperties != nil {
		all["additionalProperties"] = keywords(s.AdditionalProperties)
	}
	if s.Items != nil {
		all["items"] = keywords(s.Items)
	}
	if s.Properties != nil {
		properties := map[string]any{}
		for name, property := range s.Properties {
			properties[name] = keywords(property)
		}
		all["properties"] = properties
	}
	return all
}

// FuzzCheck compares with a validator that knows all of OpenAPI: it must object to the
// same fields.
func FuzzCheck(f *testing.F) {
	inputs, err := filepath.Glob("../../testdata/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			f.Fatal(err)
		}
		var list struct{ Items []json.RawMessage }
		if yaml.Unmarshal(text, &list) != nil {
			continue
		}
		for _, item := range list.Items {
			f.Add([]byte(item))
		}
	}
	validator := openAPI(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		tree := map[string]any{}
		if utiljson.Unmarshal(text, &tree) != nil {
			return
		}
		dropNulls(tree)
		delete(tree, "status")
		want := objectedTo(t, validator.Validate(tree))
		var got []string
		for _, problem := range NewDecoder().checkSchema(tree) {
			got = append(got, problem.Field)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("objects to other fields (-validator +ours):\n%s", diff)
		}
	})
}

func openAPI(f *testing.F) *validate.SchemaValidator {
	f.Helper()
	parsed := &spec.Schema{}
	if err := json.Unmarshal(schemaJSON, parsed); err != nil {
		f.Fatal(err)
	}
	parsed.Properties["status"] = spec.Schema{}
	return validate.NewSchemaValidator(parsed, nil, "", strfmt.Default)
}

// objectedTo are the fields of a result, each once, in their order.
func objectedTo(t *testing.T, result *validate.Result) []string {
	t.Helper()
	var fields []string
	for _, err := range result.Errors {
		var violation *invalid.Validation
		if !errors.As(err, &violation) {
			continue // a summary of others
		}
		field := strings.TrimPrefix(violation.Name, ".")
		if violation.Code() == invalid.UnallowedPropertyCode {
			field = join(field, violation.Value.(string))
		}
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
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

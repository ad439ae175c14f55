package cli_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

// sections are those of the spec that this function reads.
func sections() []string {
	return []string{"imagePullSecrets", "api", "database", "redis", "backup", "network", "delivery", "monitoring"}
}

// TestGoldenFields compares docs/fields.md with the schema, whose descriptions are
// the comments of the API's types.
func TestGoldenFields(t *testing.T) {
	stdout, _, _ := run("", "schema")
	var schema fieldSchema
	if err := json.Unmarshal([]byte(stdout), &schema); err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString(fieldsIntroduction)
	for _, section := range sections() {
		fmt.Fprintf(&page, "\n## %s\n\n| Field of `spec` | Type | |\n| --- | --- | --- |\n", section)
		schema.Properties["spec"].Properties[section].write(&page, section)
	}
	golden.Check(t, "../docs/fields.md", page.String())
	for name, section := range schema.Properties["spec"].Properties {
		if section.Properties != nil && !slices.Contains(sections(), name) {
			t.Errorf("%s has fields, but no place on the page", name)
		}
	}
}

const fieldsIntroduction = `# Fields

What the function reads of a ` + "`BanhBaoRingCluster`" + `, from the comments of [its types](../api/v1).
` + "`generate-data-layer schema`" + ` prints a JSON schema with which editors complete these and check them.
An unknown field in a section of the function's own is an error. Sections that belong to other tools pass through, and so do other tools' fields in ` + "`api`" + `, ` + "`backup`" + ` and ` + "`monitoring`" + `.
`

// fieldSchema is the schema of a field, as far as the page tells of it.
type fieldSchema struct {
	Description          string
	Type                 any
	Enum                 []string
	Properties           map[string]fieldSchema
	Items                *fieldSchema
	AdditionalProperties any
}

// write adds the field's line, and those of the fields below it. An element of a
// list has no lines of its own: its type is one of Kubernetes.
func (f fieldSchema) write(page *strings.Builder, path string) {
	escape := strings.NewReplacer("\n", " ", "<", "&lt;", "|", `\|`)
	fmt.Fprintf(page, "| `%s` | %s | %s |\n", path, f.typeName(), strings.TrimSpace(escape.Replace(f.Description)))
	for _, name := range slices.Sorted(maps.Keys(f.Properties)) {
		f.Properties[name].write(page, path+"."+name)
	}
}

func (f fieldSchema) typeName() string {
	switch kind := fmt.Sprint(f.Type); {
	case f.Enum != nil:
		return "`" + strings.Join(f.Enum, "`, `") + "`"
	case kind == "[number string]":
		return "quantity"
	case kind == "[string object]":
		return "string or object"
	case kind == "array":
		return "list of " + f.Items.typeName()
	case kind == "object" && isMap(f.AdditionalProperties):
		return "map"
	default:
		return kind
	}
}

func isMap(additional any) bool {
	_, ok := additional.(map[string]any)
	return ok
}

package v1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	invalid "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// explain says what a violation of the schema is, in the words of the field
// rather than of the schema, and how to mend it.
func (d *Decoder) explain(violation *invalid.Validation) Problem {
	field := strings.TrimPrefix(violation.Name, ".")
	schema := d.schemaAt(field)
	switch violation.Code() {
	case invalid.UnallowedPropertyCode:
		name := fmt.Sprint(violation.Value)
		return Problem{Error, join(field, name), explainUnknown(name, schema)}
	case invalid.InvalidTypeCode:
		return Problem{Error, field, explainType(schema, fmt.Sprint(violation.Value))}
	case invalid.EnumFailCode:
		return Problem{Error, field, "must be one of " + oneOf(violation.Values) + got(field, violation.Value)}
	case invalid.PatternFailCode:
		return Problem{Error, field, explainPattern(schema) + got(field, violation.Value)}
	case invalid.RequiredFailCode:
		return Problem{Error, field, "is required"}
	default:
		message := strings.NewReplacer(" in body", "", "should ", "must ").Replace(violation.Error())
		return Problem{Error, field, strings.TrimPrefix(message, violation.Name+" ")}
	}
}

// explainUnknown tells a person who wrote a password into the file how to keep
// it out; by then it is in the history of Git, and known.
func explainUnknown(name string, schema *spec.Schema) string {
	if strings.Contains(strings.ToLower(name), "password") {
		return "no password may be in this file in plain text: remove it, choose another, and run generate-data-layer seal"
	}
	return "unknown field" + didYouMean(name, schema.Properties)
}

// got repeats a value, except where people paste passwords and URLs.
func got(field string, value any) string {
	if strings.Contains(field, ".credentials.") || strings.Contains(field, ".connectionString.") {
		return ""
	}
	return fmt.Sprintf(", got %q", fmt.Sprint(value))
}

// explainType tells a person who wrote version: 16 to quote it: YAML reads a
// number, and 16.10 would even lose its last digit.
func explainType(schema *spec.Schema, got string) string {
	want := strings.Join(schema.Type, " or ")
	message := fmt.Sprintf("must be %s, got %s", withArticle(want), withArticle(got))
	switch {
	case want == "string" && slices.Contains([]string{"integer", "number", "boolean"}, got):
		return message + ": put it in quotes"
	case want == "integer" && got == "string":
		return message + ": leave out the quotes"
	case want == "boolean" && got == "string":
		return message + ": write true or false, without quotes"
	}
	return message
}

func explainPattern(schema *spec.Schema) string {
	if slices.Equal(schema.Type, []string{"number", "string"}) {
		return "must be a quantity such as 500m, 2 or 10Gi"
	}
	return "must match " + schema.Pattern
}

// schemaAt finds the schema of a path such as spec.database.migration.command[0].
// The members of a map share one, whatever dots are in their names. It is empty
// where the schema ends before the path.
func (d *Decoder) schemaAt(field string) *spec.Schema {
	schema := *d.schema
	for segment := range strings.SplitSeq(field, ".") {
		name, _, isElement := strings.Cut(segment, "[")
		if property, ok := schema.Properties[name]; ok {
			schema = property
		} else if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
			return schema.AdditionalProperties.Schema
		} else if name != "" {
			return &spec.Schema{}
		}
		if isElement && schema.Items != nil && schema.Items.Schema != nil {
			schema = *schema.Items.Schema
		}
	}
	return &schema
}

// didYouMean suggests the known name nearest to name: one that differs in case
// alone, or in at most a third of its letters.
func didYouMean(name string, known map[string]spec.Schema) string {
	best, nearest := "", 1+len(name)/3
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		distance := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil)
		if distance < nearest {
			best, nearest = candidate, distance
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

func oneOf(values []any) string {
	var words []string
	for _, value := range values {
		words = append(words, fmt.Sprint(value))
	}
	return strings.Join(words, ", ")
}

func join(field, name string) string { return strings.TrimPrefix(field+"."+name, ".") }

func withArticle(noun string) string {
	switch {
	case noun == "null":
		return noun
	case noun != "" && strings.ContainsAny(noun[:1], "aeio"):
		return "an " + noun
	default:
		return "a " + noun
	}
}

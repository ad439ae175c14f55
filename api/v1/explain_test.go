package v1

import (
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
)

// TestPatternsInWords: a regular expression tells a newcomer nothing.
func TestPatternsInWords(t *testing.T) {
	decoder := NewDecoder()
	found := 0
	var check func(schema *spec.Schema)
	check = func(schema *spec.Schema) {
		if schema.Pattern != "" {
			found++
			if words := explainPattern(schema); strings.Contains(words, schema.Pattern) {
				t.Error(words)
			}
		}
		for _, property := range schema.Properties {
			check(&property)
		}
		if schema.Items != nil {
			check(schema.Items.Schema)
		}
		if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
			check(schema.AdditionalProperties.Schema)
		}
	}
	check(decoder.schema)
	if found == 0 {
		t.Error("the schema has no patterns")
	}
}

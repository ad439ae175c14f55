package v1

import (
	"strings"
	"testing"
)

// TestPatternsInWords: a regular expression tells a newcomer nothing.
func TestPatternsInWords(t *testing.T) {
	found := 0
	var check func(s *schema)
	check = func(s *schema) {
		if s == nil {
			return
		}
		if s.Pattern != "" {
			found++
			if words := explainPattern(s); strings.Contains(words, s.Pattern) {
				t.Error(words)
			}
		}
		for _, property := range s.Properties {
			check(property)
		}
		check(s.Items)
		check(s.AdditionalProperties)
	}
	check(clusterSchema())
	if found == 0 {
		t.Error("the schema has no patterns")
	}
}

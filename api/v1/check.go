package v1

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// schema is the part of OpenAPI's that the CRD of a cluster uses. The libraries that
// check all of it cost every render between a quarter of the time that an empty
// function takes and more than all of it, only to be linked; a test compares with one.
type schema struct {
	Type                 []string // any of them
	Enum                 []string
	Pattern              string
	MinLength, MaxLength int      // in characters; no maximum if 0
	Minimum, Maximum     *float64 // inclusive
	MinItems             int
	Required             []string
	Items                *schema
	AdditionalProperties *schema
	// Closed objects have no other than their Properties.
	Closed     bool
	Properties map[string]*schema
}

// check returns what breaks the schema in a value, and cuts it out of the object
// that has it, so that the rest can be decoded and validated in the same run. Of an
// array with such an element nothing is left.
func (d *Decoder) check(s *schema, field string, value any) []Problem {
	if got := typeOf(value); !s.allows(got) {
		return []Problem{{Error, field, explainType(s, got) + aboutSecret(field)}}
	}
	message := ""
	switch value := value.(type) {
	case map[string]any:
		return d.checkMembers(s, field, value)
	case []any:
		return d.checkElements(s, field, value)
	case string:
		message = d.checkText(s, field, value)
	case int64:
		message = s.checkNumber(float64(value))
	case float64:
		message = s.checkNumber(value)
	}
	if message == "" {
		return nil
	}
	return []Problem{{Error, field, message}}
}

// typeOf names the types of JSON as a schema does.
func typeOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case int64:
		return "integer"
	case float64:
		if value == math.Trunc(value) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func (s *schema) allows(name string) bool {
	return len(s.Type) == 0 || slices.Contains(s.Type, name) || name == "integer" && slices.Contains(s.Type, "number")
}

func (d *Decoder) checkMembers(s *schema, field string, object map[string]any) []Problem {
	var problems []Problem
	for _, name := range s.Required {
		if _, ok := object[name]; !ok {
			problems = append(problems, Problem{Error, join(field, name), "is required"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		path := join(field, name)
		member := s.member(name)
		if member == nil && s.Closed {
			problems = append(problems, Problem{Error, path, explainUnknown(name, s)})
			delete(object, name)
		}
		if member == nil {
			continue
		}
		found := d.check(member, path, object[name])
		if _, isArray := object[name].([]any); len(found) > 0 && (isArray || found[0].Field == path) {
			delete(object, name)
		}
		problems = append(problems, found...)
	}
	return problems
}

// member returns the schema of a member, or nil.
func (s *schema) member(name string) *schema {
	if known := s.Properties[name]; known != nil {
		return known
	}
	return s.AdditionalProperties
}

func (d *Decoder) checkElements(s *schema, field string, elements []any) []Problem {
	if len(elements) < s.MinItems {
		return []Problem{{Error, field, fmt.Sprintf("must have at least %d items", s.MinItems)}}
	}
	if s.Items == nil {
		return nil
	}
	var problems []Problem
	for i, element := range elements {
		problems = append(problems, d.check(s.Items, fmt.Sprintf("%s[%d]", field, i), element)...)
	}
	return problems
}

func (d *Decoder) checkText(s *schema, field, text string) string {
	length := utf8.RuneCountInString(text)
	switch {
	case s.MaxLength > 0 && length > s.MaxLength:
		return fmt.Sprintf("must be at most %d chars long", s.MaxLength)
	case length < s.MinLength:
		return fmt.Sprintf("must be at least %d chars long", s.MinLength)
	case s.Pattern != "" && !d.pattern(s.Pattern).MatchString(text):
		return explainPattern(s) + got(field, text) + nearestQuantity(s, text) + aboutSecret(field)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
		return explainEnum(s) + got(field, text)
	default:
		return ""
	}
}

// pattern compiles each pattern once.
func (d *Decoder) pattern(text string) *regexp.Regexp {
	if d.patterns[text] == nil {
		d.patterns[text] = regexp.MustCompile(text) // its origin is the CRD
	}
	return d.patterns[text]
}

func (s *schema) checkNumber(value float64) string {
	switch {
	case s.Minimum != nil && value < *s.Minimum:
		return fmt.Sprintf("must be at least %v", *s.Minimum)
	case s.Maximum != nil && value > *s.Maximum:
		return fmt.Sprintf("must be at most %.0f", *s.Maximum)
	default:
		return ""
	}
}

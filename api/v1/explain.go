package v1

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// plainTextPassword tells a person who wrote a password into the file how to keep
// it out; by then it is in the history of Git, and known.
const plainTextPassword = "no password may be in this file in plain text: remove it, choose another, and run generate-data-layer seal"

func explainUnknown(name string, s *schema) string {
	if strings.Contains(strings.ToLower(name), "password") {
		return plainTextPassword
	}
	if suggestion := didYouMean(name, s.Properties); suggestion != "" {
		return "unknown field" + suggestion
	}
	if paths := pathsTo(name, s.Properties); len(paths) > 0 && len(paths) <= 3 {
		return fmt.Sprintf("unknown field, did you mean %s?", strings.Join(paths, " or "))
	}
	return "unknown field" + thereAre(s.Properties)
}

// pathsTo returns the fields of that name on the next level that has any.
func pathsTo(name string, properties map[string]*schema) []string {
	var here, further []string
	for _, parent := range slices.Sorted(maps.Keys(properties)) {
		below := properties[parent].Properties
		if _, ok := below[name]; ok {
			here = append(here, parent+"."+name)
		}
		for _, path := range pathsTo(name, below) {
			further = append(further, parent+"."+path)
		}
	}
	if len(here) > 0 {
		return here
	}
	return further
}

func thereAre(properties map[string]*schema) string {
	if len(properties) == 0 {
		return ""
	}
	return "; there are " + strings.Join(slices.Sorted(maps.Keys(properties)), ", ")
}

// got repeats a value, except where people paste passwords and URLs.
func got(field string, value any) string {
	if strings.Contains(field, ".credentials.") || strings.Contains(field, ".connectionString.") {
		return ""
	}
	return fmt.Sprintf(", got %q", fmt.Sprint(value))
}

// aboutSecret tells those who write a URL in the place of its Secret where it goes.
func aboutSecret(field string) string {
	if strings.HasSuffix(field, ".connectionString") || strings.Contains(field, ".connectionString.") {
		return "; the URL itself belongs into that Secret"
	}
	return ""
}

// explainType tells a person who wrote version: 16 to quote it: YAML reads a
// number, and 16.10 would even lose its last digit.
func explainType(s *schema, got string) string {
	want := strings.Join(s.Type, " or ")
	message := fmt.Sprintf("must be %s, got %s", withArticle(want), withArticle(got))
	switch {
	case want == "string" && slices.Contains([]string{"integer", "number", "boolean"}, got):
		return message + ": put it in quotes"
	case want == "integer":
		return message + ": write a whole number, without quotes or unit"
	case want == "boolean" && got == "string":
		return message + ": write true or false, without quotes"
	case want == "array":
		return message + ": write each element on a line of its own below, after a dash"
	case want == "object":
		return message + ": write each field on a line of its own below, as name: value" + thereAre(s.Properties)
	}
	return message
}

func explainEnum(s *schema) string { return "must be one of " + strings.Join(s.Enum, ", ") }

// explainPattern says in words what the patterns of the schema say.
func explainPattern(s *schema) string {
	if isQuantity(s) {
		return "must be a quantity such as 500m, 2 or 10Gi"
	}
	switch s.Pattern {
	case `^[0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`:
		return "must begin with the number of the release, as 16 and 7.2-alpine do"
	case `^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`:
		return "must have at most 63 letters, digits, -, _ and ., and begin and end with a letter or digit"
	case `^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`:
		return "must be a name: lower case letters, digits, - and ., with a letter or digit at both ends"
	case `^[-._a-zA-Z0-9]+$`:
		return "must be a key: letters, digits, -, _ and ."
	case `^[a-z0-9][a-z0-9._-]*[a-z0-9]$`:
		return "must be the name of a bucket alone: lower case letters, digits, -, _ and ., with a letter or digit at both ends"
	case `^([0-9]+h)?([0-9]+m)?([0-9]+s)?$`:
		return "must be a time such as 1h or 15m30s"
	case `^https?://[^@]+$`:
		return "must be a URL such as https://s3.example.com, without credentials"
	default:
		return "must match " + s.Pattern
	}
}

func isQuantity(s *schema) bool {
	return slices.Equal(s.Type, []string{"number", "string"})
}

// nearestQuantity reads sizes as people write them: 10 GB and 512mb.
func nearestQuantity(s *schema, value any) string {
	parts := regexp.MustCompile(`^([0-9]+) ?([kKmMgGtT])[iI]?[bB]?$`).FindStringSubmatch(fmt.Sprint(value))
	if parts == nil || !isQuantity(s) {
		return ""
	}
	return fmt.Sprintf(", did you mean %s%si?", parts[1], strings.ToUpper(parts[2]))
}

// didYouMean suggests the known name nearest to name: one that differs in case
// alone, or in at most a third of its letters.
func didYouMean(name string, known map[string]*schema) string {
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

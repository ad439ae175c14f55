package fn

import (
	"errors"
	"fmt"
	"strings"
)

// notYAML says what to look for where the parser gave up. It drops the parser's words
// where they quote the text: a password that begins with an asterisk is the alias of
// an anchor that is not there.
func notYAML(err error) error {
	text := err.Error()
	if strings.Contains(text, "anchor") {
		return errors.New("is not YAML: an alias has no anchor; put text that begins with * or & in quotes")
	}
	if _, after, ok := strings.Cut(text, "yaml: "); ok {
		text = after
	}
	return fmt.Errorf("is not YAML: %s%s", text, remedy(text))
}

// remedy is what mostly helps against an error of the parser. It may be on another
// line than the parser says.
func remedy(problem string) string {
	for _, known := range []struct{ problem, remedy string }{
		{"cannot start any token", "indent with spaces rather than tabs, and put text that begins with @, % or ` in quotes"},
		{"did not find expected alphabetic", "put text that begins with * or & in quotes"},
		{"a tab character", "indent with spaces"},
		{"UTF-8", "save it as UTF-8"},
		{"exceeded max depth", "no object is that deep; a program may have written it"},
		{"control characters", "it may be no text, or not UTF-8"},
		{"mapping values are not allowed", "put text with a colon in it in quotes, and let the fields of an object begin in one column"},
		{"did not find expected key", "let the fields of an object begin in one column"},
		{"did not find expected '-'", "let the elements of a list begin in one column"},
		{"could not find expected ':'", "write each field as name: value; a merge conflict may be left in the file"},
		{"unexpected end of stream", "a quote does not end"},
		{"did not find expected ','", "a bracket or brace does not end, or a comma is missing"},
		{"expected node content", "a value is missing, or the text is cut off"},
	} {
		if strings.Contains(problem, known.problem) {
			return ": " + known.remedy
		}
	}
	return ""
}

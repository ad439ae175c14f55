package cli_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeListsEveryField compares the README's table with the schema of the
// sections that the function reads.
func TestReadmeListsEveryField(t *testing.T) {
	stdout, _, _ := run("", "schema")
	var schema map[string]any
	if err := json.Unmarshal([]byte(stdout), &schema); err != nil {
		t.Fatal(err)
	}
	spec := properties(properties(schema)["spec"])
	sections := []string{"imagePullSecrets", "api", "database", "redis", "network", "delivery", "backup"}
	var want []string
	for _, section := range sections {
		want = append(want, leaves(spec[section], section)...)
	}
	var got []string
	for line := range strings.Lines(read(t, "../README.md")) {
		if field, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "` | "); ok && slices.Contains(sections, strings.Split(field, ".")[0]) {
			got = append(got, field)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-schema +README):\n%s", diff)
	}
}

func properties(schema any) map[string]any {
	p, _ := schema.(map[string]any)["properties"].(map[string]any)
	return p
}

// leaves returns the paths of the fields without fields of their own.
func leaves(schema any, path string) []string {
	if properties(schema) == nil {
		return []string{path}
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(properties(schema))) {
		paths = append(paths, leaves(properties(schema)[name], path+"."+name)...)
	}
	return paths
}

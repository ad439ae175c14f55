package cli_test

import (
	"debug/buildinfo"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLinkedModules holds CONTRIBUTING.md to what the binary is made of: nothing gets
// into it without a word, and no word stays for what is gone.
func TestLinkedModules(t *testing.T) {
	info, err := buildinfo.ReadFile(filepath.Join(binaryDir(t), "generate-data-layer"))
	if err != nil {
		t.Fatal(err)
	}
	var linked []string
	for _, module := range info.Deps {
		linked = append(linked, module.Path)
	}
	_, section, _ := strings.Cut(read(t, "../CONTRIBUTING.md"), "\n## Dependencies\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || strings.HasPrefix(strings.TrimSpace(cells[2]), "tests:") {
			continue
		}
		for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			listed = append(listed, match[1])
		}
	}
	slices.Sort(linked)
	slices.Sort(listed)
	if diff := cmp.Diff(listed, linked); diff != "" {
		t.Errorf("the modules of the binary (-CONTRIBUTING.md +binary):\n%s", diff)
	}
}

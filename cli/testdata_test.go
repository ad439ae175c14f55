package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

const testdata = "../testdata"

// TestGoldenCases runs the function on every testdata/<case>/input.yaml. Such a folder
// holds either the output.yaml of a run that succeeds, with the warnings.txt it
// leaves on stderr if any, or the errors.txt of one that fails.
func TestGoldenCases(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(testdata, name)
			input := read(t, filepath.Join(folder, "input.yaml"))
			if exists(filepath.Join(folder, "errors.txt")) {
				testFailure(t, folder, input)
			} else {
				testSuccess(t, folder, input)
			}
		})
	}
}

// cases are the names of these folders.
func cases(t *testing.T) []string {
	t.Helper()
	inputs, err := filepath.Glob(testdata + "/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("nothing to test in %s: %v", testdata, err)
	}
	var names []string
	for _, input := range inputs {
		names = append(names, filepath.Base(filepath.Dir(input)))
	}
	return names
}

func testSuccess(t *testing.T, folder, input string) {
	stdout, stderr, code := run(input)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	golden.Check(t, filepath.Join(folder, "output.yaml"), stdout)
	if warnings := filepath.Join(folder, "warnings.txt"); stderr != "" || exists(warnings) {
		golden.Check(t, warnings, stderr)
	}
	if diff := cmp.Diff(handMade(parse(t, input)), handMade(parse(t, stdout))); diff != "" {
		t.Errorf("the run changes what it did not make:\n%s", diff)
	}
	again, _, _ := run(stdout)
	if diff := cmp.Diff(items(t, stdout), items(t, again)); diff != "" {
		t.Errorf("a second run changes the items:\n%s", diff)
	}
}

// testFailure checks that a failed run says why and loses nothing: its output
// is either none at all or holds the items as they came.
func testFailure(t *testing.T, folder, input string) {
	stdout, stderr, code := run(input)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	golden.Check(t, filepath.Join(folder, "errors.txt"), stderr)
	if stdout == "" {
		return
	}
	if diff := cmp.Diff(items(t, input), items(t, stdout)); diff != "" {
		t.Errorf("a failed run changes the items:\n%s", diff)
	}
	if !strings.Contains(stdout, "severity: error") {
		t.Error("a failed run has no error among its results")
	}
}

// items returns the items of a ResourceList as YAML, comments included.
func items(t *testing.T, list string) string {
	t.Helper()
	root, err := yaml.Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	field := root.Field("items")
	if field.IsNilOrEmpty() {
		return ""
	}
	return field.Value.MustString()
}

package cli_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzFunction looks for input on which the function panics, fails without
// saying why, or is not content with its own output. It starts from the cases.
func FuzzFunction(f *testing.F) {
	inputs, err := filepath.Glob(testdata + "/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		f.Add(read(f, input))
	}
	f.Fuzz(func(t *testing.T, input string) {
		stdout, stderr, code := run(input)
		if code != 0 {
			if stderr == "" {
				t.Error("a run fails without saying why")
			}
			return
		}
		again, stderr, code := run(stdout)
		if code != 0 {
			t.Fatalf("a second run fails: %s", stderr)
		}
		if diff := cmp.Diff(items(t, stdout), items(t, again)); diff != "" {
			t.Errorf("a second run changes the items:\n%s", diff)
		}
	})
}

package cli_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzFunction looks for input on which the function panics, hangs, fails without
// saying why, changes what is not its own, or is not content with its own output.
// It starts from the cases.
func FuzzFunction(f *testing.F) {
	inputs, err := filepath.Glob(testdata + "/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		f.Add(read(f, input))
	}
	f.Fuzz(func(t *testing.T, input string) {
		stdout, stderr, code := soon(t, input)
		switch {
		case code != 0 && stderr == "":
			t.Error("a run fails without saying why")
		case code == 0 && stdout == "":
			t.Error("a run succeeds without an output")
		case stdout != "":
			checkOutput(t, input, stdout, code)
		}
	})
}

// soon runs the function on what a person might wait for. Other work of the machine
// slows one run down; a hang slows every one.
func soon(t *testing.T, input string) (stdout, stderr string, code int) {
	t.Helper()
	const patience, size = time.Second, 64 << 10
	var took time.Duration
	for range 3 {
		start := time.Now()
		stdout, stderr, code = run(input)
		if took = time.Since(start); took < patience || len(input) > size {
			return stdout, stderr, code
		}
	}
	t.Errorf("%d bytes take %s", len(input), took)
	return stdout, stderr, code
}

// checkOutput holds a run to what others rely on, whatever the input was.
func checkOutput(t *testing.T, input, stdout string, code int) {
	t.Helper()
	if root, err := yaml.Parse(stdout); err != nil || root.GetKind() != "ResourceList" || root.Field("items") == nil {
		t.Fatalf("the output is no ResourceList: %v", err)
	}
	// What has aliases without end, or a key twice, has no values to compare.
	if before, err := readItems(input); err == nil {
		after, err := readItems(stdout)
		if err != nil {
			t.Fatalf("the output cannot be read: %v", err)
		}
		if code == 0 {
			before, after = slices.DeleteFunc(before, isGenerated), slices.DeleteFunc(after, isGenerated)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the run changes what it did not make:\n%s", diff)
		}
	}
	if code != 0 {
		return
	}
	again, stderr, code := run(stdout)
	if code != 0 {
		t.Fatalf("a second run fails: %s", stderr)
	}
	if diff := cmp.Diff(items(t, stdout), items(t, again)); diff != "" {
		t.Errorf("a second run changes the items:\n%s", diff)
	}
}

// readItems returns the values of the items of a ResourceList, without aliases and
// comments, as text that can be compared: NaN is unlike itself.
func readItems(list string) ([]string, error) {
	var values struct{ Items []any }
	if err := yaml.Unmarshal([]byte(list), &values); err != nil {
		return nil, err
	}
	all := []string{}
	for _, value := range values.Items {
		all = append(all, fmt.Sprintf("%#v", value))
	}
	return all, nil
}

func isGenerated(item string) bool {
	return strings.Contains(item, `"banhbaoring.io/generated-from":`)
}

package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

// TestGoldenDiff renders testdata/diff/<case>/was.yaml, and compares now.yaml
// with that.
func TestGoldenDiff(t *testing.T) {
	for _, name := range folders(t, "testdata/diff") {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("testdata", "diff", name)
			earlier, stderr, code := run("", "render", filepath.Join(folder, "was.yaml"))
			if code != 0 {
				t.Fatal(stderr)
			}
			stdout, stderr, code := run(earlier, "render", "--diff", "-", filepath.Join(folder, "now.yaml"))
			if want := min(len(stdout), 1); code != want || stderr != "" {
				t.Errorf("exit code %d, want %d: %s", code, want, stderr)
			}
			golden.Check(t, filepath.Join(folder, "output.txt"), stdout)
		})
	}
}

// TestDiffOfDocs makes the edit that docs/changes.md shows.
func TestDiffOfDocs(t *testing.T) {
	directory := t.TempDir()
	cluster := plainCluster + "spec:\n  redis: {storage: {size: 5Gi}}\n"
	cluster = strings.Replace(cluster, "namespace: keys", "namespace: banhbaoring", 1)
	old, _, _ := run("", "render", writtenTo(t, directory, "cluster.yaml", cluster))
	edited := writtenTo(t, directory, "cluster.yaml", strings.Replace(cluster, "5Gi", "10Gi", 1))
	stdout, _, code := run(old, "render", "--diff", "-", edited)
	shown := regexp.MustCompile(`(?s)\n\$ generate-data-layer render --diff [^\n]*\n(.*?)` + "```").FindStringSubmatch(read(t, "../docs/changes.md"))
	if code != 1 || shown == nil || shown[1] != stdout {
		t.Errorf("exit code %d, the page has %q, not\n%s", code, shown, stdout)
	}
}

// TestNoDiffWithItself compares what every case and example renders with the same
// render, in every form in which it is kept.
func TestNoDiffWithItself(t *testing.T) {
	for _, name := range cases(t) {
		input := filepath.Join(testdata, name, "input.yaml")
		if rendered, _, code := run("", "render", input); code == 0 {
			t.Run(name, func(t *testing.T) { noDiff(t, input, rendered) })
		}
	}
	for _, name := range packages(t) {
		t.Run("example "+name, func(t *testing.T) {
			noDiff(t, filepath.Join(examples, name, "kpt"), read(t, filepath.Join(examples, name, "expected.yaml")))
		})
	}
}

// noDiff compares with documents, and with a file for each object, as kpt keeps
// them.
func noDiff(t *testing.T, input, rendered string) {
	t.Helper()
	directory := t.TempDir()
	for i, object := range parse(t, rendered) {
		annotations := object.GetAnnotations()
		if annotations == nil { // not ours
			continue
		}
		annotations["internal.config.kubernetes.io/path"] = "data.yaml"
		object.SetAnnotations(annotations)
		write(t, directory, fmt.Sprintf("%d.yaml", i), asJSON(t, object.Object))
	}
	if stdout, stderr, code := run(rendered, "render", "--diff", "-", input); code != 0 || stdout != "" {
		t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if stdout, stderr, code := run("", "render", "--diff", directory, input); code != 0 || stdout != "" {
		t.Errorf("from files: exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
}

// TestDiffWithServer compares with what kubectl get prints: a list, with what the
// API server filled in.
func TestDiffWithServer(t *testing.T) {
	cluster := filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	rendered, _, _ := run("", "render", cluster)
	var items []any
	for _, object := range parse(t, rendered) {
		applied := asJSON(t, object.Object)
		annotations := object.GetAnnotations()
		annotations["kubectl.kubernetes.io/last-applied-configuration"] = applied
		object.SetAnnotations(annotations)
		object.SetUID("5f0c8c2e-7c3b-4d6c-9a53-0d9d3c2a8c11")
		object.SetResourceVersion("4711")
		object.Object["status"] = map[string]any{"replicas": 1}
		if object.GetKind() == "Service" {
			object.Object["spec"].(map[string]any)["sessionAffinity"] = "None"
		}
		items = append(items, object.Object)
	}
	list := asJSON(t, map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
	if stdout, stderr, code := run(list, "render", "--diff", "-", cluster); code != 0 || stdout != "" {
		t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
}

// TestDiffOfGuarded compares packages with their own earlier render, to which the
// guards object: that is part of the comparison, and stops nothing.
func TestDiffOfGuarded(t *testing.T) {
	for _, guard := range []string{"storage", "redis", "major"} {
		input := filepath.Join(testdata, "guard-"+guard, "input.yaml")
		if _, _, code := run("", "render", input); code != 1 {
			t.Errorf("%s: render has exit code %d, so there is nothing to guard", guard, code)
		}
		stdout, stderr, code := run("", "render", "--diff", input, input)
		if code != 1 || stderr != "" || !strings.Contains(stdout, "\n  ! guard ") {
			t.Errorf("%s: exit code %d, stderr %q, stdout:\n%s", guard, code, stderr, stdout)
		}
	}
}

// TestDiffWithControllers has what controllers made among the earlier render: the
// Secrets of a SealedSecret and of an ExternalSecret, and the revision of a
// StatefulSet.
func TestDiffWithControllers(t *testing.T) {
	owner := `"ownerReferences": [{"apiVersion": "v1", "kind": "Anything", "name": "demo", "uid": "1"}]`
	tests := map[string]struct{ object, metadata string }{
		"credentials-sealed-external":          {`"kind": "Secret"`, `, ` + owner},
		"credentials-external-secret-external": {`"kind": "Secret"`, ``},
		"redis-cluster":                        {`"apiVersion": "apps/v1", "kind": "ControllerRevision"`, `, ` + owner},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			input := filepath.Join(testdata, name, "input.yaml")
			rendered, _, _ := run("", "render", input)
			old := rendered
			for _, object := range parse(t, rendered) {
				if !slices.Contains([]string{"SealedSecret", "ExternalSecret", "StatefulSet"}, object.GetKind()) {
					continue
				}
				metadata := strings.TrimSuffix(asJSON(t, object.Object["metadata"]), "}") + test.metadata + "}"
				old += "---\n{" + test.object + `, "metadata": ` + metadata + "}\n"
			}
			if old == rendered {
				t.Fatal("controllers make nothing of this")
			}
			if stdout, stderr, code := run(old, "render", "--diff", "-", input); code != 0 || stdout != "" {
				t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
			}
		})
	}
}

// TestDiffOfOthers leaves out what was not made of the clusters that are rendered.
func TestDiffOfOthers(t *testing.T) {
	cluster := filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	rendered, _, _ := run("", "render", cluster)
	others, _, _ := run("", "render", filepath.Join(examples, "production", "kpt", "cluster.yaml"))
	old := strings.Join([]string{rendered, others, handWritten}, "\n---\n")
	if stdout, stderr, code := run(old, "render", "--diff", "-", cluster); code != 0 || stdout != "" {
		t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
}

// TestDiffColour gives the binary a terminal for its stdout, by script(1).
func TestDiffColour(t *testing.T) {
	need(t, "script")
	command := filepath.Join(binaryDir(t), "generate-data-layer") + " render --diff /dev/null " + filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	for variable, want := range map[string]bool{"TERM=xterm": true, "NO_COLOR=1": false, "TERM=dumb": false} {
		terminal := exec.Command("script", "-qec", command, "/dev/null")
		terminal.Env = append(os.Environ(), "NO_COLOR=", "TERM=xterm", variable)
		output, err := terminal.Output()
		if code := terminal.ProcessState.ExitCode(); code != 1 {
			t.Errorf("%s: exit code %d, want 1: %v", variable, code, err)
		}
		if coloured := strings.Contains(string(output), "\x1b["); coloured != want || !strings.Contains(string(output), "StatefulSet banhbaoring/demo-redis") {
			t.Errorf("%s: coloured: %t, want %t:\n%s", variable, coloured, want, output)
		}
	}
}

func TestDiffErrors(t *testing.T) {
	cluster := filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	rendered, _, _ := run("", "render", cluster)
	tests := map[string]struct {
		old    string
		args   []string
		stderr string
	}{
		"no old":             {"", []string{"--diff", "nowhere.yaml", cluster}, "nowhere.yaml: no such file"},
		"no cluster":         {"", []string{"--diff", "-", "nowhere.yaml"}, "nowhere.yaml: no such file"},
		"no files":           {"", []string{"--diff", "-"}, "expected files or directories"},
		"old is no YAML":     {"a: [", []string{"--diff", "-", cluster}, "stdin: is not YAML"},
		"old is there twice": {rendered + "---\n" + rendered, []string{"--diff", "-", cluster}, "is there already, in stdin: name one render"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := run(test.old, append([]string{"render"}, test.args...)...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, test.stderr) {
				t.Errorf("exit code %d, stdout %q, stderr lacks %q: %s", code, stdout, test.stderr, stderr)
			}
		})
	}
}

// TestNoSecretInDiff compares Secrets with a password in every place that an
// earlier render may have it, wherever that comes from.
func TestNoSecretInDiff(t *testing.T) {
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", plainCluster+"spec: {}\n")
	rendered, stderr, code := run("", "render", directory)
	if code != 0 {
		t.Fatal(stderr)
	}
	for name, secret := range map[string]string{
		"data":                  `"data": {"url": "aHVudGVyMg==", "more": "aHVudGVyMg=="}`,
		"data in plain text":    `"data": {"url": "hunter2"}`,
		"stringData":            `"stringData": {"url": "hunter2"}`,
		"data of no shape":      `"data": "hunter2", "more": ["hunter2"]`,
		"data of another shape": `"data": {"url": {"a": ["hunter2"], "b": "hunter2\nhunter2"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, object := range parse(t, rendered) {
				if object.GetKind() != "Secret" {
					continue
				}
				metadata := asJSON(t, object.Object["metadata"])
				earlier := `{"apiVersion": "v1", "kind": "Secret", "metadata": ` + metadata + `, ` + secret + `}`
				annotations := object.GetAnnotations()
				annotations["kubectl.kubernetes.io/last-applied-configuration"] = earlier
				object.SetAnnotations(annotations)
				applied := `{"apiVersion": "v1", "kind": "Secret", "metadata": ` + asJSON(t, object.Object["metadata"]) + `}`
				broken := strings.Replace(applied, `"{\"apiVersion\"`, `"hunter2`, 1)
				for _, old := range []string{earlier, applied, broken, earlier + "\n  hunter2: [", earlier[:len(earlier)-1]} {
					stdout, stderr, code := run(old, "render", "--diff", "-", directory)
					if code == 0 {
						t.Error("finds no difference")
					}
					silent(t, "stdout", stdout)
					silent(t, "stderr", stderr)
				}
			}
		})
	}
}

// FuzzDiff looks for an earlier render on which a comparison panics, fails
// without saying why, or moves the cursor of a terminal.
func FuzzDiff(f *testing.F) {
	cluster := filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	rendered, _, _ := run("", "render", cluster)
	for document := range strings.SplitSeq(rendered, "---\n") {
		if len(document) < 1000 { // the fuzzer makes long ones short first, for minutes
			f.Add(document)
		}
	}
	f.Fuzz(func(t *testing.T, old string) {
		stdout, stderr, code := run(old, "render", "--diff", "-", cluster)
		if code == 2 && stderr == "" || code == 1 && stdout == "" {
			t.Errorf("exit code %d without a word", code)
		}
		if strings.ContainsAny(stdout, "\x1b\r\b") {
			t.Errorf("a terminal would act upon this: %q", stdout)
		}
	})
}

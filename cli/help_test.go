package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestHelpExamples runs the examples of every command's --help, in a directory
// with what they name. Programs that would ask a cluster, a repository or a
// password store answer as those do.
func TestHelpExamples(t *testing.T) {
	for _, command := range append(subcommands(t), "") {
		t.Run("help "+command, func(t *testing.T) {
			examples := helpExamples(t, command)
			if command == "completion" {
				return // TestCompletion runs them, each in its shell
			}
			need(t, "kustomize")
			need(t, "kpt")
			directory := t.TempDir()
			fillSandbox(t, directory)
			script := "PATH=" + filepath.Join(directory, "bin") + ":$PATH\n" + strings.ReplaceAll(examples, " /functions", " functions")
			// A comparison that finds something exits with 1, and only it may.
			script = regexp.MustCompile("(?m)^.*--diff.*$").ReplaceAllString(script, "$0 || [ $$? = 1 ]")
			if stdout, stderr, err := tool(t, directory, "bash", "-euo", "pipefail", "-c", script); err != nil {
				t.Errorf("%v\n%s\n%s%s", err, examples, stdout, stderr)
			}
		})
	}
}

// helpExamples are the commands below "Examples:", which no command is without.
func helpExamples(t *testing.T, command string) string {
	t.Helper()
	help, _, _ := run("", strings.Fields(command+" --help")...)
	section := regexp.MustCompile(`(?s)Examples:\n(.*?)\n\n(Available Commands|Flags):`).FindStringSubmatch(help)
	if section == nil || strings.TrimSpace(section[1]) == "" {
		t.Fatalf("%s --help has no examples:\n%s", command, help)
	}
	return section[1] + "\n"
}

// fillSandbox makes the files and programs that examples name.
func fillSandbox(t *testing.T, directory string) {
	t.Helper()
	ready := readStatusCase(t, "ready")
	cluster := read(t, ready.cluster)
	annotation := "  annotations:\n    config.kubernetes.io/function: |\n      " + indented(execFunction, "      ") + "\nspec:"
	contents := map[string]string{
		"cluster.yaml":        strings.Replace(cluster, "spec:", annotation, 1),
		"README.md":           "",
		"deploy/cluster.yaml": strings.Replace(cluster, "name: demo", "name: other", 1),
		"functions/README.md": "",
		"Kptfile":             read(t, filepath.Join(examples, "minimal", "kpt", "Kptfile")),
		"kustomization.yaml":  read(t, filepath.Join(examples, "minimal", "kustomize", "kustomization.yaml")),
		"bin/live":            ready.live,
		"bin/rendered":        read(t, filepath.Join(examples, "minimal", "expected.yaml")),
		"bin/certificate":     read(t, newController(t, time.Now().AddDate(5, 0, 0)).certificate),
		"bin/kubectl":         "#!/bin/sh\ncase \"$*\" in *get*) cat bin/live ;; *diff*) cat >/dev/null ;; *) grep -q apiVersion ;; esac\n",
		"bin/kubeseal":        "#!/bin/sh\ncat bin/certificate\n",
		"bin/git":             "#!/bin/sh\ncat bin/rendered\n",
		"bin/pass":            "#!/bin/sh\necho secret\n",
	}
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(contents[name]), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const examples = "../examples"

// TestGoldenExamples builds the kustomization of every example, as
// generator or transformer, with the real kustomize.
func TestGoldenExamples(t *testing.T) {
	for _, name := range folders(t, examples) {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join(examples, name, "expected.yaml"), kustomize(t, filepath.Join(examples, name, "kustomize")))
		})
	}
}

// TestExamplesWithKpt renders the kpt package of every example twice: it holds
// the very objects that kustomize builds, and the second time changes no byte.
func TestExamplesWithKpt(t *testing.T) {
	for _, name := range folders(t, examples) {
		t.Run(name, func(t *testing.T) {
			directory := copied(t, filepath.Join(examples, name, "kpt"))
			kpt(t, directory, "fn", "render", "--allow-exec")
			once := files(t, directory)
			want := objects(t, read(t, filepath.Join(examples, name, "expected.yaml")))
			if diff := cmp.Diff(want, applied(t, once)); diff != "" {
				t.Errorf("kpt renders other objects than kustomize (-kustomize +kpt):\n%s", diff)
			}
			kpt(t, directory, "fn", "render", "--allow-exec")
			if diff := cmp.Diff(once, files(t, directory)); diff != "" {
				t.Errorf("a second render changes the package:\n%s", diff)
			}
		})
	}
}

func kustomize(t *testing.T, directory string, flags ...string) string {
	t.Helper()
	arguments := append([]string{"build", "--enable-alpha-plugins", "--enable-exec"}, flags...)
	stdout, stderr, err := tool(t, directory, "kustomize", arguments...)
	if err != nil {
		t.Fatalf("kustomize: %v\n%s", err, stderr)
	}
	return stdout
}

func kpt(t *testing.T, directory string, arguments ...string) {
	t.Helper()
	stdout, stderr, err := tool(t, directory, "kpt", arguments...)
	if err != nil {
		t.Fatalf("kpt: %v\n%s%s", err, stdout, stderr)
	}
}

// copied returns a copy of a package for a test to work in.
func copied(t *testing.T, directory string) string {
	t.Helper()
	target := t.TempDir()
	if err := os.CopyFS(target, os.DirFS(directory)); err != nil {
		t.Fatal(err)
	}
	return target
}

// files returns the contents of all files below a directory by their paths.
func files(t *testing.T, directory string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	err := filepath.WalkDir(directory, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(directory, path)
		contents[relative] = read(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

// applied returns the objects of a package that are not for tools alone.
func applied(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	return objects(t, strings.Join(slices.Collect(maps.Values(files)), "\n---\n"))
}

// objects returns the objects of documents by their identity, as JSON in which
// the order of fields and the style of the YAML make no difference.
func objects(t *testing.T, text string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, object := range parse(t, text) {
		annotations := object.GetAnnotations()
		if annotations["config.kubernetes.io/local-config"] == "true" || object.GetKind() == "BanhBaoRingCluster" {
			continue
		}
		for key := range annotations {
			if strings.HasPrefix(key, "internal.config.kubernetes.io/") || strings.HasPrefix(key, "config.kubernetes.io/") {
				delete(annotations, key)
			}
		}
		object.SetAnnotations(annotations)
		content, err := json.MarshalIndent(object.Object, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		all[object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName()] = string(content)
	}
	return all
}

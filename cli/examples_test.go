package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

const examples = "../examples"

// TestGoldenExamples does what the README of every example says, in a copy, and
// holds it to what the README promises.
func TestGoldenExamples(t *testing.T) {
	for _, name := range folders(t, examples) {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(examples, name)
			directory := copied(t, folder)
			if name == "container" {
				cluster := read(t, filepath.Join(folder, "cluster.yaml"))
				write(t, directory, "cluster.yaml", regexp.MustCompile("image: .*").ReplaceAllString(cluster, "image: "+image(t)))
			}
			for _, step := range steps(t, filepath.Join(folder, "README.md")) {
				if name == "pipeline" {
					step.command = withoutRegistry(t, directory, step.command)
				}
				step.check(t, folder, directory)
			}
		})
	}
}

// packages are the examples with a kpt package, each another kind of cluster; the
// others show other ways to render one of them.
func packages(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(folders(t, examples), func(name string) bool {
		return !exists(filepath.Join(examples, name, "kpt"))
	})
}

// step is a command of a README, and what it says that comes of it.
type step struct{ command, claim, file string }

// steps are the shell blocks of a README with the sentences after them.
func steps(t *testing.T, readme string) []step {
	t.Helper()
	block := regexp.MustCompile("(?s)```shell\n(.*?)```\n\n(prints|leaves the objects of) \\[(.*?)\\]")
	text := read(t, readme)
	var all []step
	for _, match := range block.FindAllStringSubmatch(text, -1) {
		all = append(all, step{match[1], match[2], match[3]})
	}
	if len(all) == 0 || len(all) != strings.Count(text, "```shell") {
		t.Fatalf("%s: a command without a promise that can be checked", readme)
	}
	return all
}

// check runs the command in the directory. A package that kpt renders holds the
// same objects as kustomize builds, and rendering it again changes no byte.
func (s step) check(t *testing.T, folder, directory string) {
	t.Helper()
	stdout := s.run(t, directory)
	expected := filepath.Join(folder, s.file)
	if s.claim == "prints" {
		golden.Check(t, expected, stdout)
		return
	}
	once := files(t, directory)
	rendered := manifestsOf(files(t, filepath.Join(directory, s.renders(directory))), s.file)
	if !exists(filepath.Join(folder, "kustomize")) {
		golden.Check(t, expected, documents(rendered))
	}
	if diff := cmp.Diff(objects(t, read(t, expected)), applied(t, rendered)); diff != "" {
		t.Errorf("other objects than in %s (-want +got):\n%s", s.file, diff)
	}
	s.run(t, directory)
	if diff := cmp.Diff(once, files(t, directory)); diff != "" {
		t.Errorf("a second run changes the package:\n%s", diff)
	}
}

func (s step) run(t *testing.T, directory string) string {
	t.Helper()
	for _, program := range []string{"kpt", "kustomize"} {
		if strings.Contains(s.command, program+" ") {
			need(t, program)
		}
	}
	stdout, stderr, err := tool(t, directory, "bash", "-euc", s.command)
	if err != nil {
		t.Fatalf("%s: %v\n%s", s.command, err, stderr)
	}
	return stdout
}

// renders is the package that the command names, or the example's own directory.
func (s step) renders(directory string) string {
	for _, word := range strings.Fields(s.command) {
		if info, err := os.Stat(filepath.Join(directory, word)); err == nil && info.IsDir() {
			return word
		}
	}
	return "."
}

// manifestsOf leaves out what is expected, and what is not YAML.
func manifestsOf(all map[string]string, expected string) map[string]string {
	rest := maps.Clone(all)
	maps.DeleteFunc(rest, func(path, _ string) bool { return path == expected || !strings.HasSuffix(path, ".yaml") })
	return rest
}

// documents joins files in the order of their paths, all but the cluster's.
func documents(all map[string]string) string {
	var contents []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if path != "cluster.yaml" {
			contents = append(contents, all[path])
		}
	}
	return strings.Join(contents, "---\n")
}

// withoutRegistry has a package run programs of the same behaviour instead of the
// images, which not every machine can pull, and returns the command that does.
func withoutRegistry(t *testing.T, directory, command string) string {
	t.Helper()
	bin := t.TempDir()
	for _, function := range []string{"set-namespace", "set-annotations"} {
		if _, stderr, err := tool(t, ".", "go", "build", "-o", filepath.Join(bin, function), "./testdata/catalog"); err != nil {
			t.Fatalf("%v\n%s", err, stderr)
		}
	}
	kptfile := regexp.MustCompile(`image: \S*/([a-z-]+):\S*`).ReplaceAllStringFunc(read(t, filepath.Join(directory, "Kptfile")), func(image string) string {
		name, _, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
		if name == "generate-data-layer" {
			return "exec: " + name
		}
		return "exec: " + filepath.Join(bin, name)
	})
	write(t, directory, "Kptfile", kptfile)
	return strings.TrimSpace(command) + " --allow-exec"
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

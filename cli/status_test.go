package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

const statusTestdata = "status/testdata"

// statusCase is a folder with a cluster.yaml and the live.yaml of its objects.
// HASH in the latter stands for that in the name of a Job that is rendered, which
// another release may change.
type statusCase struct {
	folder, cluster, live string
	jobs                  []string
}

func readStatusCase(t testing.TB, name string) statusCase {
	t.Helper()
	c := statusCase{folder: filepath.Join(statusTestdata, name)}
	c.cluster = filepath.Join(c.folder, "cluster.yaml")
	rendered, stderr, code := run("", "render", c.cluster)
	if code != 0 {
		t.Fatalf("render: %s", stderr)
	}
	c.jobs = regexp.MustCompile(`kind: Job\nmetadata:\n  name: (\S+)`).FindAllString(rendered, -1)
	for i, match := range c.jobs {
		c.jobs[i] = match[strings.LastIndex(match, " ")+1:]
	}
	c.live = read(t, filepath.Join(c.folder, "live.yaml"))
	for _, job := range c.jobs {
		c.live = strings.ReplaceAll(c.live, hashless(job), job)
	}
	return c
}

func hashless(job string) string { return job[:strings.LastIndex(job, "-")] + "-HASH" }

// run returns what status prints, with HASH again.
func (c statusCase) run(t *testing.T, args ...string) (stdout string, code int) {
	t.Helper()
	stdout, stderr, code := run(c.live, append([]string{"status"}, args...)...)
	if code == 2 || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	for _, job := range c.jobs {
		stdout = strings.ReplaceAll(stdout, job, hashless(job))
	}
	return stdout, code
}

// TestGoldenStatus prints each case in all formats. Most of the live objects are
// those of a real cluster, without what status does not look at.
func TestGoldenStatus(t *testing.T) {
	for _, name := range folders(t, statusTestdata) {
		t.Run(name, func(t *testing.T) {
			c := readStatusCase(t, name)
			table, code := c.run(t, c.cluster)
			golden.Check(t, filepath.Join(c.folder, "table.txt"), table)
			json, jsonCode := c.run(t, "-o", "json", c.cluster)
			golden.Check(t, filepath.Join(c.folder, "report.json"), json)
			status, yamlCode := c.run(t, "-o", "yaml", c.cluster)
			golden.Check(t, filepath.Join(c.folder, "status.yaml"), status)

			want := 0
			if strings.HasPrefix(json, "{\n  \"ready\": false") {
				want = 1
			}
			if code != want || jsonCode != want || yamlCode != want {
				t.Errorf("exit codes %d, %d and %d, want %d", code, jsonCode, yamlCode, want)
			}
		})
	}
}

// TestStatusOfREADME finds the cluster that the README starts from, and what it
// shows of its status, in a case.
func TestStatusOfREADME(t *testing.T) {
	c := readStatusCase(t, "image-missing")
	table, _ := c.run(t, c.cluster)
	readme := read(t, "../README.md")
	for _, want := range []string{
		"\n```yaml\n" + read(t, c.cluster) + "```\n",
		" | generate-data-layer status cluster.yaml\n" + table + "```\n",
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("the README lacks\n%s", want)
		}
	}
}

// TestStatusOfItsOwnOutput feeds -o yaml back, as the file and as the live
// cluster: nothing changes, times least of all.
func TestStatusOfItsOwnOutput(t *testing.T) {
	for _, name := range folders(t, statusTestdata) {
		t.Run(name, func(t *testing.T) {
			c := readStatusCase(t, name)
			once, _, _ := run(c.live, "status", "-o", "yaml", c.cluster)
			written := writtenTo(t, t.TempDir(), "cluster.yaml", once)
			if again, _, _ := run(c.live, "status", "-o", "yaml", written); again != once {
				t.Errorf("as the file:\n%s", cmp.Diff(once, again))
			}
			again, _, _ := run(once+"---\n"+c.live, "status", "-o", "yaml", written)
			if again != once {
				t.Errorf("as the live cluster:\n%s", cmp.Diff(once, again))
			}
		})
	}
}

// writtenTo writes a file and returns its path.
func writtenTo(t *testing.T, directory, name, content string) string {
	t.Helper()
	write(t, directory, name, content)
	return filepath.Join(directory, name)
}

// TestStatusKeepsTheFile compares the cluster with its file, comments included.
func TestStatusKeepsTheFile(t *testing.T) {
	for _, name := range folders(t, statusTestdata) {
		t.Run(name, func(t *testing.T) {
			c := readStatusCase(t, name)
			stdout, _ := c.run(t, "-o", "yaml", c.cluster)
			if diff := cmp.Diff(withoutStatus(t, read(t, c.cluster)), withoutStatus(t, stdout)); diff != "" {
				t.Errorf("(-file +output):\n%s", diff)
			}
		})
	}
}

// withoutStatus returns the documents as YAML, without the fields that status
// may write.
func withoutStatus(t *testing.T, text string) []string {
	t.Helper()
	var documents []string
	for document := range strings.SplitSeq(text, "---\n") {
		node := yaml.MustParse(document)
		if err := node.PipeE(yaml.Clear("status")); err != nil {
			t.Fatal(err)
		}
		if err := node.PipeE(yaml.Lookup("metadata"), yaml.Clear("resourceVersion")); err != nil {
			t.Fatal(err)
		}
		documents = append(documents, node.MustString())
	}
	return documents
}

func TestStatusExitCodes(t *testing.T) {
	cluster := filepath.Join(statusTestdata, "external", "cluster.yaml")
	const none = `{"apiVersion": "v1", "kind": "List", "items": []}`
	directory := t.TempDir()
	broken := writtenTo(t, directory, "broken.yaml", plainCluster+"spec: {redis: {mode: sentinel}}\n")
	tests := map[string]struct {
		stdin  string
		args   []string
		code   int
		stderr string // part of it
	}{
		"ready":              {stdin: none, args: []string{cluster}},
		"not ready":          {stdin: none, args: []string{filepath.Join(statusTestdata, "ready", "cluster.yaml")}, code: 1},
		"a directory":        {stdin: none, args: []string{filepath.Dir(cluster)}, code: 2, stderr: "errors: "},
		"by name":            {stdin: none, args: []string{"--name=demo", cluster}},
		"of another name":    {stdin: none, args: []string{"--name=prod", cluster}, code: 2, stderr: "there is no BanhBaoRingCluster prod"},
		"another namespace":  {stdin: none, args: []string{"--namespace=prod", cluster}, code: 2, stderr: "metadata.namespace: is banhbaoring, not prod"},
		"no file":            {stdin: none, code: 2, stderr: "expected files or directories"},
		"file not there":     {stdin: none, args: []string{"nowhere.yaml"}, code: 2, stderr: "nowhere.yaml: no such file"},
		"file without":       {stdin: none, args: []string{writtenTo(t, directory, "other.yaml", "kind: ConfigMap\n")}, code: 2, stderr: "there is no BanhBaoRingCluster"},
		"file with errors":   {stdin: none, args: []string{broken}, code: 2, stderr: "spec.redis.mode: must be one of standalone, cluster"},
		"unknown format":     {stdin: none, args: []string{"-o", "wide", cluster}, code: 2, stderr: `--output must be one of table, json, yaml, got "wide"`},
		"unknown flag":       {stdin: none, args: []string{"--watch", cluster}, code: 2, stderr: "unknown flag"},
		"stdin empty":        {args: []string{cluster}, code: 2, stderr: "stdin is empty"},
		"stdin blank":        {stdin: "\n---\n# nothing\n", args: []string{cluster}, code: 2, stderr: "stdin is empty"},
		"stdin not YAML":     {stdin: "a: b: c", args: []string{cluster}, code: 2, stderr: "stdin is neither YAML nor JSON: document 1"},
		"stdin cut-off JSON": {stdin: none[:20], args: []string{cluster}, code: 2, stderr: "stdin is neither YAML nor JSON: document 1"},
		"stdin as a table":   {stdin: "No resources found", args: []string{cluster}, code: 2, stderr: "stdin has a document 1 that is no object"},
		"stdin a sequence":   {stdin: "- kind: Pod", args: []string{cluster}, code: 2, stderr: "stdin has a document 1 that is no object"},
		"stdin without kind": {stdin: none + "\n---\nitems: []", args: []string{cluster}, code: 2, stderr: "stdin has a document 2 that has no kind"},
		"stdin misshapen":    {stdin: "{apiVersion: apps/v1, kind: StatefulSet, status: []}", args: []string{cluster}, code: 2, stderr: "a StatefulSet whose fields are not a StatefulSet's"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := run(test.stdin, append([]string{"status"}, test.args...)...)
			if code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, stderr)
			}
			if !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("stderr %q, want %q", stderr, test.stderr)
			}
			if (stdout == "") != (code == 2) {
				t.Errorf("exit code %d with stdout %q", code, stdout)
			}
		})
	}
}

func TestStatusCompletion(t *testing.T) {
	stdout, _, _ := run("", "__complete", "status", "-o", "")
	if !strings.HasPrefix(stdout, "table\njson\nyaml\n") {
		t.Errorf("completions:\n%s", stdout)
	}
}

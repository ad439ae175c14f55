package cli_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// handWritten is a resource of the user's own, with comments that must survive.
const handWritten = `# Written by hand.
apiVersion: v1
kind: ConfigMap
metadata:
  name: hand-written # and named by hand
  namespace: banhbaoring
data:
  # The greeting of the day.
  greeting: "hello"
`

// standalone is production with one server of each, whose every object is rendered.
const standalone = "testdata/standalone.yaml"

// livingPackage is a rendered kpt package with something of the user's own.
func livingPackage(t *testing.T) string {
	t.Helper()
	cluster := read(t, standalone)
	directory := kptPackage(t, strings.ReplaceAll(cluster, `"16.4"`, `"16"`), "exec: generate-data-layer")
	write(t, directory, "hand-written.yaml", handWritten)
	kpt(t, directory, "fn", "render", "--allow-exec")
	return directory
}

// edit changes the cluster of a package and renders again.
func edit(t *testing.T, directory, old, replacement string) {
	t.Helper()
	cluster := read(t, filepath.Join(directory, "cluster.yaml"))
	if !strings.Contains(cluster, old) {
		t.Fatalf("the cluster does not contain %q", old)
	}
	write(t, directory, "cluster.yaml", strings.Replace(cluster, old, replacement, 1))
	kpt(t, directory, "fn", "render", "--allow-exec")
}

func TestKptVersionBump(t *testing.T) {
	directory := livingPackage(t)
	before := files(t, directory)
	edit(t, directory, `version: "16"`, `version: "16.4"`)
	after := files(t, directory)
	delete(before, "cluster.yaml")
	delete(after, "cluster.yaml")

	var changed []string
	for path := range before {
		changed = append(changed, changedLines(before[path], after[path])...)
	}
	slices.Sort(changed)
	// The Job waits with PostgreSQL's own image: another content, another name.
	want := []string{`app.kubernetes.io/version: "16.4"`, "image: postgres:16.4"}
	if diff := cmp.Diff(want, slices.Compact(changed)); diff != "" {
		t.Errorf("lines that the version changes (-want +got):\n%s", diff)
	}
}

// changedLines returns the lines of after that before does not have; nothing
// for a file that is gone.
func changedLines(before, after string) []string {
	var changed []string
	for line := range strings.Lines(after) {
		if !strings.Contains(before, line) {
			changed = append(changed, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "- ")))
		}
	}
	return changed
}

func TestKptPrunesWhatIsSwitchedOff(t *testing.T) {
	directory := livingPackage(t)
	before := files(t, directory)
	edit(t, directory, "  redis:\n    managed: true", "  redis:\n    managed: false\n    connectionString: {name: redis, key: url}")
	after := files(t, directory)

	var gone []string
	for path := range before {
		if _, ok := after[path]; !ok {
			gone = append(gone, filepath.Base(path))
		}
	}
	slices.Sort(gone)
	want := []string{
		"networkpolicy_standalone-redis.yaml", "podmonitor_standalone-redis.yaml", "secret_standalone-redis-connection.yaml",
		"service_standalone-redis-headless.yaml",
		"service_standalone-redis.yaml",
		"serviceaccount_standalone-redis.yaml",
		"statefulset_standalone-redis.yaml",
	}
	if diff := cmp.Diff(want, gone); diff != "" {
		t.Errorf("files that went (-want +got):\n%s", diff)
	}
	for path := range maps.Keys(after) {
		changed := changedLines(before[path], after[path])
		// One alert is about the volumes of both.
		alerts := filepath.Base(path) == "prometheusrule_standalone-data-layer.yaml"
		if len(changed) > 0 && path != "cluster.yaml" && !alerts {
			t.Errorf("%s changed: %q", path, changed)
		}
	}
	if after["hand-written.yaml"] != handWritten {
		t.Errorf("the hand-written file changed:\n%s", cmp.Diff(handWritten, after["hand-written.yaml"]))
	}
}

func TestKptRefusesToOverwrite(t *testing.T) {
	cluster := read(t, standalone)
	directory := kptPackage(t, cluster, "exec: generate-data-layer")
	write(t, directory, "service.yaml", `apiVersion: v1
kind: Service
metadata:
  name: standalone-postgres
  namespace: banhbaoring
spec:
  type: ExternalName
  externalName: db.example.com
`)
	before := files(t, directory)
	stdout, stderr, err := tool(t, directory, "kpt", "fn", "render", "--allow-exec")
	if err == nil {
		t.Error("the render succeeded")
	}
	if want := "is the name of an object that BanhBaoRingCluster banhbaoring/standalone makes"; !strings.Contains(stdout+stderr, want) {
		t.Errorf("kpt does not say why:\n%s%s", stdout, stderr)
	}
	if diff := cmp.Diff(before, files(t, directory)); diff != "" {
		t.Errorf("the package changed:\n%s", diff)
	}
}

package e2e

import (
	"strings"
	"testing"
)

// migration has psql stand in for the control plane, with a command of SQL.
func migration(sql string) string {
	return `
spec:
  api: {image: postgres, version: "16"}
  database:
    migration:
      enabled: true
      command: [sh, -c, 'psql -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "` + sql + `"']
`
}

const countRun = "CREATE TABLE IF NOT EXISTS runs (n serial); INSERT INTO runs DEFAULT VALUES"

// TestMigrationJob: a migration waits for a database that is not there yet, runs once for
// what it is, and when it fails stays a failed Job with the reason in its log.
func TestMigrationJob(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	manifests := c.render(onlyPostgres, migration(countRun))
	c.apply(without(manifests, "StatefulSet"))
	first := c.job(manifests)
	c.kubectl("wait", "--for=jsonpath={.status.initContainerStatuses[0].state.running}", "pod",
		"--selector=job-name="+first, "--timeout="+patience.String())
	c.start(manifests)
	if failed := c.kubectl("get", "job", first, "--output=jsonpath={.status.failed}"); failed != "" {
		t.Errorf("the migration did not wait: it failed %s times", failed)
	}
	c.expectRuns("1\n")
	c.start(manifests)
	c.expectRuns("1\n")

	changed := c.render(onlyPostgres, migration(countRun+"; SELECT 1"))
	c.start(changed)
	if second := c.job(changed); second == first {
		t.Errorf("both migrations are the Job %s", first)
	}
	c.expectRuns("2\n")

	failing := c.render(onlyPostgres, migration(countRun+"; SELECT nowhere.missing()"))
	job := c.job(failing)
	c.apply(failing)
	c.kubectl("wait", "--for=condition=Failed", "job", job, "--timeout="+patience.String())
	if log := c.kubectl("logs", "job/"+job, "--container=migrate"); !strings.Contains(log, `schema "nowhere" does not exist`) {
		t.Errorf("the log of the failed migration:\n%s", log)
	}
	pods := c.kubectl("get", "pods", "--selector=job-name="+job, "--output=name")
	c.apply(failing)
	c.settled(failing)
	if again := c.kubectl("get", "pods", "--selector=job-name="+job, "--output=name"); again != pods {
		t.Errorf("pods of the failed migration: %s, and after another apply %s", pods, again)
	}
	c.expectRuns("2\n")
}

func (c cluster) expectRuns(want string) {
	c.t.Helper()
	if got := c.psql("demo-postgres-0", "SELECT count(*) FROM runs"); got != want {
		c.t.Errorf("the migration ran %q times, want %q", got, want)
	}
}

// job returns the name of the only Job of manifests.
func (c cluster) job(manifests string) string {
	c.t.Helper()
	for _, object := range parse(c.t, manifests) {
		if object.GetKind() == "Job" {
			return object.GetName()
		}
	}
	c.t.Fatal("there is no Job")
	return ""
}

// without leaves out the documents of a kind.
func without(manifests, kind string) string {
	var rest []string
	for document := range strings.SplitSeq(manifests, "\n---\n") {
		if !strings.Contains("\n"+document, "\nkind: "+kind+"\n") {
			rest = append(rest, document)
		}
	}
	return strings.Join(rest, "\n---\n")
}

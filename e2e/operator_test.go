package e2e

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestDocsMigration: by the commands of the page, what an operator's servers stored is
// there afterwards, with the same password; so is what another PostgreSQL stored.
func TestDocsMigration(t *testing.T) {
	t.Parallel()
	p := openPage(t, "docs/migration.md", "# Moving to it")
	t.Run("operator", func(t *testing.T) {
		t.Parallel()
		adoptOperator(newReader(t, p))
	})
	t.Run("chart", func(t *testing.T) {
		t.Parallel()
		copyDatabase(newReader(t, p))
	})
}

// adoptOperator: what the operator's servers stored is there under this
// function's, with the same password.
func adoptOperator(r reader) {
	r.t.Helper()
	r.createResource(r.file("created.yaml", r.edit()))
	password := rand.Text()
	owner := r.kubectl("get", "banhbaoringcluster", "demo", "--output=jsonpath={.metadata.uid}")
	r.manifest("operator.yaml", "${UID}", owner, "${PASSWORD}", password)
	r.kubectl("rollout", "status", "statefulset", "demo-postgres", "--timeout="+patience.String())
	r.kubectl("rollout", "status", "statefulset", "demo-redis", "--timeout="+patience.String())
	r.startClient()
	r.query("INSERT INTO organizations (name, slug) VALUES ('kept', 'kept')")
	r.exec("demo-redis-0", "", "redis-cli", "set", "kept", "42")

	r.run("ownerReferences", "")
	file := r.file("cluster.yaml", authored(r.t, r.get("banhbaoringcluster", "demo")))
	manifests := r.renderFile(file)
	r.run("kubectl delete statefulset", "")
	r.start(manifests)
	r.checkUnchangedByApply(manifests)

	if got := r.query("SELECT name FROM organizations"); got != "kept\n" {
		r.t.Errorf("PostgreSQL kept %q", got)
	}
	if got := r.exec("demo-redis-0", "", "redis-cli", "get", "kept"); got != "42\n" {
		r.t.Errorf("Redis kept %q", got)
	}
	// Nothing is the operator's any more.
	r.kubectl("delete", "banhbaoringcluster", "demo", "--cascade=foreground")
	r.kubectl("get", "secret", "demo-postgres-credentials")
	r.waitReady(manifests)
}

// authored is the live cluster as somebody would have written it.
func authored(t *testing.T, live *unstructured.Unstructured) string {
	t.Helper()
	file, err := json.Marshal(map[string]any{
		"apiVersion": live.GetAPIVersion(),
		"kind":       live.GetKind(),
		"metadata":   map[string]any{"name": live.GetName(), "namespace": live.GetNamespace()},
		"spec":       live.Object["spec"],
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// copyDatabase: what another PostgreSQL has is there after the copy.
func copyDatabase(r reader) {
	r.t.Helper()
	old := cluster{newNamespace(r.t, "restricted"), "minimal", "demo"}
	old.createCredentials("disable")
	old.start(old.render(onlyPostgres))
	old.psql("demo-postgres-0", "INSERT INTO organizations (name, slug) VALUES ('kept', 'kept')")
	oldURL := strings.Replace(old.kubectl("get", "secret", "demo-postgres-credentials", "--template={{.data.url | base64decode}}"),
		"@demo-postgres:", "@demo-postgres."+old.namespace.name+".svc:", 1)

	r.createCredentials("disable")
	r.start(r.render(onlyPostgres, "spec: {database: {initSchema: Extensions}}"))
	r.startClient()
	r.exec("client", "", "env", "OLD_URL="+oldURL, "bash", "-euo", "pipefail", "-c",
		`NEW_URL=$DATABASE_URL; `+r.page.shell(r.t, "$OLD_URL"))
	if got := r.query("SELECT name FROM organizations"); got != "kept\n" {
		r.t.Errorf("the copy has %q", got)
	}
}

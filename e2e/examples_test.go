package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small fits the production example onto one node, without operators, onto the
// cluster's default storage class and the images that there are without a registry.
const small = `
spec:
  backup: {enabled: false}
  monitoring: {enabled: false}
  database:
    version: "16"
    replicas: 1
    storage: {size: 2Gi, storageClass: null}
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {cpu: "1", memory: 512Mi}
  redis:
    mode: standalone
    replicas: 1
    storage: {size: 1Gi, storageClass: null}
    resources:
      requests: {cpu: 50m, memory: 64Mi}
      limits: {cpu: 500m, memory: 128Mi}
`

// migrateWithPsql stands in for the control plane, whose image is not public:
// a migration that would fail if it ran twice.
const migrateWithPsql = `
spec:
  api: {image: postgres, version: "16"}
  database:
    migration:
      command: [sh, -c, 'psql -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "CREATE TABLE migrated ()"']
`

// TestExamplesRun: every example is accepted with strict validation under Pod Security
// "restricted" and becomes ready; its schema is complete; its migration waits and runs; a
// second apply changes nothing, with kpt's inventory too; its data outlives its pods; with CloudNativePG, its
// write-ahead log and first backup reach the bucket, and the pooler answers.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		example string
		cluster string
		patches []string
		prepare func(cluster)
		check   func(cluster)
	}{
		"minimal": {
			example: "minimal", cluster: "demo",
			prepare: prepareAlone, check: checkMinimal,
		},
		"production": {
			example: "production", cluster: "production", patches: []string{light, toBucket, migrateWithPsql},
			prepare: prepareReplicated, check: checkReplicated,
		},
		"production without operators": {
			example: "production", cluster: "production", patches: []string{small, migrateWithPsql},
			prepare: prepareAlone, check: checkSmall,
		},
		"ha": {
			example: "ha", cluster: "ha", patches: []string{light, toBucket, migrateWithPsql},
			prepare: prepareReplicated, check: checkHA,
		},
		"external": {
			example: "external", cluster: "external", patches: []string{migrateWithPsql},
			prepare: startElsewhere, check: func(cluster) {},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cluster{newNamespace(t, "restricted"), test.example, test.cluster}
			test.prepare(c)
			manifests := c.render(test.patches...)
			c.start(manifests)
			c.checkUnchangedByApply(manifests)
			t.Run("kpt live apply", func(t *testing.T) {
				c := cluster{&namespace{t, c.namespace.name}, c.example, c.name}
				c.checkUnchangedByLive(manifests, test.patches)
			})
			test.check(c)
		})
	}
}

// checkUnchangedByApply applies the manifests again, and asks kubectl as well
// what another apply would change.
func (c cluster) checkUnchangedByApply(manifests string) {
	c.t.Helper()
	before := c.settled(manifests)
	c.apply(manifests)
	if diff := cmp.Diff(before, c.resourceVersions(manifests)); diff != "" {
		c.t.Errorf("the second apply changed resource versions (-before +after):\n%s", diff)
	}
	c.pipe(manifests, "diff", "--server-side", "--filename=-")
}

// checkUnchangedByLive has an inventory take the objects over, which annotates them, and
// applies it again.
func (c cluster) checkUnchangedByLive(manifests string, patches []string) {
	c.t.Helper()
	apply := applyLive(c.t, c)
	apply(patches...)
	before := c.settled(manifests)
	apply(patches...)
	if diff := cmp.Diff(before, c.resourceVersions(manifests)); diff != "" {
		c.t.Errorf("the second apply changed resource versions (-before +after):\n%s", diff)
	}
}

func prepareAlone(c cluster) { c.createCredentials("disable") }

func checkMinimal(c cluster) {
	c.tellVersions("demo-postgres-0", "demo-redis-0")
	c.checkSchema("demo-postgres-0", "Full")
	c.checkKeepsData("demo-postgres-0", "demo-redis-0")
}

func checkSmall(c cluster) {
	// The migration's own work is on top of what the extensions brought.
	c.psql("production-postgres-0", "DROP TABLE migrated")
	c.checkSchema("production-postgres-0", "Extensions")
	c.checkKeepsData("production-postgres-0", "production-redis-0")
}

// checkSchema compares the catalog with what the builders' tests ask of a
// PostgreSQL without a cluster.
func (c cluster) checkSchema(pod, schema string) {
	c.t.Helper()
	const expectations = "../builders/testdata/"
	if diff := cmp.Diff(read(c.t, expectations+schema+".txt"), c.psql(pod, read(c.t, expectations+"catalog.sql"))); diff != "" {
		c.t.Errorf("catalog (-want +got):\n%s", diff)
	}
}

// checkKeepsData writes to both servers, deletes their pods and reads again.
func (c cluster) checkKeepsData(postgres, redis string) {
	c.t.Helper()
	c.psql(postgres, "CREATE TABLE kept AS SELECT 42 AS n")
	c.exec(redis, "", "redis-cli", "set", "kept", "42")
	c.replace(postgres, func() { c.kubectl("delete", "pod", postgres) })
	c.replace(redis, func() { c.kubectl("delete", "pod", redis) })
	if got := c.psql(postgres, "SELECT n FROM kept"); got != "42\n" {
		c.t.Errorf("PostgreSQL kept %q", got)
	}
	if got := c.exec(redis, "", "redis-cli", "get", "kept"); got != "42\n" {
		c.t.Errorf("Redis kept %q", got)
	}
}

// startElsewhere runs PostgreSQL and Redis in another namespace, and makes the
// Secrets that the external example refers to.
func startElsewhere(c cluster) {
	c.t.Helper()
	elsewhere := cluster{newNamespace(c.t, "restricted"), "minimal", "demo"}
	elsewhere.createCredentials("disable")
	elsewhere.start(elsewhere.render())
	domain := "." + elsewhere.namespace.name + ".svc"
	elsewhere.psql("demo-postgres-0", "CREATE ROLE client LOGIN PASSWORD 'client'; CREATE DATABASE client OWNER client")
	c.kubectl("create", "secret", "generic", "rds", "--from-literal=url=postgres://client:client@demo-postgres"+domain+"/client?sslmode=disable")
	c.kubectl("create", "secret", "generic", "elasticache", "--from-literal=url=redis://demo-redis"+domain)
}

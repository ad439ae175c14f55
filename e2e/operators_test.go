package e2e

import (
	"strings"
	"testing"
)

// light fits an example onto one node and the cluster's default storage class,
// and takes everything else as it is. The version of PostgreSQL is the one that
// there is without a registry too.
const light = `
spec:
  database:
    version: "15.18"
    storage: {size: 2Gi, storageClass: null}
    resources:
      requests: {cpu: 50m, memory: 128Mi}
      limits: {cpu: "1", memory: 512Mi}
  redis:
    storage: {size: 1Gi, storageClass: null}
    resources:
      requests: {cpu: 20m, memory: 32Mi}
      limits: {cpu: 500m, memory: 128Mi}
`

// toBucket leads an example's backups to a bucket in its own namespace.
const toBucket = `
spec:
  backup:
    destination:
      s3: {endpointURL: "http://s3:9000"}
`

// onlyPostgres leaves Redis out.
const onlyPostgres = externalRedis

// createBucket makes the bucket that the examples name, and the Secret for it.
func (c cluster) createBucket() {
	c.t.Helper()
	c.manifest("bucket.yaml")
	c.kubectl("rollout", "status", "deployment", "s3", "--timeout="+patience.String())
}

// startClient starts what query uses.
func (c cluster) startClient() {
	c.t.Helper()
	c.manifest("client.yaml", "${CLUSTER}", c.name)
	c.kubectl("wait", "--for=condition=Ready", "pod", "client", "--timeout="+patience.String())
}

// query runs SQL from another pod, by the url of the credentials, and returns
// bare rows.
func (c cluster) query(sql string) string {
	c.t.Helper()
	return c.exec("client", sql, "sh", "-c", `psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL"`)
}

func prepareReplicated(c cluster) {
	c.createCredentials("require")
	c.createBucket()
}

// checkReplicated asks of an example whose PostgreSQL is CloudNativePG's and
// whose Redis is a Redis Cluster what readiness leaves open.
func checkReplicated(c cluster) {
	c.startClient()
	// The migration's own work is on top of what the extensions brought.
	c.query("DROP TABLE migrated")
	if got := c.query("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"); got != "pgcrypto\nuuid-ossp\n" {
		c.t.Errorf("extensions: %q", got)
	}
	if got := c.exec(c.name+"-redis-0", "", "redis-cli", "cluster", "info"); !strings.Contains(got, "cluster_state:ok") {
		c.t.Errorf("Redis Cluster:\n%s", got)
	}
	c.exec(c.name+"-redis-0", "", "redis-cli", "-c", "set", "kept", "42")
	if got := c.exec(c.name+"-redis-3", "", "redis-cli", "-c", "get", "kept"); got != "42\n" {
		c.t.Errorf("another node of Redis has %q", got)
	}
	c.checkArchive()
}

// checkArchive waits for the write-ahead log and the first full backup, which is
// not waited for by anything else, to be in the bucket.
func (c cluster) checkArchive() {
	c.t.Helper()
	const backups = "backups.postgresql.cnpg.io"
	c.kubectl("wait", "--for=condition=ContinuousArchiving", "clusters.postgresql.cnpg.io", "--all", "--timeout="+patience.String())
	c.eventually("there is a backup", func() bool { return len(c.names(backups)) > 0 })
	c.kubectl("wait", "--for=jsonpath={.status.phase}=completed", backups, "--all", "--timeout="+patience.String())
	files := c.kubectl("exec", "deployment/s3", "--", "find", "/buckets/banhbaoring-backups/"+c.name, "-type", "f")
	for _, name := range []string{"/wals/", "/backup.info", "/data.tar"} {
		if !strings.Contains(files, name) {
			c.t.Errorf("no %s in the bucket:\n%s", name, files)
		}
	}
}

// checkHA: the pooler is another way to the same database.
func checkHA(c cluster) {
	c.kubectl("rollout", "status", "deployment", "ha-postgres-pooler", "--timeout="+patience.String())
	checkReplicated(c)
	got := c.exec("client", "SELECT 42", "sh", "-c",
		`psql -XqAt -v ON_ERROR_STOP=1 "$(echo "$DATABASE_URL" | sed s/@ha-postgres:/@ha-postgres-pooler:/)"`)
	if got != "42\n" {
		c.t.Errorf("the pooler answers %q", got)
	}
}

// TestDumpsRestore: what the CronJob puts into the bucket restores into an empty
// database.
func TestDumpsRestore(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	c.createBucket()
	c.start(c.render(onlyPostgres, toBucket, `
spec:
  backup:
    enabled: true
    destination:
      s3: {bucket: banhbaoring-backups, prefix: demo, credentials: {name: s3-backup-credentials}}
`))
	const postgres = "demo-postgres-0"
	c.psql(postgres, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n")

	c.kubectl("create", "job", "dump", "--from=cronjob/demo-backup")
	c.kubectl("wait", "--for=condition=Complete", "job", "dump", "--timeout="+patience.String())
	dumps := strings.Fields(c.kubectl("exec", "deployment/s3", "--", "find", "/buckets", "-type", "f"))
	if len(dumps) != 1 || !strings.HasSuffix(dumps[0], ".dump") {
		t.Fatalf("in the bucket: %v", dumps)
	}
	dump := c.kubectl("exec", "deployment/s3", "--", "cat", dumps[0])
	c.psql(postgres, "CREATE DATABASE restored")
	c.exec(postgres, dump, "pg_restore", "--exit-on-error", "--username=banhbaoring", "--dbname=restored")
	got := c.exec(postgres, "", "psql", "-XqAt", "-U", "banhbaoring", "-d", "restored", "-c", "SELECT sum(n) FROM kept")
	if got != "500500\n" {
		t.Errorf("the sum of what was restored is %q", got)
	}
}

package status_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/status"
)

// The live objects of a cluster named demo that is ready, which the tests edit.
const (
	postgres = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: demo-postgres, namespace: keys, uid: p, generation: 2, creationTimestamp: "2026-01-01T00:00:00Z", labels: {app.kubernetes.io/version: "16"}}
spec: {replicas: 1}
status: {observedGeneration: 2, replicas: 1, readyReplicas: 1, updatedReplicas: 1, currentRevision: a, updateRevision: a}
`
	redis = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: demo-redis, namespace: keys, uid: r, generation: 1, creationTimestamp: "2026-01-01T00:00:00Z", labels: {app.kubernetes.io/version: "7"}}
spec: {replicas: 1}
status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1, currentRevision: a, updateRevision: a}
`
	cnpg = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: demo-postgres, namespace: keys, uid: c, generation: 1, creationTimestamp: "2026-01-01T00:00:00Z", labels: {app.kubernetes.io/version: "16"}}
spec: {instances: 3}
status:
  phase: Cluster in healthy state
  instances: 3
  readyInstances: 3
  conditions: [{type: Ready, status: "True", reason: ClusterIsReady, message: Cluster is Ready, lastTransitionTime: "2026-01-02T00:00:00Z"}]
`
	migrate = `
apiVersion: batch/v1
kind: Job
metadata: {name: demo-migrate-HASH, namespace: keys, uid: m, creationTimestamp: "2026-01-01T00:00:00Z", labels: {app.kubernetes.io/version: 1.0.0}}
spec: {completions: 1}
status: {succeeded: 1, completionTime: "2026-01-03T00:00:00Z", conditions: [{type: Complete, status: "True", lastTransitionTime: "2026-01-03T00:00:00Z"}]}
`
	join = `
apiVersion: batch/v1
kind: Job
metadata: {name: demo-redis-join-HASH, namespace: keys, uid: j, creationTimestamp: "2026-01-01T00:00:00Z", labels: {app.kubernetes.io/version: "7"}}
spec: {completions: 1}
status: {succeeded: 1, conditions: [{type: Complete, status: "True"}]}
`
	secret = `
apiVersion: v1
kind: Secret
metadata: {name: demo-postgres-credentials, namespace: keys, creationTimestamp: "2025-12-31T00:00:00Z"}
data: {username: aA==, password: aA==, database: aA==, url: aA==}
`
	connection = `
apiVersion: v1
kind: Secret
metadata: {name: demo-redis-connection, namespace: keys}
data: {url: aA==}
`
	sealed = `
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: demo-postgres-credentials, namespace: keys, generation: 1}
status: {observedGeneration: 1, conditions: [{type: Synced, status: "True"}]}
`
	pod = `
apiVersion: v1
kind: Pod
metadata: {name: demo-postgres-0, namespace: keys, ownerReferences: [{kind: StatefulSet, name: demo-postgres, uid: p}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: "True"}, {type: Ready, status: "False", lastTransitionTime: "2026-01-04T00:00:00Z"}]
  containerStatuses: [{name: postgres, state: {waiting: {reason: ImagePullBackOff, message: Back-off}}}]
`
	readyRows = "PostgreSQL true 1/1 16, Redis true 1/1 7"
)

// sealedPassword is a spec with something in it that passes for ciphertext.
func sealedPassword() string {
	ciphertext := base64.StdEncoding.EncodeToString(append([]byte{2, 0}, make([]byte, 560)...))
	return "database: {credentials: {sealed: {scope: cluster-wide, encryptedData: {password: " + ciphertext + "}}}}"
}

// docs are documents of one stream.
func docs(documents ...string) string { return strings.Join(documents, "---") }

// edit replaces parts of a document, by pairs; each must be there.
func edit(document string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(document, pairs[i]) {
			panic(fmt.Sprintf("%q is not in %s", pairs[i], document))
		}
		document = strings.ReplaceAll(document, pairs[i], pairs[i+1])
	}
	return document
}

const noSecrets = "credentials unknown No Secrets in the input to look for demo-postgres-credentials, demo-redis-connection"

// TestOf has a line for each state that live objects may be in. A row is the
// name of a part, ready, replicas, version and message, as far as it has them.
func TestOf(t *testing.T) {
	const (
		migrating   = "database: {migration: {enabled: true}}"
		replicated  = "database: {replicas: 3}"
		sharded     = "redis: {mode: cluster, replicasPerShard: 0}"
		withTLS     = "database: {tls: {secretName: certificate}}\nredis: {tls: {secretName: certificate}}"
		redisRow    = "Redis true 1/1 7"
		postgresRow = "PostgreSQL true 1/1 16"
	)
	redisNodes := edit(redis, "replicas: 1", "replicas: 3", "readyReplicas: 1", "readyReplicas: 3", "updatedReplicas: 1", "updatedReplicas: 3")
	tests := map[string]struct {
		spec, live string
		want       []string // rows, the first of which may be several
	}{
		"nothing there":          {"{}", "{kind: List, apiVersion: v1, items: []}", []string{"PostgreSQL false StatefulSet not found", "Redis false StatefulSet not found", noSecrets}},
		"ready":                  {"{}", docs(postgres, redis), []string{readyRows, noSecrets}},
		"with its Secrets":       {"{}", docs(postgres, redis, secret, connection), []string{readyRows, "credentials true"}},
		"one is missing":         {"{}", docs(postgres), []string{postgresRow, "Redis false StatefulSet not found", noSecrets}},
		"starting":               {"{}", docs(edit(postgres, "readyReplicas: 1, ", ""), redis), []string{"PostgreSQL false 0/1 16 Waiting for pods", redisRow, noSecrets}},
		"no status yet":          {"{}", docs(strings.Split(postgres, "status:")[0], redis), []string{"PostgreSQL false 0/1 16 The latest change was not seen yet", redisRow, noSecrets}},
		"a pod that cannot pull": {"{}", docs(edit(postgres, "readyReplicas: 1, ", ""), redis, pod), []string{"PostgreSQL false 0/1 16 Waiting for pods: demo-postgres-0 ImagePullBackOff", redisRow, noSecrets}},
		"a pod without a node": {"{}", docs(edit(postgres, "readyReplicas: 1, ", ""), redis, edit(pod, `PodScheduled, status: "True"`, `PodScheduled, status: "False", reason: Unschedulable`, "containerStatuses", "others")),
			[]string{"PostgreSQL false 0/1 16 Waiting for pods: demo-postgres-0 Unschedulable", redisRow, noSecrets}},
		"another's pod":         {"{}", docs(edit(postgres, "readyReplicas: 1, ", ""), redis, edit(pod, "uid: p", "uid: other")), []string{"PostgreSQL false 0/1 16 Waiting for pods", redisRow, noSecrets}},
		"generation not seen":   {"{}", docs(edit(postgres, "observedGeneration: 2", "observedGeneration: 1"), redis), []string{"PostgreSQL false 1/1 16 The latest change was not seen yet", redisRow, noSecrets}},
		"rolling":               {"{}", docs(edit(postgres, "updateRevision: a", "updateRevision: b", "updatedReplicas: 1, ", ""), redis), []string{"PostgreSQL false 1/1 16 Rollout under way: updated 0/1", redisRow, noSecrets}},
		"rolled, not ready":     {"{}", docs(edit(postgres, "updateRevision: a", "updateRevision: b", "readyReplicas: 1", "readyReplicas: 0"), redis), []string{"PostgreSQL false 0/1 16 Waiting for pods", redisRow, noSecrets}},
		"scaled to zero":        {"{}", docs(edit(postgres, "{replicas: 1}", "{replicas: 0}", "readyReplicas: 1", "readyReplicas: 0"), redis), []string{"PostgreSQL false 0/1 16 Replicas: 1 is not applied yet", redisRow, noSecrets}},
		"without replicas":      {"{}", docs(edit(postgres, "{replicas: 1}", "{}"), redis), []string{"PostgreSQL false 1/1 16 Replicas: 1 is not applied yet", redisRow, noSecrets}},
		"an older version":      {`redis: {version: "8"}`, docs(postgres, redis), []string{postgresRow, "Redis false 1/1 7 Version 8 is not applied yet", noSecrets}},
		"being deleted":         {"{}", docs(edit(postgres, "uid: p", `deletionTimestamp: "2026-01-05T00:00:00Z"`), redis), []string{"PostgreSQL false 1/1 16 StatefulSet is being deleted", redisRow, noSecrets}},
		"of another namespace":  {"{}", docs(edit(postgres, "namespace: keys", "namespace: other"), redis), []string{"PostgreSQL false StatefulSet not found", redisRow, noSecrets}},
		"of another API group":  {"{}", docs(edit(postgres, "apps/v1", "apps.openkruise.io/v1"), redis), []string{"PostgreSQL false StatefulSet not found", redisRow, noSecrets}},
		"kinds of any shape":    {"{}", docs(postgres, redis, "\nkind: Widget\nspec: [1]\nmetadata: none\n"), []string{readyRows, noSecrets}},
		"unknown fields":        {"{}", docs(edit(postgres, "status: {", "status: {colour: [red], "), redis), []string{readyRows, noSecrets}},
		"external":              {"database: {managed: false, connectionString: {name: db, key: url}}\nredis: {managed: false, connectionString: {name: cache, key: url}}", docs(postgres), []string{"PostgreSQL true Using external database", "Redis true Using external Redis", "credentials unknown No Secrets in the input to look for db, cache"}},
		"external, no Secret":   {"database: {managed: false, connectionString: {name: db, key: url}}", docs(redis, secret, connection), []string{"PostgreSQL true Using external database", redisRow, "credentials false Secret db not found"}},
		"migration missing":     {migrating, docs(postgres, redis), []string{readyRows, "migration false Job demo-migrate-HASH not found", noSecrets}},
		"migration done":        {migrating, docs(postgres, redis, migrate), []string{readyRows, "migration true 1/1 1.0.0", noSecrets}},
		"an earlier migration":  {migrating, docs(postgres, redis, edit(migrate, "HASH", "0123456789")), []string{readyRows, "migration false Job demo-migrate-HASH not found", noSecrets}},
		"besides an earlier":    {migrating, docs(postgres, redis, migrate, edit(migrate, "HASH", "0123456789", "Complete", "Failed")), []string{readyRows, "migration true 1/1 1.0.0", noSecrets}},
		"migration not started": {migrating, docs(postgres, redis, strings.Split(migrate, "status:")[0]), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH has not started", noSecrets}},
		"migration running":     {migrating, docs(postgres, redis, strings.Split(migrate, "status:")[0]+"status: {active: 1}\n"), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH is running", noSecrets}},
		"migration once more":   {migrating, docs(postgres, redis, strings.Split(migrate, "status:")[0]+"status: {active: 1, failed: 2}\n"), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH is tried again, failed pods: 2", noSecrets}},
		"migration at its end":  {migrating, docs(postgres, redis, edit(migrate, "succeeded: 1, completionTime", "startTime", "Complete", "SuccessCriteriaMet")), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH is running", noSecrets}},
		"migration to fail":     {migrating, docs(postgres, redis, edit(migrate, "succeeded: 1, completionTime", "active: 1, startTime", "Complete", "FailureTarget", `"True"`, `"True", reason: DeadlineExceeded`)), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH failed: DeadlineExceeded", noSecrets}},
		"migration deleted":     {migrating, docs(postgres, redis, edit(migrate, "uid: m", `deletionTimestamp: "2026-01-05T00:00:00Z"`)), []string{readyRows, "migration false 1/1 1.0.0 Job demo-migrate-HASH is being deleted", noSecrets}},
		"migration of old":      {migrating, docs(postgres, redis, edit(migrate, "version: 1.0.0", "version: 0.9.0")), []string{readyRows, "migration false 1/1 0.9.0 Version 1.0.0 is not applied yet", noSecrets}},
		"migration suspended":   {migrating, docs(postgres, redis, edit(strings.Split(migrate, "status:")[0], "completions: 1", "suspend: true")), []string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH is suspended", noSecrets}},
		"migration failed": {migrating, docs(postgres, redis, edit(migrate, "succeeded: 1, ", "failed: 4, ", "Complete", "Failed", `"True"`, `"True", reason: BackoffLimitExceeded, message: Job has reached the limit`)),
			[]string{readyRows, "migration false 0/1 1.0.0 Job demo-migrate-HASH failed: BackoffLimitExceeded: Job has reached the limit", noSecrets}},
		"CloudNativePG":                {replicated, docs(cnpg, redis), []string{"PostgreSQL true 3/3 16", redisRow, noSecrets}},
		"CloudNativePG missing":        {replicated, docs(postgres, redis), []string{"PostgreSQL false Cluster not found", redisRow, noSecrets}},
		"CloudNativePG not installed":  {replicated, docs(strings.Split(cnpg, "status:")[0], redis), []string{"PostgreSQL false 0/3 16 Waiting for CloudNativePG", redisRow, noSecrets}},
		"CloudNativePG sets up":        {replicated, docs(edit(cnpg, "Cluster in healthy state", "Setting up primary", "readyInstances: 3", "readyInstances: 0"), redis), []string{"PostgreSQL false 0/3 16 Setting up primary", redisRow, noSecrets}},
		"CloudNativePG fails over":     {replicated, docs(edit(cnpg, "Cluster in healthy state", "Failing over\n  phaseReason: from demo-postgres-1 to demo-postgres-2", "readyInstances: 3", "readyInstances: 2"), redis), []string{"PostgreSQL false 2/3 16 Failing over: from demo-postgres-1 to demo-postgres-2", redisRow, noSecrets}},
		"CloudNativePG switches over":  {replicated, docs(edit(cnpg, "Cluster in healthy state", "Switchover in progress\n  phaseReason: Switching over to demo-postgres-2"), redis), []string{"PostgreSQL false 3/3 16 Switchover in progress: Switching over to demo-postgres-2", redisRow, noSecrets}},
		"CloudNativePG deleted":        {replicated, docs(edit(cnpg, "uid: c", `deletionTimestamp: "2026-01-05T00:00:00Z"`), redis), []string{"PostgreSQL false 3/3 16 Cluster is being deleted", redisRow, noSecrets}},
		"CloudNativePG loses one":      {replicated, docs(edit(cnpg, "readyInstances: 3", "readyInstances: 2"), redis), []string{"PostgreSQL false 2/3 16 Waiting for pods", redisRow, noSecrets}},
		"CloudNativePG to be scaled":   {"database: {replicas: 5}", docs(cnpg, redis), []string{"PostgreSQL false 3/5 16 Replicas: 5 is not applied yet", redisRow, noSecrets}},
		"CloudNativePG not ready":      {replicated, docs(edit(cnpg, `"True", reason: ClusterIsReady, message: Cluster is Ready`, `"False", reason: ClusterIsNotReady, message: Cluster Is Not Ready`), redis), []string{"PostgreSQL false 3/3 16 ClusterIsNotReady: Cluster Is Not Ready", redisRow, noSecrets}},
		"Redis Cluster joined":         {sharded, docs(postgres, redisNodes, join), []string{postgresRow, "Redis true 3/3 7", noSecrets}},
		"Redis Cluster not joined":     {sharded, docs(postgres, edit(redisNodes, "readyReplicas: 3", "readyReplicas: 0"), strings.Split(join, "status:")[0]+"status: {active: 1}\n"), []string{postgresRow, "Redis false 0/3 7 Waiting for pods; Job demo-redis-join-HASH is running", noSecrets}},
		"Redis Cluster without a join": {sharded, docs(postgres, redisNodes), []string{postgresRow, "Redis false 3/3 7 Job demo-redis-join-HASH not found", noSecrets}},
		"Redis Cluster of one":         {sharded, docs(postgres, redis, join), []string{postgresRow, "Redis false 1/3 7 Replicas: 3 is not applied yet", noSecrets}},
		"Redis Cluster gone":           {sharded, docs(postgres, join), []string{postgresRow, "Redis false StatefulSet not found", noSecrets}},
		"Secret without a key":         {"{}", docs(postgres, redis, edit(secret, "url: aA==", `url: ""`, "username: aA==, ", ""), connection), []string{readyRows, "credentials false Secret demo-postgres-credentials has no value for username, url"}},
		"Secret missing":               {"{}", docs(postgres, redis, connection), []string{readyRows, "credentials false Secret demo-postgres-credentials not found"}},
		"Secret with its own keys":     {"database: {credentials: {secretRef: {name: db, keys: {url: dsn}}}}", docs(postgres, redis, connection, edit(secret, "demo-postgres-credentials", "db", "url:", "dsn:")), []string{readyRows, "credentials true"}},
		"certificate missing":          {withTLS, docs(postgres, redis, secret, connection), []string{readyRows, "credentials false Secret certificate not found"}},
		"certificate without its CA":   {withTLS, docs(postgres, redis, secret, connection, edit(connection, "demo-redis-connection", "certificate", "url: aA==", "tls.crt: aA==, tls.key: aA==")), []string{readyRows, "credentials false Secret certificate has no value for ca.crt"}},
		"with its certificate":         {withTLS, docs(postgres, redis, secret, connection, edit(connection, "demo-redis-connection", "certificate", "url: aA==", "tls.crt: aA==, tls.key: aA==, ca.crt: aA==")), []string{readyRows, "credentials true"}},
		"one of an issuer":             {"redis: {tls: {issuer: ca}}", docs(postgres, redis, secret, connection), []string{readyRows, "credentials false Secret demo-redis-tls not found"}},
		"more pods than wanted":        {"{}", docs(postgres, edit(redis, "readyReplicas: 1", "readyReplicas: 2")), []string{postgresRow, "Redis true 2/1 7", noSecrets}},
		"scaled up by hand":            {"{}", docs(postgres, edit(redis, "{replicas: 1}", "{replicas: 2}", "readyReplicas: 1", "readyReplicas: 2")), []string{postgresRow, "Redis false 2/1 7 Replicas: 1 is not applied yet", noSecrets}},
		"deleted, and not ready":       {"{}", docs(edit(postgres, "uid: p", `deletionTimestamp: "2026-01-05T00:00:00Z"`, "readyReplicas: 1, ", ""), redis), []string{"PostgreSQL false 0/1 16 StatefulSet is being deleted", redisRow, noSecrets}},
		"Redis with a password":        {"redis: {credentials: {secretRef: {}}}", docs(postgres, redis, secret, connection), []string{readyRows, "credentials false Secret demo-redis-connection has no value for password"}},
		"sealed":                       {sealedPassword(), docs(postgres, redis, sealed), []string{readyRows, "credentials unknown No Secrets in the input to look for demo-redis-connection"}},
		"sealed, with Secrets":         {sealedPassword(), docs(postgres, redis, sealed, secret, connection), []string{readyRows, "credentials true"}},
		"sealed, Secret gone":          {sealedPassword(), docs(postgres, redis, sealed, connection), []string{readyRows, "credentials false Secret demo-postgres-credentials not found"}},
		"sealed for another":           {sealedPassword(), docs(postgres, redis, secret, connection, edit(sealed, `"True"`, `"False", message: no key could decrypt secret (password)`)), []string{readyRows, "credentials false SealedSecret demo-postgres-credentials: no key could decrypt secret (password)"}},
		"sealed anew":                  {sealedPassword(), docs(postgres, redis, edit(sealed, "generation: 1}", "generation: 2}")), []string{readyRows, "credentials false SealedSecret demo-postgres-credentials was not seen by its controller yet"}},
		"sealed and missing":           {sealedPassword(), docs(postgres, redis, edit(sealed, "demo-postgres", "other")), []string{readyRows, "credentials false SealedSecret demo-postgres-credentials not found"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, "keys", test.spec)
			report, err := status.Of(c, readLive(t, c, test.live), "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Join(test.want, ", "), rows(report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Ready == strings.Contains(rows(report), " false") {
				t.Errorf("ready is %t", report.Ready)
			}
			if diff := cmp.Diff(wantCondition(rows(report)), conditionOf(t, report)); diff != "" {
				t.Errorf("condition (-want +got):\n%s", diff)
			}
		})
	}
}

// wantCondition is DatabaseReady: only PostgreSQL and Redis count, and nothing
// tells since when it is so where neither has pods.
func wantCondition(rows string) string {
	switch {
	case !regexp.MustCompile(`(PostgreSQL|Redis) \w+ \d+/`).MatchString(rows):
		return ""
	case strings.Contains(rows, "PostgreSQL true") && strings.Contains(rows, "Redis true"):
		return "True Ready Database and Redis are ready"
	default:
		return "False NotReady Waiting for data layer"
	}
}

func conditionOf(t *testing.T, report *status.Report) string {
	t.Helper()
	filled, _ := report.Status(nil)
	conditions, _ := filled["conditions"].([]any)
	if len(conditions) == 0 {
		return ""
	}
	return fields(t, conditions[0], "status", "reason", "message")
}

// TestNamespace is about clusters whose file has no namespace.
func TestNamespace(t *testing.T) {
	elsewhere := edit(docs(postgres, redis), "namespace: keys", "namespace: other")
	tests := map[string]struct{ live, namespace, want string }{
		"in one":           {docs(postgres, redis), "", "keys: " + readyRows},
		"in two":           {docs(postgres, redis, elsewhere), "", "metadata.namespace: is missing, and there are objects of this cluster's names in keys, other: choose one with --namespace"},
		"in two, one told": {docs(postgres, redis, elsewhere), "other", "other: " + readyRows},
		"others' objects":  {docs(postgres, redis, edit(elsewhere, "demo-", "test-")), "", "keys: " + readyRows},
		"in none":          {edit(postgres, "demo-", "test-"), "", ": PostgreSQL false StatefulSet not found, Redis false StatefulSet not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, "", "{}")
			var got string
			report, err := status.Of(c, readLive(t, c, test.live), test.namespace)
			if err != nil {
				got = err.Error()
			} else {
				got = report.Namespace + ": " + strings.TrimSuffix(rows(report), ", "+noSecrets)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestReadForms gives the same objects in every form that kubectl, and an API
// server, have for them.
func TestReadForms(t *testing.T) {
	list := "apiVersion: v1\nkind: List\nitems:" + strings.ReplaceAll(docs("", postgres, redis), "---\napiVersion", "\n- apiVersion")
	list = strings.NewReplacer("\nkind: S", "\n  kind: S", "\nmeta", "\n  meta", "\nspec", "\n  spec", "\nstatus", "\n  status").Replace(list)
	forms := map[string]string{
		"documents":           docs(postgres, redis),
		"a last separator":    docs("", postgres, redis, "\n"),
		"Windows' line ends":  strings.ReplaceAll(docs(postgres, redis), "\n", "\r\n"),
		"a list":              list,
		"a list and more":     docs(edit(list, "demo-redis", "test-redis"), redis),
		"lists of lists":      docs(postgres, "\nkind: List\nitems: [{kind: List, items: ["+asJSON(t, redis)+"]}]\n"),
		"an API's list":       "kind: StatefulSetList\napiVersion: apps/v1\nitems: [" + withoutKind(t, postgres) + "," + withoutKind(t, redis) + "]",
		"JSON":                `{"apiVersion": "v1", "kind": "List", "items": [` + asJSON(t, postgres) + "," + asJSON(t, redis) + "]}",
		"JSON, one by one":    asJSON(t, postgres) + "\n" + asJSON(t, redis),
		"JSON with tabs":      "{\n\t\"kind\": \"List\",\n\t\"items\": [" + asJSON(t, postgres) + "," + asJSON(t, redis) + "]}",
		"JSON and YAML":       asJSON(t, postgres) + "\n---" + redis,
		"YAML's flow style":   "{apiVersion: v1, kind: List, items: [" + asJSON(t, postgres) + "," + asJSON(t, redis) + "]}",
		"a byte order mark":   "\ufeff" + docs(postgres, redis),
		"without end of line": strings.TrimSpace(docs(postgres, redis)),
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, "keys", "{}")
			report, err := status.Of(c, readLive(t, c, form), "")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := rows(report), readyRows+", "+noSecrets; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestTransitionTime follows the time of the condition: it stays while the
// condition does, and comes from the objects when that changes.
func TestTransitionTime(t *testing.T) {
	const (
		wasReady = `{conditions: [{type: DatabaseReady, status: "True", reason: Ready, message: "", lastTransitionTime: "2026-01-02T12:00:00Z"}]}`
		newer    = `{conditions: [{type: DatabaseReady, status: "True", reason: Ready, message: "", lastTransitionTime: "2026-06-01T00:00:00Z"}]}`
		live     = "\napiVersion: banhbaoring.io/v1\nkind: BanhBaoRingCluster\nmetadata: {name: demo, namespace: keys, resourceVersion: \"7\", creationTimestamp: \"2025-01-01T00:00:00Z\"}\n"
	)
	down := edit(postgres, "readyReplicas: 1, ", "")
	managed := edit(down, "uid: p,", `uid: p, managedFields: [{manager: kube-controller-manager, subresource: status, time: "2026-01-05T00:00:00Z"}, {manager: kubectl, time: "2026-01-06T00:00:00Z"}],`)
	tests := map[string]struct{ file, live, want string }{
		"first":                      {"{}", docs(postgres, redis), "True 2026-01-01T00:00:00Z"},
		"a condition of an object's": {"{}", docs(postgres, redis, secret, connection, pod), "True 2026-01-04T00:00:00Z"},
		"unchanged, in the file":     {wasReady, docs(postgres, redis), "True 2026-01-02T12:00:00Z"},
		"unchanged, in the live one": {"{}", docs(postgres, redis, live+"status: "+wasReady+"\n"), "True 2026-01-02T12:00:00Z"},
		"the live one counts":        {newer, docs(postgres, redis, live+"status: "+wasReady+"\n"), "True 2026-01-02T12:00:00Z"},
		"changed, a pod tells":       {wasReady, docs(down, redis, pod), "False 2026-01-04T00:00:00Z"},
		"changed, managed fields":    {wasReady, docs(managed, redis), "False 2026-01-05T00:00:00Z"},
		"changed, nobody tells":      {wasReady, docs(down, redis), "False 2026-01-02T12:00:00Z"},
		"never backwards":            {newer, docs(down, redis, pod), "False 2026-06-01T00:00:00Z"},
		"no object, the live one":    {"{}", live, "False 2025-01-01T00:00:00Z"},
		"no object at all":           {"{}", "{kind: List, items: []}", ""},
		"a time that is none":        {`{conditions: [{type: DatabaseReady, status: "True", lastTransitionTime: soon}]}`, docs(postgres, redis), "True 2026-01-01T00:00:00Z"},
		"conditions that are none":   {`{conditions: {a: b}}`, docs(postgres, redis), "True 2026-01-01T00:00:00Z"},
		"a condition that is none":   {`{conditions: [7]}`, docs(postgres, redis), "7, True 2026-01-01T00:00:00Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, "keys", "{}")
			report, err := status.Of(c, readLive(t, c, test.live), "")
			if err != nil {
				t.Fatal(err)
			}
			var file map[string]any
			if err := yaml.Unmarshal([]byte(test.file), &file); err != nil {
				t.Fatal(err)
			}
			filled, _ := report.Status(file)
			var got []string
			conditions, _ := filled["conditions"].([]any)
			for _, value := range conditions {
				got = append(got, fields(t, value, "status", "lastTransitionTime"))
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzLive looks for live objects on which a report panics, or is not content
// with its own status.
func FuzzLive(f *testing.F) {
	f.Add(docs(postgres, redis, migrate, join, secret, connection, sealed, pod))
	f.Add(cnpg)
	f.Add(`{"kind": "List", "items": [{"kind": "Secret"}]}`)
	f.Add("kind: BanhBaoRingCluster\napiVersion: banhbaoring.io/v1\nmetadata: {name: demo}\nstatus: {conditions: [{type: DatabaseReady}]}")
	f.Add("a: &a [*a, *a]")
	var clusters []*v1.BanhBaoRingCluster
	for _, spec := range []string{"{}", "database: {replicas: 3, migration: {enabled: true}}\nredis: {mode: cluster}", sealedPassword()} {
		clusters = append(clusters, cluster(f, "", spec), cluster(f, "keys", spec))
	}
	f.Fuzz(func(t *testing.T, text string) {
		live, err := status.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range clusters {
			report, err := status.Of(c, live, "")
			if err != nil {
				continue
			}
			first, _ := report.Status(nil)
			var written map[string]any
			if err := yaml.Unmarshal([]byte(asText(t, first)), &written); err != nil {
				t.Fatal(err)
			}
			again, _ := report.Status(written)
			if diff := cmp.Diff(asText(t, first), asText(t, again)); diff != "" {
				t.Errorf("not the same again:\n%s", diff)
			}
		}
	})
}

// cluster decodes a cluster named demo.
func cluster(t testing.TB, namespace, spec string) *v1.BanhBaoRingCluster {
	t.Helper()
	text := "metadata: {name: demo, namespace: " + asText(t, namespace) + "}\nspec:\n  " + strings.ReplaceAll(spec, "\n", "\n  ")
	decoder := v1.NewDecoder()
	c, problems := decoder.Decode([]byte(asJSON(t, text)))
	if problems != nil {
		t.Fatal(problems)
	}
	return c
}

// readLive reads live objects with the names that the Jobs of a cluster have.
func readLive(t *testing.T, c *v1.BanhBaoRingCluster, text string) *status.Live {
	t.Helper()
	objects, _ := builders.Build(c, builders.External{})
	for _, object := range objects {
		if object.GroupVersionKind().Kind == "Job" {
			text = strings.ReplaceAll(text, hash().ReplaceAllString(object.GetName(), "-HASH"), object.GetName())
		}
	}
	live, err := status.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func hash() *regexp.Regexp { return regexp.MustCompile(`-[0-9a-f]{10}\b`) }

// rows is a report in words.
func rows(report *status.Report) string {
	var rows []string
	for _, part := range report.Parts {
		ready := "unknown"
		if part.Ready != nil {
			ready = fmt.Sprint(*part.Ready)
		}
		words := fmt.Sprintln(part.Name, ready, part.Replicas, part.Version, part.Message)
		rows = append(rows, strings.Join(strings.Fields(words), " "))
	}
	return hash().ReplaceAllString(strings.Join(rows, ", "), "-HASH")
}

// fields of an object in words; anything else as it is.
func fields(t *testing.T, value any, names ...string) string {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal([]byte(asText(t, value)), &object); err != nil {
		return asText(t, value)
	}
	var words []string
	for _, name := range names {
		words = append(words, fmt.Sprint(object[name]))
	}
	return strings.Join(words, " ")
}

func asJSON(t testing.TB, text string) string {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func withoutKind(t *testing.T, text string) string {
	t.Helper()
	return asJSON(t, edit(text, "apiVersion: apps/v1\nkind: StatefulSet\n", ""))
}

func asText(t testing.TB, value any) string {
	t.Helper()
	data, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

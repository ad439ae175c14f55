package e2e

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// earlierRelease is where upgrades start. Its pods are small, for more of them to fit.
const earlierRelease = `
spec:
  database:
    version: "16.9"
    resources: {requests: {cpu: 50m, memory: 128Mi}}
  redis:
    version: "7.2"
    resources: {requests: {cpu: 10m, memory: 32Mi}}
`

const laterRelease = `spec: {database: {version: "16.10"}, redis: {version: "7.4"}}`

// upgrade is a change on top of those before it.
type upgrade struct {
	name, patch string
	// inForce asks the cluster for what changed, and want is its answer.
	inForce func(cluster) string
	want    string
}

func upgrades() []upgrade {
	return []upgrade{
		{
			name: "release", patch: laterRelease,
			inForce: func(c cluster) string {
				return c.ofPods(".spec.containers[0].image") + " " + c.ofPods(`.metadata.labels.app\.kubernetes\.io/version`)
			},
			want: "postgres:16.10 redis:7.4-alpine 16.10 7.4",
		},
		{
			name: "resources",
			patch: `
spec:
  database: {resources: {limits: {memory: 768Mi}}}
  redis: {resources: {limits: {memory: 384Mi}}}
`,
			inForce: func(c cluster) string {
				return c.ofPods(".spec.containers[0].resources.limits.memory") + " " + c.exec("demo-redis-0", "", "redis-cli", "config", "get", "maxmemory")
			},
			want: "768Mi 384Mi maxmemory\n201326592\n",
		},
		{
			name: "parameters",
			patch: `
spec:
  database: {parameters: {max_connections: "60"}}
  redis: {config: {hz: "20"}}
`,
			inForce: func(c cluster) string {
				return c.psql("demo-postgres-0", "SHOW max_connections") + c.exec("demo-redis-0", "", "redis-cli", "config", "get", "hz")
			},
			want: "60\nhz\n20\n",
		},
		{
			name: "labels",
			patch: `
spec:
  database: {podTemplate: {metadata: {labels: {team: keys}}}}
  redis: {podTemplate: {metadata: {labels: {team: keys}}}}
`,
			inForce: func(c cluster) string { return c.ofPods(".metadata.labels.team") },
			want:    "keys keys",
		},
		{
			name: "network",
			patch: `
spec:
  database: {network: {allowFrom: [{namespaceSelector: {matchLabels: {team: keys}}}]}}
  redis: {network: {allowFrom: [{namespaceSelector: {matchLabels: {team: keys}}}]}}
`,
			inForce: func(c cluster) string {
				return c.kubectl("get", "networkpolicies", "--output=jsonpath={.items[*].spec.ingress[*].from[*].namespaceSelector.matchLabels.team}")
			},
			want: "keys keys",
		},
		{
			name:  "monitoring",
			patch: "spec: {monitoring: {enabled: true, labels: {release: prometheus}}}",
			inForce: func(c cluster) string {
				return c.ofPods(".spec.containers[1].name") + " " +
					c.kubectl("get", "podmonitors,prometheusrules", "--output=jsonpath={.items[*].metadata.labels.release}")
			},
			want: "exporter exporter prometheus prometheus prometheus",
		},
	}
}

// TestUpgradesRoll: a later minor release, other resources, parameters, labels, and
// settings of the network and of monitoring are accepted by guards and API server, are
// in force once they are rolled out, and leave all data where it was.
func TestUpgradesRoll(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	patches := []string{earlierRelease}
	previous := c.render(patches...)
	c.start(previous)
	claims := c.claims()
	c.psql("demo-postgres-0", "CREATE TABLE kept (upgrade text)")
	kept := ""
	for _, u := range upgrades() {
		c.psql("demo-postgres-0", "INSERT INTO kept VALUES ('before "+u.name+"')")
		c.exec("demo-redis-0", "", "redis-cli", "rpush", "kept", "before "+u.name)
		kept += "before " + u.name + "\n"

		patches = append(patches, u.patch)
		output, err := c.renderOver(previous, patches...)
		if err != nil {
			t.Fatalf("%s: %v\n%s", u.name, err, output)
		}
		c.start(output)
		previous = output
		if got := u.inForce(c); got != u.want {
			t.Errorf("%s: %q, want %q", u.name, got, u.want)
		}
		if diff := cmp.Diff(kept, c.psql("demo-postgres-0", "SELECT upgrade FROM kept")); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", u.name, diff)
		}
		if diff := cmp.Diff(kept, c.exec("demo-redis-0", "", "redis-cli", "lrange", "kept", "0", "-1")); diff != "" {
			t.Errorf("%s: keys (-want +got):\n%s", u.name, diff)
		}
	}
	if diff := cmp.Diff(claims, c.claims()); diff != "" {
		t.Errorf("volume claims (-before +after):\n%s", diff)
	}
}

// renderOver renders with the previous manifests among the items, as in a package that
// keeps them, and returns the new ones, or with the error what the function says.
func (c cluster) renderOver(previous string, patches ...string) (string, error) {
	c.t.Helper()
	directory := c.t.TempDir()
	write(c.t, previous, directory, "previous.yaml")
	write(c.t, c.edit(patches...), directory, "cluster.yaml")
	return c.try("", "generate-data-layer", "render", directory)
}

// ofPods returns a field of the servers' pods, in the order of their names.
func (c cluster) ofPods(path string) string {
	c.t.Helper()
	return c.kubectl("get", "pods", "--selector=app.kubernetes.io/component in (postgres, redis)", "--sort-by=.metadata.name",
		"--output=jsonpath={.items[*]"+path+"}")
}

// claims tells one claim from another of its name.
func (c cluster) claims() string {
	c.t.Helper()
	return c.kubectl("get", "persistentvolumeclaims", "--output=jsonpath={.items[*].metadata.uid}")
}

// TestRedisClusterUpgrades: in a Redis Cluster a later minor release, resources and
// parameters are rolled out node by node, and all keys are there afterwards.
func TestRedisClusterUpgrades(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	patches := []string{earlierRelease, shards(3), externalDatabase}
	previous := c.render(patches...)
	c.start(previous)
	c.setKeys()
	changed, err := c.renderOver(previous, append(patches, laterRelease, `
spec:
  redis:
    resources: {limits: {memory: 384Mi}}
    config: {hz: "20"}
`)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, changed)
	}
	c.start(changed)
	if got, want := c.ofPods(".spec.containers[0].image"), strings.TrimSpace(strings.Repeat("redis:7.4-alpine ", 6)); got != want {
		t.Errorf("images %q, want %q", got, want)
	}
	if got := c.exec("demo-redis-5", "", "redis-cli", "cluster", "info"); !strings.Contains(got, "cluster_state:ok") {
		t.Errorf("after the upgrade:\n%s", got)
	}
	c.checkKeys("demo-redis-0")
}

// refused is a change that cannot roll.
type refused struct {
	from  []string
	to    string
	guard string
	// immutable: the API server refuses it too. Otherwise it would be accepted, and lose data.
	immutable bool
}

func cannotRoll() map[string]refused {
	return map[string]refused{
		"another major release":   {from: []string{earlierRelease}, to: `spec: {database: {version: "17"}}`, guard: "change-postgres-major"},
		"a larger database":       {to: "spec: {database: {storage: {size: 20Gi}}}", guard: "change-storage", immutable: true},
		"a smaller database":      {to: "spec: {database: {storage: {size: 2Gi}}}", guard: "change-storage", immutable: true},
		"a larger Redis":          {to: "spec: {redis: {storage: {size: 20Gi}}}", guard: "change-storage", immutable: true},
		"another class of volume": {to: "spec: {database: {storage: {storageClass: fast}}}", guard: "change-storage", immutable: true},
		"another engine":          {to: "spec: {database: {engine: CloudNativePG}}", guard: "change-postgres-engine"},
		"no CloudNativePG":        {from: []string{"spec: {database: {replicas: 2}}"}, to: "spec: {database: {replicas: 1}}", guard: "change-postgres-engine"},
		"no managed PostgreSQL":   {from: []string{"spec: {database: {replicas: 2}}"}, to: externalDatabase, guard: "delete-postgres"},
		"a Redis Cluster":         {to: shards(3), guard: "change-redis-mode", immutable: true},
		"a standalone Redis":      {from: []string{shards(3)}, to: "spec: {redis: {mode: standalone, replicas: 1, replicasPerShard: null}}", guard: "change-redis-mode", immutable: true},
		"fewer shards":            {from: []string{shards(4)}, to: shards(3), guard: "shrink-redis"},
	}
}

// TestGuardsStopWhatCannotRoll: a change that loses data, or that the API server refuses
// since a field is immutable, is refused at render time, by the guard that the docs
// name, where the previous render is among the items.
func TestGuardsStopWhatCannotRoll(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, change := range cannotRoll() {
		tried[change.guard] = true
	}
	guards := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(read(t, filepath.Join("..", "docs", "changes.md")), -1) {
		guards[row[1]] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(guards)), slices.Sorted(maps.Keys(tried))); diff != "" {
		t.Errorf("guards (-in docs/changes.md +tried):\n%s", diff)
	}
	for name, change := range cannotRoll() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
			c.kubectl("create", "quota", "nothing", "--hard=pods=0,persistentvolumeclaims=0") // none has to run for this
			previous := c.render(change.from...)
			c.apply(previous)
			if output, err := c.renderOver(previous, append(change.from, change.to)...); err == nil || !strings.Contains(output, "banhbaoring.io/allow: "+change.guard) {
				t.Errorf("%s does not refuse it: %v\n%s", change.guard, err, output)
			}
			c.checkOverridden(previous, change)
		})
	}
}

// checkOverridden asks the API server for what the guard is there to prevent, whoever
// owns the fields: CloudNativePG makes a Service of the same name.
func (c cluster) checkOverridden(previous string, change refused) {
	c.t.Helper()
	allow := "metadata: {annotations: {banhbaoring.io/allow: " + change.guard + "}}"
	overridden, err := c.renderOver(previous, append(change.from, change.to, allow)...)
	if err != nil {
		c.t.Fatalf("the annotation does not override %s: %v\n%s", change.guard, err, overridden)
	}
	output, err := c.try(overridden, "kubectl", "--namespace", c.namespace.name, "apply", "--server-side", "--force-conflicts",
		"--validate=strict", "--dry-run=server", "--filename=-")
	immutable := strings.Contains(output, "Forbidden: updates to statefulset spec")
	if immutable != change.immutable || (err != nil) != change.immutable {
		c.t.Errorf("overridden, and applied: %v\n%s", err, output)
	}
}

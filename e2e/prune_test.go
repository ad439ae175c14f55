package e2e

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const externalRedis = `
spec:
  redis:
    managed: false
    connectionString: {name: elasticache, key: url}
`

const externalDatabase = `
spec:
  database:
    managed: false
    connectionString: {name: rds, key: url}
`

// TestPruneKeepsClaims: a component that is switched off goes with all its objects and
// nothing of the others', however it is pruned; its volume claims stay, and it comes back
// with its data.
func TestPruneKeepsClaims(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T, cluster) func(...string){
		"kubectl apply --prune":    applyWithPrune,
		"kubectl apply --applyset": applyAsSet,
		"kpt live apply":           applyLive,
	}
	for name, tool := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
			apply := tool(t, c)
			c.createCredentials("disable")
			apply()
			c.waitReady(c.render())
			c.exec("demo-redis-0", "", "redis-cli", "set", "kept", "42")
			rest := c.render(externalRedis)
			before := c.resourceVersions(rest)

			apply(externalRedis)
			left := c.kubectl("get", "statefulsets,services,configmaps,secrets", "--selector=app.kubernetes.io/component=redis", "--output=name")
			if left != "" {
				t.Errorf("left of Redis:\n%s", left)
			}
			if diff := cmp.Diff([]string{"data-demo-postgres-0", "data-demo-redis-0"}, c.names("persistentvolumeclaims")); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			after := c.resourceVersions(rest)
			delete(before, "ConfigMap demo-data-layer") // no longer names a Redis
			delete(after, "ConfigMap demo-data-layer")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("resource versions of PostgreSQL (-before +after):\n%s", diff)
			}

			apply()
			c.waitReady(c.render())
			if got := c.exec("demo-redis-0", "", "redis-cli", "get", "kept"); got != "42\n" {
				t.Errorf("Redis came back with %q", got)
			}
		})
	}
}

// applyWithPrune selects by label, and does not write on the server's side,
// which this kind of pruning cannot follow.
func applyWithPrune(_ *testing.T, c cluster) func(...string) {
	return func(patches ...string) {
		c.pipe(c.render(patches...), "apply", "--validate=strict", "--filename=-",
			"--prune", "--selector=app.kubernetes.io/instance=demo,app.kubernetes.io/managed-by=generate-data-layer")
	}
}

func applyAsSet(_ *testing.T, c cluster) func(...string) {
	return func(patches ...string) {
		c.command(c.render(patches...), "env", "KUBECTL_APPLYSET=true",
			"kubectl", "--namespace", c.namespace.name, "apply", "--server-side", "--validate=strict", "--filename=-",
			"--prune", "--applyset=demo")
	}
}

// applyLive edits the cluster of a kpt package, renders it in place and applies
// it with an inventory, which takes over what is not in another.
func applyLive(t *testing.T, c cluster) func(...string) {
	need(t, "kpt")
	directory := t.TempDir()
	write(t, read(t, filepath.Join("..", "examples", c.example, "kpt", "Kptfile")), directory, "Kptfile")
	c.command("", "kpt", "live", "init", directory, "--namespace", c.namespace.name)
	return func(patches ...string) {
		write(t, c.edit(patches...), directory, "cluster.yaml")
		c.command("", "kpt", "fn", "render", directory, "--allow-exec")
		c.command("", "kpt", "live", "apply", directory, "--install-resource-group", "--inventory-policy=adopt", "--reconcile-timeout="+patience.String())
	}
}

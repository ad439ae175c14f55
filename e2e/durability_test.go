package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// rounds is how often each blow falls.
const rounds = 10

// TestPostgresKeepsAcknowledgedRows: what PostgreSQL said is committed stays so while its
// pod is deleted, deleted by force and killed, ten times each.
func TestPostgresKeepsAcknowledgedRows(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	manifests := c.render()
	c.start(manifests)
	const pod = "demo-postgres-0"
	nodes := startNodeShell(c)
	c.psql(pod, "CREATE TABLE journal (n bigserial PRIMARY KEY)")
	w := startWriter(c, pod)
	for round := range rounds {
		for _, blow := range blows(c, nodes, pod) {
			c.replace(pod, blow.strike)
			last := w.last()
			c.eventually(fmt.Sprintf("new rows after %s %d", blow.name, round+1), func() bool { return w.last() > last })
		}
	}
	acknowledged := w.acknowledged()
	stored := numbers(c.psql(pod, "SELECT n FROM journal ORDER BY n"))
	t.Logf("%d rows acknowledged, %d stored", len(acknowledged), len(stored))
	for _, n := range acknowledged {
		if _, found := slices.BinarySearch(stored, n); !found {
			t.Errorf("row %d was acknowledged and is gone", n)
		}
	}
}

// redisWindow is for how long an answer of Redis may run ahead of its append-only file:
// it syncs that every second, and while the disk is busy with it, writes two seconds late.
const redisWindow = 2 * time.Second

// TestRedisKeepsAcknowledgedKeys: what Redis said is set, more than two seconds before,
// stays so while its pod is deleted, deleted by force and killed, ten times each: it syncs
// its append-only file every second, and while the disk is busy, writes up to two seconds
// late. What is younger may go, and is not asked for.
func TestRedisKeepsAcknowledgedKeys(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	c.start(c.render())
	const pod = "demo-redis-0"
	nodes := startNodeShell(c)
	c.manifest("redis-writer.yaml", "${IMAGE}", image(c.get("pod", pod)), "${CLUSTER}", c.name)
	c.kubectl("wait", "--for=condition=Ready", "pod", "writer", "--timeout="+patience.String())
	w := writer{c.namespace}
	c.eventually("the first key", func() bool { return w.last() > 0 })
	var due []int
	since := 0 // what is older and not due was too young for an earlier blow
	for round := range rounds {
		for _, blow := range blows(c, nodes, pod) {
			for _, n := range w.acknowledged() {
				if n > since {
					due = append(due, n)
				}
			}
			time.Sleep(redisWindow)
			c.replace(pod, blow.strike)
			since = w.last()
			c.eventually(fmt.Sprintf("new keys after %s %d", blow.name, round+1), func() bool { return w.last() > since })
			stored := numbers(c.exec(pod, "", "sh", "-c", "redis-cli --scan --pattern 'row:*' | cut -d : -f 2"))
			slices.Sort(stored)
			for _, n := range due {
				if _, found := slices.BinarySearch(stored, n); !found {
					t.Errorf("key %d was acknowledged %s before %s %d, and is gone", n, redisWindow, blow.name, round+1)
				}
			}
		}
	}
	t.Logf("%d keys were due", len(due))
	if len(due) == 0 {
		t.Error("no key was ever due")
	}
}

// blow is something that ends a server.
type blow struct {
	name   string
	strike func()
}

// blows fall in this order: a container that is killed twice in a row restarts ever later,
// a new pod's at once.
func blows(c cluster, nodes nodeShell, pod string) []blow {
	return []blow{
		{"delete", func() { c.kubectl("delete", "pod", pod) }},
		{"force delete", func() { c.kubectl("delete", "pod", pod, "--force", "--grace-period=0") }},
		{"SIGKILL", func() { nodes.kill(c.get("pod", pod)) }},
	}
}

// writer is a pod that writes to a server through its Service: a row of the table
// journal after another, or a key.
type writer struct{ *namespace }

func startWriter(c cluster, postgres string) writer {
	c.t.Helper()
	c.manifest("writer.yaml", "${IMAGE}", image(c.get("pod", postgres)), "${CLUSTER}", c.name)
	c.kubectl("wait", "--for=condition=Ready", "pod", "writer", "--timeout="+patience.String())
	w := writer{c.namespace}
	c.eventually("the first row", func() bool { return w.last() > 0 })
	return w
}

// acknowledged returns the numbers of the rows whose commit the writer knows of.
func (w writer) acknowledged() []int {
	w.t.Helper()
	return numbers(w.kubectl("logs", "writer"))
}

func (w writer) last() int {
	w.t.Helper()
	rows := w.acknowledged()
	if len(rows) == 0 {
		return 0
	}
	return rows[len(rows)-1]
}

// nodeShell is a shell on every node, as root and outside of all containers:
// the only place from where a container's first process takes a SIGKILL.
type nodeShell struct{ *namespace }

func startNodeShell(c cluster) nodeShell {
	c.t.Helper()
	n := nodeShell{newNamespace(c.t, "privileged")}
	n.manifest("node-shell.yaml", "${IMAGE}", image(c.get("pod", c.name+"-postgres-0")))
	n.kubectl("rollout", "status", "daemonset", "node-shell", "--timeout="+patience.String())
	return n
}

// kill ends all processes of a pod's first container at once.
func (n nodeShell) kill(pod *unstructured.Unstructured) {
	n.t.Helper()
	node, _, _ := unstructured.NestedString(pod.Object, "spec", "nodeName")
	shell := n.kubectl("get", "pods", "--field-selector=spec.nodeName="+node, "--output=jsonpath={.items[0].metadata.name}")
	n.exec(shell, "", "sh", "-c", read(n.t, "testdata/kill.sh"), "kill.sh", containerID(pod))
}

// numbers returns the lines that are numbers.
func numbers(text string) []int {
	var all []int
	for line := range strings.Lines(text) {
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			all = append(all, n)
		}
	}
	return all
}

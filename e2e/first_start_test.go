package e2e

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestReadyMeansComplete: a PostgreSQL that is killed while it starts for the first
// time, ten times at random moments, is never ready without its whole schema.
func TestReadyMeansComplete(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	c.start(slowly(c.render(onlyPostgres)))
	const pod = "demo-postgres-0"
	c.checkSchema(pod, "Full")
	nodes := startNodeShell(c)
	for round := range rounds {
		// A new volume, and so a first start again.
		c.kubectl("scale", "statefulset", "demo-postgres", "--replicas=0")
		c.kubectl("wait", "--for=delete", "pod/"+pod, "--timeout="+patience.String())
		c.kubectl("delete", "persistentvolumeclaim", "data-"+pod)
		c.kubectl("scale", "statefulset", "demo-postgres", "--replicas=1")
		c.eventually(pod+" runs", func() bool { return containerID(c.find(pod)) != "" })
		moment := rand.N(12 * time.Second)
		time.Sleep(moment)
		killed := c.get("pod", pod)
		nodes.kill(killed)
		t.Logf("round %d: killed after %s, ready before: %t", round+1, moment, isReady(killed))
		c.eventually(pod+" is ready with another container", func() bool {
			object := c.find(pod)
			return containerID(object) != containerID(killed) && isReady(object)
		})
		c.checkSchema(pod, "Full")
	}
}

// slowly has the init scripts take as long as larger ones would before they come to the
// tables, for probes and blows to meet the server that runs them.
func slowly(manifests string) string {
	const schema = "  01-schema.sql: |"
	return strings.Replace(manifests, schema, "  00-slow.sql: SELECT pg_sleep(8)\n"+schema, 1)
}

// find returns a pod, or an empty one while it is not there.
func (n *namespace) find(pod string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	output, err := n.try("", "kubectl", "--namespace", n.name, "get", "pod", pod, "--output=json")
	if err != nil || object.UnmarshalJSON([]byte(output)) != nil {
		return &unstructured.Unstructured{Object: map[string]any{}}
	}
	return object
}

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// recovery is how long a Redis Cluster may take to be healthy again.
const recovery = 90 * time.Second

func shards(n int) string {
	return fmt.Sprintf(`
spec:
  redis:
    mode: cluster
    replicas: %d
    replicasPerShard: 1
    resources: {requests: {cpu: 10m, memory: 32Mi}}
`, n)
}

// TestRedisClusterSurvives: a Redis Cluster has all keys, and is healthy within 90
// seconds, after its pods are deleted all at once, by halves and one by one; it grows by
// an edit without losing any.
func TestRedisClusterSurvives(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	manifests := c.render(shards(3))
	c.start(manifests)
	c.setKeys()
	var pods []string
	for ordinal := range 6 {
		pods = append(pods, fmt.Sprintf("demo-redis-%d", ordinal))
	}
	blows := [][]string{pods, pods[:3], pods[3:], {pods[0], pods[2], pods[4]}}
	for _, pod := range pods {
		blows = append(blows, []string{pod})
	}
	for _, blow := range blows {
		c.survives(blow, pods)
	}

	grown := c.render(shards(4))
	c.start(grown)
	c.checkKeys("demo-redis-7")
	if got := c.exec("demo-redis-0", "", "redis-cli", "cluster", "info"); !strings.Contains(got, "cluster_size:4") {
		t.Errorf("after it grew:\n%s", got)
	}
}

// survives deletes some of the pods and waits for all of them to be healthy.
func (c cluster) survives(deleted, pods []string) {
	c.t.Helper()
	before := map[string]string{}
	for _, pod := range deleted {
		before[pod] = containerID(c.get("pod", pod))
	}
	c.kubectl(append([]string{"delete", "pod", "--wait=false"}, deleted...)...)
	start := time.Now()
	c.eventually("all pods are ready after "+strings.Join(deleted, ", ")+" went", func() bool {
		for _, pod := range pods {
			object := c.find(pod)
			if id := containerID(object); id == "" || id == before[pod] || !isReady(object) {
				return false
			}
		}
		return true
	})
	took := time.Since(start).Round(time.Second)
	c.t.Logf("healthy %s after %s went", took, strings.Join(deleted, ", "))
	if took > recovery {
		c.t.Errorf("it took %s", took)
	}
	c.checkKeys(pods[0])
}

// setKeys sets the keys that checkKeys asks for.
func (c cluster) setKeys() {
	c.t.Helper()
	c.exec("demo-redis-0", "", "sh", "-c", `for i in $(seq 1000); do echo "set key:$i $i"; done | redis-cli -c >/dev/null`)
}

// checkKeys asks a node of the cluster, which leads to the others, for all keys.
func (c cluster) checkKeys(pod string) {
	c.t.Helper()
	got := c.exec(pod, "", "sh", "-c",
		`for i in $(seq 1000); do echo "get key:$i"; done | redis-cli -c | grep -x '[0-9]*' | sort -nu | awk '{ sum += $1 } END { print NR, sum }'`)
	if got != "1000 500500\n" {
		c.t.Errorf("the number of keys and the sum of their values are %q", got)
	}
}

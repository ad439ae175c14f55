package cli_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestDeepNesting goes down to where the YAML parser stops, in the cluster and
// in another item.
func TestDeepNesting(t *testing.T) {
	for _, depth := range []int{1_000, 9_000, 20_000} {
		nested := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		for where, list := range map[string]string{
			"in the cluster":  resourceList(smallCluster+"  billing: {plan: "+nested+"}\n", ""),
			"in another item": resourceList(smallCluster, "") + "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: deep}\n  data: " + nested + "\n",
		} {
			t.Run(fmt.Sprintf("%d levels %s", depth, where), func(t *testing.T) {
				_, stderr, code := run(list)
				if depth < 10_000 && code != 0 {
					t.Errorf("exit code %d: %s", code, stderr)
				}
				if depth > 10_000 && (code != 1 || !strings.Contains(stderr, "exceeded max depth")) {
					t.Errorf("exit code %d: %s", code, stderr)
				}
			})
		}
	}
}

// smallCluster is an item that leaves everything to others.
const smallCluster = `apiVersion: banhbaoring.io/v1
kind: BanhBaoRingCluster
metadata: {name: demo, namespace: keys}
spec:
  database: {managed: false, connectionString: {name: db, key: url}}
  redis: {managed: false, connectionString: {name: cache, key: url}}
`

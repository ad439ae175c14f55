package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	const redisReplicas = "the servers would know nothing of each other; set mode: cluster for more than one"
	tests := map[string]struct {
		spec string
		want []string
	}{
		"nothing":                          {spec: "{}"},
		"database, replicas elsewhere":     {"database: {managed: false, replicas: 2, connectionString: {name: a, key: b}}", nil},
		"database, no reference":           {"database: {managed: false}", []string{"error: spec.database.connectionString: is required when managed is false: name the Secret and key that hold the URL"}},
		"database, needless reference":     {"database: {connectionString: {name: a, key: b}}", []string{"warning: spec.database.connectionString: is ignored while managed is true; set managed: false to use it"}},
		"database, small storage":          {"database: {storage: {size: 1023Mi}}", []string{"error: spec.database.storage.size: must be at least 1Gi, got 1023Mi"}},
		"database, smallest storage":       {"database: {storage: {size: 1Gi}}", nil},
		"database, tables twice":           {"database: {initSchema: Full, migration: {enabled: true}}", []string{"warning: spec.database.initSchema: Full creates the tables that the control plane's first migration creates too, and fails on; leave initSchema out, or set Extensions"}},
		"backup, an external database":     {"{backup: {enabled: true}, database: {managed: false, connectionString: {name: a, key: b}}}", []string{"warning: spec.backup: does not cover a database with managed: false: whoever runs it has to back it up"}},
		"backup, not enabled":              {"backup: {schedule: nightly, serviceAccountAnnotations: {/: x}}", nil},
		"backup, enough":                   {"backup: {enabled: true, destination: {gcs: {bucket: ab}}}", nil},
		"backup, no destination":           {"backup: {enabled: true}", []string{"error: spec.backup.destination: must have s3 or gcs, with the bucket to write to"}},
		"backup, the longest":              {"backup: {enabled: true, retention: 36500, destination: {gcs: {bucket: ab}}}", nil},
		"backup, longer":                   {"backup: {retention: 36501}", []string{"error: spec.backup.retention: must be at most 36500"}},
		"backup, an annotation of nothing": {"backup: {enabled: true, serviceAccountAnnotations: {/: x}, destination: {gcs: {bucket: ab}}}", []string{"error: spec.backup.serviceAccountAnnotations: must have keys such as eks.amazonaws.com/role-arn, got \"/\""}},
		"backup, an annotation of ours":    {"backup: {enabled: true, serviceAccountAnnotations: {banhbaoring.io/x: x}, destination: {gcs: {bucket: ab}}}", []string{"error: spec.backup.serviceAccountAnnotations: must leave the keys of banhbaoring.io to this function, got \"banhbaoring.io/x\""}},
		"redis, cluster":                   {"redis: {mode: cluster, replicas: 6}", nil},
		"redis, two replicas":              {"redis: {replicas: 2}", []string{"error: spec.redis.replicas: must be 1, got 2: " + redisReplicas}},
		"redis, no reference":              {"redis: {managed: false}", []string{"error: spec.redis.connectionString: is required when managed is false: name the Secret and key that hold the URL"}},
		"redis, small storage":             {"redis: {storage: {size: 100}}", []string{"error: spec.redis.storage.size: must be at least 1Gi, got 100: without a unit such as Mi or Gi, these are bytes"}},
		"redis, maxMemory above limit":     {"redis: {maxMemory: 513Mi}", []string{"error: spec.redis.maxMemory: must be at most the memory limit of 512Mi, got 513Mi: Redis would be killed before it evicts"}},
		"redis, maxMemory at the limit":    {"redis: {maxMemory: 512Mi}", nil},
		"redis, maxMemory of nothing":      {"redis: {maxMemory: 0}", []string{"error: spec.redis.maxMemory: must be at least 1Mi, got 0; Redis takes 0 for no limit at all"}},
		"network, external database":       {"database: {managed: false, connectionString: {name: a, key: b}, network: {allowFrom: [{podSelector: {}}]}}", []string{"warning: spec.database.network.allowFrom: is ignored while managed is false: an external server is not behind a NetworkPolicy"}},
		"network, off":                     {"{network: {enabled: false}, redis: {network: {allowFrom: [{namespaceSelector: {}}]}}}", []string{"warning: spec.redis.network.allowFrom: is ignored while spec.network.enabled is false: everyone may connect"}},
		"network, off, nobody named":       {"{network: {enabled: false}, redis: {network: {allowFrom: []}}}", nil},
		"network, no peer":                 {"redis: {network: {allowFrom: [{}]}}", []string{"error: spec.redis.network.allowFrom[0]: must have podSelector, namespaceSelector or ipBlock; an empty selector, {}, admits all"}},
		"network, whole network excepted":  {"redis: {network: {allowFrom: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}}", []string{`error: spec.redis.network.allowFrom[0].ipBlock.except[0]: must be a part of 10.0.0.0/8, got "10.0.0.0/8"`}},
		"network, other family excepted":   {"redis: {network: {allowFrom: [{ipBlock: {cidr: '2001:db8::/32', except: [10.0.0.0/8]}}]}}", []string{`error: spec.redis.network.allowFrom[0].ipBlock.except[0]: must be a part of 2001:db8::/32, got "10.0.0.0/8"`}},
		"network, not canonical":           {"redis: {network: {allowFrom: [{ipBlock: {cidr: '2001:0DB8:0::/48'}}]}}", nil},
		"resources, request above limit":   {"redis: {resources: {requests: {cpu: 2}, limits: {cpu: 1}}}", []string{"error: spec.redis.resources.requests.cpu: must be at most the limit of 1, got 2"}},
		"resources, request above default": {"database: {resources: {requests: {memory: 2Gi}}}", []string{"error: spec.database.resources.requests.memory: must be at most the limit of 1Gi, got 2Gi"}},
		"resources, negative":              {"database: {resources: {requests: {cpu: -1}}}", []string{"error: spec.database.resources.requests.cpu: must not be negative, got -1"}},
		"resources, limit of nothing":      {"database: {resources: {limits: {cpu: 0}}}", []string{"error: spec.database.resources.limits.cpu: must be positive, got 0"}},
		"resources, thousandths":           {"redis: {resources: {limits: {memory: 512m}}, maxMemory: 1Mi}", []string{"error: spec.redis.resources.limits.memory: must be at least 1Mi, got 512m: m is for thousandths, Mi for mebibytes", "error: spec.redis.maxMemory: must be at most the memory limit of 512m, got 1Mi: Redis would be killed before it evicts"}},
		"resources, unknown":               {"database: {resources: {limits: {Memory: 1Gi}}}", []string{"error: spec.database.resources.limits.Memory: unknown resource: use cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain"}},
		"resources, known":                 {"database: {resources: {limits: {ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi, example.com/ssd: 1}}}", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, got := decode(t, test.spec)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateNames(t *testing.T) {
	const name = "error: metadata.name: must have only lower case letters, digits and -, begin with a letter, and end with a letter or digit, got %q"
	const namespace = "error: metadata.namespace: must have at most 63 lower case letters, digits and -, and begin and end with a letter or digit, got %q"
	long := strings.Repeat("a", 64)
	tests := map[string]struct{ metadata, want string }{
		"fine":                  {metadata: "{name: a-1, namespace: 1-a}"},
		"longest":               {metadata: "{name: " + long[:41] + "}"},
		"too long":              {"{name: " + long[:42] + "}", "error: metadata.name: must be at most 41 characters, since " + long[:42] + "-postgres and its like are longer and limited too; got 42"},
		"none":                  {"{namespace: prod}", "error: metadata.name: is required"},
		"empty":                 {`{name: ""}`, "error: metadata.name: is required: every object of the data layer is named after it"},
		"number":                {"{name: 1}", "error: metadata.name: must be a string, got an integer: put it in quotes"},
		"upper case":            {"{name: Demo}", fmt.Sprintf(name, "Demo")},
		"first a digit":         {"{name: 1demo}", fmt.Sprintf(name, "1demo")},
		"last a dash":           {"{name: demo-}", fmt.Sprintf(name, "demo-")},
		"dots":                  {"{name: demo.example.com}", fmt.Sprintf(name, "demo.example.com")},
		"namespace, underscore": {"{name: demo, namespace: a_b}", fmt.Sprintf(namespace, "a_b")},
		"namespace, too long":   {"{name: demo, namespace: " + long + "}", fmt.Sprintf(namespace, long)},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			_, got := decodeCluster(t, "metadata: "+test.metadata)
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

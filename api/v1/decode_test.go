package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// decode reads a cluster named demo with the given spec, and its problems as
// "severity: field: message".
func decode(t *testing.T, spec string) (*v1.BanhBaoRingCluster, []string) {
	t.Helper()
	return decodeCluster(t, "metadata: {name: demo}\nspec:\n  "+strings.ReplaceAll(spec, "\n", "\n  "))
}

func decodeCluster(t *testing.T, text string) (*v1.BanhBaoRingCluster, []string) {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	decoder := v1.NewDecoder()
	cluster, problems := decoder.Decode(data)
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", p.Severity, p.Field, p.Message))
	}
	return cluster, lines
}

// TestExplain has one line for each way to break the schema.
func TestExplain(t *testing.T) {
	tests := map[string]struct{ spec, want string }{
		"unknown field":              {"redis: {join: {shards: 3}}", `error: spec.redis.join.shards: unknown field; there are podTemplate`},
		"unknown field, deeper":      {"database: {size: 20Gi}", `error: spec.database.size: unknown field, did you mean storage.size?`},
		"unknown field, near":        {"redis: {maxmemory: 1Gi}", `error: spec.redis.maxmemory: unknown field, did you mean "maxMemory"?`},
		"unknown field, nearest":     {"database: {storge: {}}", `error: spec.database.storge: unknown field, did you mean "storage"?`},
		"unknown field, deeper, two": {"redis: {network: {allowFrom: [{matchLabels: {}}]}}", `error: spec.redis.network.allowFrom[0].matchLabels: unknown field, did you mean namespaceSelector.matchLabels or podSelector.matchLabels?`},
		"unknown section":            {"queue: {}", `warning: spec.queue: is not a section that this function knows`},
		"unknown section, near":      {"Redis: {}", `warning: spec.Redis: is not a section that this function knows, did you mean "redis"?`},
		"number for a string":        {"redis: {version: 7.2}", `error: spec.redis.version: must be a string, got a number: put it in quotes`},
		"integer for a string":       {"database: {version: 16}", `error: spec.database.version: must be a string, got an integer: put it in quotes`},
		"string for an integer":      {`database: {replicas: "1"}`, `error: spec.database.replicas: must be an integer, got a string: write a whole number, without quotes or unit`},
		"string for a boolean":       {`redis: {managed: "yes"}`, `error: spec.redis.managed: must be a boolean, got a string: write true or false, without quotes`},
		"number for an integer":      {"database: {replicas: 1.5}", `error: spec.database.replicas: must be an integer, got a number: write a whole number, without quotes or unit`},
		"URL for its Secret":         {"redis: {managed: false, connectionString: 'redis://cache'}", `error: spec.redis.connectionString: must be an object, got a string: write each field on a line of its own below, as name: value; there are key, name; the URL itself belongs into that Secret`},
		"object for a string":        {"redis: {image: {}}", `error: spec.redis.image: must be a string, got an object`},
		"string for an object":       {"database: {storage: 10Gi}", `error: spec.database.storage: must be an object, got a string: write each field on a line of its own below, as name: value; there are size, storageClass`},
		"string for an array":        {"database: {migration: {command: migrate}}", `error: spec.database.migration.command: must be an array, got a string: write each element on a line of its own below, after a dash`},
		"null in an array":           {"database: {migration: {command: [null]}}", `error: spec.database.migration.command[0]: must be a string, got null`},
		"empty array":                {"database: {migration: {command: []}}", `error: spec.database.migration.command: must have at least 1 items`},
		"not one of":                 {"database: {initSchema: none}", `error: spec.database.initSchema: must be one of Full, Extensions, None, got "none"`},
		"too small":                  {"database: {replicas: 0}", `error: spec.database.replicas: must be at least 1`},
		"too large":                  {"database: {replicas: 9223372036854775807}", `error: spec.database.replicas: must be at most 2147483647`},
		"required":                   {"redis: {managed: false, connectionString: {name: cache}}", `error: spec.redis.connectionString.key: is required`},
		"quantity":                   {"redis: {storage: {size: 5 GB}}", `error: spec.redis.storage.size: must be a quantity such as 500m, 2 or 10Gi, got "5 GB", did you mean 5Gi?`},
		"quantity, dots in a key":    {"redis: {resources: {limits: {example.com/gpu: some}}}", `error: spec.redis.resources.limits.example.com/gpu: must be a quantity such as 500m, 2 or 10Gi, got "some"`},
		"pattern":                    {"database: {version: latest}", `error: spec.database.version: must begin with the number of the release, as 16 and 7.2-alpine do, got "latest"`},
		"pattern, maybe a secret":    {"database: {credentials: {secretRef: {keys: {password: p@ss word}}}}", `error: spec.database.credentials.secretRef.keys.password: must be a key: letters, digits, -, _ and .`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, got := decode(t, test.spec)
			if diff := cmp.Diff([]string{test.want}, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeReportsEverything(t *testing.T) {
	_, got := decode(t, `
domian: keys.example.com
database:
  version: 16
redis:
  mode: sentinel
  replicas: 2
  storage: {size: 1Mi}`)
	want := []string{
		`error: spec.database.version: must be a string, got an integer: put it in quotes`,
		`error: spec.redis.mode: must be one of standalone, cluster, got "sentinel"`,
		`warning: spec.domian: is not a section that this function knows, did you mean "domain"?`,
		`error: spec.redis.replicas: must be 1, got 2: the servers would know nothing of each other; set mode: cluster for more than one`,
		`error: spec.redis.storage.size: must be at least 1Gi, got 1Mi`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestDecodeNulls shows that a null is the same as nothing, at any depth.
func TestDecodeNulls(t *testing.T) {
	want, _ := decode(t, "{}")
	got, problems := decode(t, `
openbao: null
database: {managed: null, version: null, storage: {size: null}, migration: null}
redis: {resources: {limits: {memory: null}}, maxMemory: null}`)
	if diff := cmp.Diff(want, got); diff != "" || problems != nil {
		t.Errorf("%q\n%s", problems, diff)
	}
}

// TestDecodeKeepsCase: another case is another field, which here belongs to
// another tool, or to nobody.
func TestDecodeKeepsCase(t *testing.T) {
	cluster, problems := decodeCluster(t, "metadata: {name: demo, nameSpace: prod}\nspec: {api: {Version: v2}}")
	if cluster.Namespace != "" || cluster.Spec.API.Version != "1.0.0" || problems != nil {
		t.Errorf("namespace %q, version %q, problems %q", cluster.Namespace, cluster.Spec.API.Version, problems)
	}
}

// TestDecodeLeavesTheStatusOut: a cluster as kubectl get prints it is an input
// too, whatever its controllers report.
func TestDecodeLeavesTheStatusOut(t *testing.T) {
	want, _ := decode(t, "{}")
	for _, status := range []string{"{phase: Ready}", "{database: up}", "{conditions: [{type: DatabaseReady, lastTransitionTime: soon}]}", "up"} {
		got, problems := decodeCluster(t, "metadata: {name: demo}\nstatus: "+status)
		if diff := cmp.Diff(want, got); diff != "" || problems != nil {
			t.Errorf("%s: %q\n%s", status, problems, diff)
		}
	}
}

func TestDecodeWhatIsNoObject(t *testing.T) {
	decoder := v1.NewDecoder()
	for _, data := range []string{"", "null", "[]", `"text"`, "{", `{"metadata": {"generation": "one"}}`} {
		cluster, problems := decoder.Decode([]byte(data))
		isError := func(p v1.Problem) bool { return p.Severity == v1.Error }
		if len(problems) == 0 || !isError(problems[0]) {
			t.Errorf("%q: no error, but %v", data, cluster)
		}
	}
}

package builders_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// build returns the objects of a cluster named demo.
func build(t *testing.T, spec string) []builders.Object {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte("metadata: {name: demo, namespace: prod}\nspec: " + spec))
	if err != nil {
		t.Fatal(err)
	}
	decoder := v1.NewDecoder()
	cluster, problems := decoder.Decode(data)
	if problems != nil {
		t.Fatal(problems)
	}
	objects, problems := builders.Build(cluster, builders.External{})
	if problems != nil {
		t.Fatal(problems)
	}
	return objects
}

// kind goes by the Go type, which is named like it.
func kind(object builders.Object) string {
	name := fmt.Sprintf("%T", object)
	return name[strings.LastIndex(name, ".")+1:]
}

func TestObjects(t *testing.T) {
	const external = "managed: false, connectionString: {name: elsewhere, key: url}"
	postgres := []string{"ConfigMap demo-postgres-init", "NetworkPolicy demo-postgres", "ConfigMap demo-postgres-config", "ServiceAccount demo-postgres-server", "Service demo-postgres-headless", "Service demo-postgres", "StatefulSet demo-postgres"}
	redis := []string{"Secret demo-redis-connection", "ServiceAccount demo-redis", "NetworkPolicy demo-redis", "Service demo-redis-headless", "Service demo-redis", "StatefulSet demo-redis"}
	dataLayer := []string{"ConfigMap demo-data-layer"}
	const backup = "backup: {enabled: true, destination: {gcs: {bucket: dumps}}}"
	tests := map[string]struct {
		spec string
		want []string
	}{
		"everything managed": {"{}", slices.Concat(postgres, redis, dataLayer)},
		"no init scripts":    {"{database: {initSchema: None}}", slices.Concat(postgres[1:], redis, dataLayer)},
		"dumps":              {"{" + backup + "}", slices.Concat(postgres, redis, []string{"NetworkPolicy demo-backup", "ServiceAccount demo-backup", "CronJob demo-backup"}, dataLayer)},
		"external database":  {"{database: {" + external + "}}", slices.Concat(redis, dataLayer)},
		"external Redis":     {"{redis: {" + external + "}}", slices.Concat(postgres, dataLayer)},
		"monitoring":         {"{monitoring: {enabled: true}}", slices.Concat(postgres, redis, []string{"PodMonitor demo-postgres", "PodMonitor demo-redis", "PrometheusRule demo-data-layer"}, dataLayer)},
		"no policies":        {"{network: {enabled: false}}", slices.Concat(postgres[:1], postgres[2:], redis[:2], redis[3:], dataLayer)},
		"nothing managed":    {"{monitoring: {enabled: true}, database: {" + external + "}, redis: {" + external + "}}", dataLayer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, object := range build(t, test.spec) {
				got = append(got, kind(object)+" "+object.GetName())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFields sets a few fields at a time and lists every line that they change,
// in whichever objects: with a minus what was there, with a plus what is new.
func TestFields(t *testing.T) {
	tests := map[string]struct {
		spec string
		want []string
	}{
		"database.version":   {`{database: {version: "16.4"}}`, []string{`- app.kubernetes.io/version: "16"`, `- image: postgres:16`, `+ app.kubernetes.io/version: "16.4"`, `+ image: postgres:16.4`}},
		"database.image":     {"{database: {image: 'localhost:5000/postgres'}}", []string{"- image: postgres:16", "+ image: localhost:5000/postgres:16"}},
		"database.storage":   {"{database: {storage: {size: 100Gi, storageClass: fast}}}", []string{"- storage: 10Gi", "+ storage: 100Gi", "+ storageClassName: fast"}},
		"database.resources": {"{database: {resources: {limits: {memory: 4Gi}, requests: {cpu: 500m}}}}", []string{"- cpu: 250m", "- memory: 1Gi", "+ cpu: 500m", "+ memory: 4Gi"}},
		"redis.version":      {`{redis: {version: "7.2"}}`, []string{`- app.kubernetes.io/version: "7"`, `- image: redis:7-alpine`, `+ app.kubernetes.io/version: "7.2"`, `+ image: redis:7.2-alpine`}},
		"redis.image":        {"{redis: {image: 'redis@sha256:0123'}}", []string{"- image: redis:7-alpine", "+ image: redis@sha256:0123"}},
		"redis.storage":      {"{redis: {storage: {size: 8Gi, storageClass: fast}}}", []string{"- storage: 5Gi", "+ storage: 8Gi", "+ storageClassName: fast"}},
		"redis.resources":    {"{redis: {resources: {limits: {memory: 1Gi}}}}", []string{`- - "268435456"`, "- memory: 512Mi", `+ - "536870912"`, "+ memory: 1Gi"}},
		"redis.maxMemory":    {"{redis: {maxMemory: 100Mi, maxMemoryPolicy: volatile-ttl}}", []string{`- - "268435456"`, "- - allkeys-lru", `+ - "104857600"`, "+ - volatile-ttl"}},
		"backup, disabled":   {"{backup: {schedule: 0 3 * * *, image: other, destination: {gcs: {bucket: dumps}}}}", nil},
		"api.version":        {"{api: {version: 2.0.0}}", []string{"- app.kubernetes.io/version: 1.0.0", "+ app.kubernetes.io/version: 2.0.0"}},
		"sections of others": {"{domain: keys.example.com, monitoring: {grafana: {enabled: true}}, billing: {enabled: true}}", nil},
	}
	before := lines(t, build(t, "{}"))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			after := lines(t, build(t, test.spec))
			got := append(missing("- ", before, after), missing("+ ", after, before)...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

type line struct{ object, text string }

func lines(t *testing.T, objects []builders.Object) map[line]bool {
	t.Helper()
	all := map[line]bool{}
	for _, object := range objects {
		content, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.Lines(string(content)) {
			all[line{kind(object) + object.GetName(), strings.TrimSpace(text)}] = true
		}
	}
	return all
}

// missing returns the lines of one render that another lacks, each once.
func missing(prefix string, of, from map[line]bool) []string {
	found := map[string]bool{}
	for l := range of {
		if !from[l] {
			found[prefix+l.text] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// TestVersionsSelectNothing: a selector cannot change, and versions do. That of
// a policy can, and would leave the pods of before open while they are replaced.
func TestVersionsSelectNothing(t *testing.T) {
	before := selectors(build(t, "{}"))
	after := selectors(build(t, `{api: {version: 2.0.0}, database: {version: "17"}, redis: {version: "8"}}`))
	if diff := cmp.Diff(before, after); diff != "" || len(before) != 8 {
		t.Errorf("%d selectors:\n%s", len(before), diff)
	}
}

func selectors(objects []builders.Object) map[string]any {
	all := map[string]any{}
	for _, object := range objects {
		switch object := object.(type) {
		case *appsv1.StatefulSet:
			all["StatefulSet "+object.Name] = object.Spec.Selector.MatchLabels
		case *corev1.Service:
			all["Service "+object.Name] = object.Spec.Selector
		case *networkingv1.NetworkPolicy:
			all["NetworkPolicy "+object.Name] = object.Spec
		}
	}
	return all
}

// TestMigrationNames: a Job cannot change, so what it does is in its name, and
// nothing else is.
func TestMigrationNames(t *testing.T) {
	job := func(spec string) string {
		for _, object := range build(t, spec) {
			if kind(object) == "Job" {
				return object.GetName()
			}
		}
		return ""
	}
	base := job("{database: {migration: {enabled: true}}}")
	if !regexp.MustCompile(`^demo-migrate-[0-9a-f]{10}$`).MatchString(base) {
		t.Errorf("the Job's name is %q", base)
	}
	for spec, same := range map[string]bool{
		"{}": false,
		"{database: {migration: {enabled: true}}, redis: {maxMemory: 1Mi}}":                 true,
		"{database: {migration: {enabled: true}, storage: {size: 20Gi}}}":                   true,
		"{database: {migration: {enabled: true}}, api: {version: 2.0.0}}":                   false,
		"{database: {migration: {enabled: true}}, api: {image: 'other'}}":                   false,
		"{database: {migration: {enabled: true, command: [migrate]}}}":                      false,
		`{database: {migration: {enabled: true}, version: "17"}}`:                           false,
		"{database: {migration: {enabled: true}, credentials: {secretRef: {name: other}}}}": false,
	} {
		if got := job(spec); (got == base) != same {
			t.Errorf("%s: the Job's name is %q, and %q without it", spec, got, base)
		}
	}
}

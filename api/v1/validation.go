package v1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
)

// MaxNameLength is the longest name a cluster may have. CloudNativePG takes 50
// characters for a Cluster's, which here is the name and "-postgres". The other
// limits are wider: a StatefulSet's name and an 11-character hash go into a
// label of 63, and so do a Job's name and a Service's.
const MaxNameLength = 50 - len("-postgres")

const (
	// MinShards is the smallest Redis Cluster in which a master may fail: the
	// others are still a majority.
	MinShards = 3
	// maxRedisNodes is the size up to which Redis Cluster is specified.
	maxRedisNodes = 1000
)

// Severity of a Problem.
type Severity string

const (
	// Error stops the render.
	Error Severity = "error"
	// Warning is worth a look and stops nothing.
	Warning Severity = "warning"
)

// Problem is one thing wrong with a cluster.
type Problem struct {
	Severity Severity
	// Field is the path, such as spec.database.storage.size.
	Field string
	// Message says what is wrong and how to mend it, never a secret value.
	Message string
}

// Validate returns every problem of a defaulted cluster that the schema cannot
// express: limits that span fields, names, and combinations that make no sense.
func (c *BanhBaoRingCluster) Validate() []Problem {
	v := &validator{}
	v.name(c.Name)
	v.namespace(c.Namespace)
	v.database(&c.Spec.Database)
	v.redis(&c.Spec.Redis)
	v.databaseCredentials(c)
	v.redisCredentials(c)
	v.backup(c)
	v.network(c)
	v.tls(c)
	v.delivery(c)
	v.monitoring(c.Spec.Monitoring)
	return v.problems
}

// validator collects problems, so that one run reports them all.
type validator struct{ problems []Problem }

func (v *validator) errorf(field, format string, args ...any) {
	v.problems = append(v.problems, Problem{Error, field, fmt.Sprintf(format, args...)})
}

func (v *validator) warnf(field, format string, args ...any) {
	v.problems = append(v.problems, Problem{Warning, field, fmt.Sprintf(format, args...)})
}

func (v *validator) name(name string) {
	const field = "metadata.name"
	switch {
	case name == "":
		v.errorf(field, "is required: every object of the data layer is named after it")
	case len(name) > MaxNameLength:
		v.errorf(field, "must be at most %d characters, since %s-postgres and its like are longer and limited too; got %d", MaxNameLength, name, len(name))
	default:
		// Service names must start with a letter, which pod names need not.
		if len(validation.IsDNS1035Label(name)) > 0 {
			v.errorf(field, "must have only lower case letters, digits and -, begin with a letter, and end with a letter or digit, got %q", name)
		}
	}
}

// delivery checks what the annotations of kpt cannot do without: a namespace that
// a later step gives to the objects is not in them.
func (v *validator) delivery(c *BanhBaoRingCluster) {
	if c.Namespace == "" && slices.Contains(c.Spec.Delivery.Ordering, OrderingDependsOn) {
		v.errorf("metadata.namespace", "is required by spec.delivery.ordering: dependsOn names objects with their namespace")
	}
}

func (v *validator) namespace(namespace string) {
	if namespace == "" {
		return
	}
	if len(validation.IsDNS1123Label(namespace)) > 0 {
		v.errorf("metadata.namespace", "must have at most 63 lower case letters, digits and -, and begin and end with a letter or digit, got %q", namespace)
	}
}

func (v *validator) database(d *DatabaseSpec) {
	const field = "spec.database"
	v.connection(field, *d.Managed, d.ConnectionString)
	v.engine(field, d)
	v.storage(field+".storage", d.Storage)
	v.resources(field+".resources", d.Resources)
	v.parameters(field+".parameters", d.Parameters)
	if d.Migration.Enabled && *d.Managed && d.InitSchema == InitSchemaFull {
		v.warnf(field+".initSchema", "Full creates the tables that the control plane's first migration creates too, and fails on; leave initSchema out, or set Extensions")
	}
}

func (v *validator) redis(r *RedisSpec) {
	const field = "spec.redis"
	v.connection(field, *r.Managed, r.ConnectionString)
	if *r.Managed {
		v.redisSize(field, r)
	}
	v.storage(field+".storage", r.Storage)
	v.resources(field+".resources", r.Resources)
	v.config(field+".config", r.Config)
	if limit := r.Resources.Limits.Memory(); r.MaxMemory.Cmp(*limit) > 0 {
		v.errorf(field+".maxMemory", "must be at most the memory limit of %s, got %s: Redis would be killed before it evicts", limit, r.MaxMemory)
	}
	if r.MaxMemory.IsZero() {
		v.errorf(field+".maxMemory", "must be at least 1Mi, got 0; Redis takes 0 for no limit at all")
	} else {
		v.atLeast(field+".maxMemory", *r.MaxMemory, "1Mi")
	}
}

// redisSize checks the number of pods against what the mode can make of them.
func (v *validator) redisSize(field string, r *RedisSpec) {
	if r.Mode == RedisStandalone {
		if *r.Replicas > 1 {
			v.errorf(field+".replicas", "must be 1, got %d: the servers would know nothing of each other; set mode: cluster for more than one", *r.Replicas)
		}
		if *r.ReplicasPerShard > 0 {
			v.errorf(field+".replicasPerShard", "must be 0 or absent, got %d: only mode: cluster has shards", *r.ReplicasPerShard)
		}
		return
	}
	if *r.Replicas < MinShards {
		v.errorf(field+".replicas", "must be at least %d with mode: cluster, got %d: it is the number of shards, and only a majority of their masters can replace one that fails", MinShards, *r.Replicas)
	}
	if pods := int64(*r.Replicas) * (1 + int64(*r.ReplicasPerShard)); pods > maxRedisNodes {
		v.errorf(field+".replicas", "must give at most %d pods, which is what Redis Cluster is made for, got %d", maxRedisNodes, pods)
	}
	if major := MajorRelease(r.Version); major < 7 {
		v.errorf(field+".version", "must be at least 7 with mode: cluster, got %s: older nodes have no host names", r.Version)
	}
}

// connection checks that exactly the external kind says where it is.
func (v *validator) connection(field string, managed bool, ref *SecretKeyRef) {
	switch {
	case managed && ref != nil:
		v.warnf(field+".connectionString", "is ignored while managed is true; set managed: false to use it")
	case !managed && ref == nil:
		v.errorf(field+".connectionString", "is required when managed is false: name the Secret and key that hold the URL")
	}
}

func (v *validator) storage(field string, s StorageSpec) {
	v.atLeast(field+".size", *s.Size, "1Gi")
}

// atLeast finds what is too small, and why it may be: 10 is ten bytes, and 512m half
// of one.
func (v *validator) atLeast(field string, got resource.Quantity, least string) {
	if got.Cmp(resource.MustParse(least)) >= 0 {
		return
	}
	hint := ""
	switch text := got.String(); {
	case strings.HasSuffix(text, "m"):
		hint = ": m is for thousandths, Mi for mebibytes"
	case got.Sign() > 0 && strings.Trim(text, "0123456789") == "":
		hint = ": without a unit such as Mi or Gi, these are bytes"
	}
	v.errorf(field, "must be at least %s, got %s%s", least, got.String(), hint)
}

func (v *validator) resources(field string, r Resources) {
	v.quantities(field+".limits", r.Limits)
	v.quantities(field+".requests", r.Requests)
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		request, limit := r.Requests[name], r.Limits[name]
		if limit.IsZero() {
			v.errorf(field+".limits."+string(name), "must be positive, got 0")
		} else if request.Cmp(limit) > 0 {
			v.errorf(field+".requests."+string(name), "must be at most the limit of %s, got %s", limit.String(), request.String())
		}
		if name == corev1.ResourceMemory && limit.Sign() > 0 {
			v.atLeast(field+".limits.memory", limit, "1Mi")
		}
	}
}

// quantities checks what an API server checks only when it is to make the pod.
func (v *validator) quantities(field string, list corev1.ResourceList) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		path := field + "." + string(name)
		if quantity := list[name]; quantity.Sign() < 0 {
			v.errorf(path, "must not be negative, got %s", quantity.String())
		}
		if !isResource(string(name)) {
			v.errorf(path, "unknown resource: use cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain")
		}
	}
}

func isResource(name string) bool {
	return slices.Contains([]string{"cpu", "memory", "ephemeral-storage"}, name) ||
		strings.HasPrefix(name, "hugepages-") || strings.Contains(name, "/")
}

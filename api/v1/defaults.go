package v1

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// The node's own disk has logs and temporary files; data is on a volume. A pod that
// fills the disk is evicted, before it takes its neighbours along.
const (
	leastScratch = "50Mi"
	mostScratch  = "2Gi"
)

// Default fills in what the cluster leaves out, as the CRD of an operator
// would; nothing after it asks again whether a field is empty. It returns its
// receiver, and is idempotent.
func (c *BanhBaoRingCluster) Default() *BanhBaoRingCluster {
	c.Spec.API.setDefaults()
	c.Spec.Database.setDefaults(c.Name)
	c.Spec.Redis.setDefaults(c.Name)
	c.Spec.Monitoring.setDefaults()
	c.Spec.Backup.setDefaults()
	fillPointer(&c.Spec.Network.Enabled, true)
	return c
}

func (a *APISpec) setDefaults() {
	fill(&a.Version, "1.0.0")
	fill(&a.Image, "banhbaoring/control-plane")
	a.Image = withTag(a.Image, a.Version)
}

func (d *DatabaseSpec) setDefaults(cluster string) {
	fillPointer(&d.Managed, true)
	fillPointer(&d.Replicas, 1)
	fill(&d.Engine, d.defaultEngine())
	fill(&d.Version, "16")
	fill(&d.Image, d.defaultImage())
	d.Image = withTag(d.Image, d.Version)
	if d.ImageCatalogRef != nil {
		fill(&d.ImageCatalogRef.Kind, "ImageCatalog")
	}
	if d.Pooler != nil {
		fillPointer(&d.Pooler.Instances, 2)
		fill(&d.Pooler.Mode, PoolSession)
	}
	fillPointer(&d.Storage.Size, resource.MustParse("10Gi"))
	d.Resources.setDefaults(Resources{
		Requests: computeResources("250m", "256Mi", leastScratch),
		Limits:   computeResources("1", "1Gi", mostScratch),
	})
	fill(&d.InitSchema, d.defaultInitSchema())
	d.Credentials.setDefaults(cluster)
	d.TLS.setDefaults(cluster + "-postgres-tls")
	if !*d.Managed && d.Credentials.Made() {
		fillPointer(&d.ConnectionString, SecretKeyRef{Name: postgresCredentials(cluster), Key: "url"})
	}
	if len(d.Migration.Command) == 0 {
		d.Migration.Command = []string{"/app/control-plane", "migrate", "--up"}
	}
}

// defaultEngine needs no operator as long as one server is enough.
func (d *DatabaseSpec) defaultEngine() DatabaseEngine {
	if *d.Replicas > 1 {
		return EngineCloudNativePG
	}
	return EngineStatefulSet
}

func (d *DatabaseSpec) defaultImage() string {
	if d.Engine == EngineCloudNativePG {
		return "ghcr.io/cloudnative-pg/postgresql"
	}
	return "postgres"
}

// defaultInitSchema leaves the tables to the migrations where there are any:
// the control plane's first one fails on a table that exists already.
func (d *DatabaseSpec) defaultInitSchema() InitSchema {
	if d.Migration.Enabled {
		return InitSchemaExtensions
	}
	return InitSchemaFull
}

func (r *RedisSpec) setDefaults(cluster string) {
	fillPointer(&r.Managed, true)
	fill(&r.Mode, RedisStandalone)
	fill(&r.Version, "7")
	fill(&r.Image, "redis:"+r.Version+"-alpine")
	r.Image = withTag(r.Image, r.Version)
	r.setSizeDefaults()
	fillPointer(&r.Storage.Size, resource.MustParse("5Gi"))
	r.Resources.setDefaults(Resources{
		Requests: computeResources("100m", "128Mi", leastScratch),
		Limits:   computeResources("500m", "512Mi", mostScratch),
	})
	fillPointer(&r.MaxMemory, *resource.NewQuantity(r.Resources.Limits.Memory().Value()/2, resource.BinarySI))
	fill(&r.MaxMemoryPolicy, "allkeys-lru")
	r.Credentials.setDefaults(cluster)
	r.TLS.setDefaults(cluster + "-redis-tls")
	if !*r.Managed && r.Credentials.Made() {
		fillPointer(&r.ConnectionString, SecretKeyRef{Name: redisConnection(cluster), Key: "url"})
	}
}

// setSizeDefaults makes the smallest cluster that outlives the loss of a pod.
func (r *RedisSpec) setSizeDefaults() {
	if r.Mode == RedisCluster {
		fillPointer(&r.Replicas, MinShards)
		fillPointer(&r.ReplicasPerShard, 1)
		return
	}
	fillPointer(&r.Replicas, 1)
	fillPointer(&r.ReplicasPerShard, 0)
}

// setDefaults adds what r lacks, key by key. A default request above a limit
// that was given is lowered to it: the API server refuses the pod otherwise.
func (r *Resources) setDefaults(defaults Resources) {
	r.Limits = merged(r.Limits, defaults.Limits)
	for name, request := range defaults.Requests {
		if limit := r.Limits[name]; request.Cmp(limit) > 0 {
			defaults.Requests[name] = limit
		}
	}
	r.Requests = merged(r.Requests, defaults.Requests)
}

func merged(given, defaults corev1.ResourceList) corev1.ResourceList {
	for name, quantity := range given {
		defaults[name] = quantity
	}
	return defaults
}

func computeResources(cpu, memory, scratch string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse(cpu),
		corev1.ResourceMemory:           resource.MustParse(memory),
		corev1.ResourceEphemeralStorage: resource.MustParse(scratch),
	}
}

// withTag completes an image that names neither tag nor digest. A colon
// before the last slash belongs to a registry's port.
func withTag(image, tag string) string {
	if strings.ContainsAny(image[strings.LastIndex(image, "/")+1:], ":@") {
		return image
	}
	return image + ":" + tag
}

func fill[T comparable](field *T, value T) {
	var empty T
	if *field == empty {
		*field = value
	}
}

func fillPointer[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

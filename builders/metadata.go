package builders

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// appName is the value of the label app.kubernetes.io/name.
	appName = "banhbaoring"
	// ManagedBy is the value of the label app.kubernetes.io/managed-by.
	ManagedBy = "generate-data-layer"
	// GeneratedFrom is the annotation that marks an object as this function's,
	// with the <namespace>/<name> of the cluster it was made from.
	GeneratedFrom = v1.Group + "/generated-from"
	// configChecksum restarts pods when the configuration that they mount changes.
	configChecksum = v1.Group + "/config-checksum"
	// credentialsChecksum does so when the password does.
	credentialsChecksum = v1.Group + "/credentials-checksum"
	// RedisShards is the annotation on the StatefulSet of a Redis Cluster with
	// the number of its shards. The number of its pods does not tell it.
	RedisShards = v1.Group + "/redis-shards"
)

// component is one part of the data layer, as its objects are labelled.
type component string

const (
	componentPostgres component = "postgres"
	componentRedis    component = "redis"
	// componentRedisJoin is another than redis, whose Services would send clients
	// to the Job.
	componentRedisJoin component = "redis-join"
	componentMigration component = "migration"
	componentBackup    component = "backup"
	componentDataLayer component = "data-layer"
)

func componentOf(object Object) component {
	return component(object.GetLabels()["app.kubernetes.io/component"])
}

// selector returns the labels that find a component's pods. Selectors cannot
// change, so nothing that a spec may change is in here, least of all a version.
func selector(c *v1.BanhBaoRingCluster, part component) map[string]string {
	return map[string]string{
		"app.kubernetes.io/name":      appName,
		"app.kubernetes.io/instance":  c.Name,
		"app.kubernetes.io/component": string(part),
	}
}

// labels returns the recommended labels of Kubernetes for a component.
func labels(c *v1.BanhBaoRingCluster, part component, version string) map[string]string {
	all := componentLabels(c, part)
	all["app.kubernetes.io/version"] = version
	return all
}

// componentLabels are the labels of what has no version, such as a Secret.
func componentLabels(c *v1.BanhBaoRingCluster, part component) map[string]string {
	all := selector(c, part)
	all["app.kubernetes.io/managed-by"] = ManagedBy
	return all
}

// metadata returns the metadata of an object. Nothing is copied from the
// cluster's own: kustomize and kpt keep their bookkeeping there, and an object
// with the cluster's local-config annotation would never be applied.
func metadata(c *v1.BanhBaoRingCluster, name string, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:        name,
		Namespace:   c.Namespace,
		Labels:      labels,
		Annotations: map[string]string{GeneratedFrom: Owner(c)},
	}
}

// Owner is the value of GeneratedFrom on the objects of c. A cluster without a
// namespace leaves that part empty.
func Owner(c *v1.BanhBaoRingCluster) string { return c.Namespace + "/" + c.Name }

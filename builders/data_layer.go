package builders

import (
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// dataLayer returns the ConfigMap that tells the control plane, by envFrom,
// where its data layer is. The variables are the control plane's own, and so is
// the version on it; an external service's are there as far as they are known.
func dataLayer(c *v1.BanhBaoRingCluster, external External) []Object {
	data := databaseVariables(databaseEndpoint(c, external))
	maps.Copy(data, redisVariables(redisEndpoint(c, external)))
	return []Object{&corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metadata(c, dataLayerName(c.Name), labels(c, componentDataLayer, c.Spec.API.Version)),
		Data:       data,
	}}
}

func databaseEndpoint(c *v1.BanhBaoRingCluster, external External) *Endpoint {
	if !*c.Spec.Database.Managed {
		return external.Database
	}
	return managedDatabase(c)
}

// PostgresHost is the name of the Service in front of a managed PostgreSQL,
// whoever makes it.
func PostgresHost(c *v1.BanhBaoRingCluster) string { return managedDatabase(c).Host }

// managedDatabase is where the PostgreSQL of this function answers.
func managedDatabase(c *v1.BanhBaoRingCluster) *Endpoint {
	return &Endpoint{Host: postgresName(c.Name), Port: postgresPort, Database: DatabaseName, SSLMode: postgresSSLMode(c.Spec.Database)}
}

// postgresSSLMode encrypts where there is a certificate: CloudNativePG makes one,
// of an authority that clients do not know.
func postgresSSLMode(spec v1.DatabaseSpec) string {
	switch {
	case spec.TLS != nil:
		return "verify-full"
	case spec.Engine == v1.EngineCloudNativePG:
		return "require"
	default:
		return "disable"
	}
}

func redisEndpoint(c *v1.BanhBaoRingCluster, external External) *Endpoint {
	if !*c.Spec.Redis.Managed {
		return external.Redis
	}
	return managedRedis(c)
}

// managedRedis is where the Redis of this function answers.
func managedRedis(c *v1.BanhBaoRingCluster) *Endpoint {
	return &Endpoint{Host: redisName(c.Name), Port: redisPort, TLS: c.Spec.Redis.TLS != nil}
}

func databaseVariables(e *Endpoint) map[string]string {
	if e == nil {
		return map[string]string{}
	}
	variables := map[string]string{
		"BANHBAO_DATABASE_HOST":     e.Host,
		"BANHBAO_DATABASE_PORT":     strconv.Itoa(e.Port),
		"BANHBAO_DATABASE_DATABASE": e.Database,
	}
	if e.SSLMode != "" {
		variables["BANHBAO_DATABASE_SSL_MODE"] = e.SSLMode
	}
	return variables
}

func redisVariables(e *Endpoint) map[string]string {
	if e == nil {
		return nil
	}
	variables := map[string]string{
		"BANHBAO_REDIS_HOST": e.Host,
		"BANHBAO_REDIS_PORT": strconv.Itoa(e.Port),
	}
	if e.TLS {
		variables["BANHBAO_REDIS_TLS"] = "true"
	}
	return variables
}

package builders

import (
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// metricsPortName is what CloudNativePG names its ports too.
	metricsPortName     = "metrics"
	postgresMetricsPort = 9187
	poolerMetricsPort   = 9127
	redisMetricsPort    = 9121
	// exporterUID is nobody, in every image: above all not the server's user, whom
	// PostgreSQL takes for its superuser.
	exporterUID = 65534
)

// monitoring returns what has Prometheus ask the servers for their metrics, and
// the alerts upon these.
func monitoring(c *v1.BanhBaoRingCluster) []Object {
	if !c.Spec.Monitoring.Enabled {
		return nil
	}
	var objects []Object
	if *c.Spec.Database.Managed {
		objects = append(objects, podMonitor(c, postgresMetadata(c, postgresMonitorName(c.Name)), postgresInstances(c)))
	}
	if c.Spec.Database.OnCloudNativePG() && c.Spec.Database.Pooler != nil {
		objects = append(objects, podMonitor(c, postgresMetadata(c, postgresPoolerMonitorName(c.Name)), poolerPods(c)))
	}
	if *c.Spec.Redis.Managed {
		objects = append(objects, podMonitor(c, redisMetadata(c, redisMonitorName(c.Name)), selector(c, componentRedis)))
	}
	return append(objects, alerts(c)...)
}

func podMonitor(c *v1.BanhBaoRingCluster, meta metav1.ObjectMeta, pods map[string]string) *monitoringv1.PodMonitor {
	maps.Copy(meta.Labels, c.Spec.Monitoring.Labels)
	return &monitoringv1.PodMonitor{
		TypeMeta:   metav1.TypeMeta{APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: monitoringv1.PodMonitorsKind},
		ObjectMeta: meta,
		Spec: monitoringv1.PodMonitorSpec{
			PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{{Port: new(metricsPortName)}},
			Selector:            metav1.LabelSelector{MatchLabels: pods},
		},
	}
}

// postgresInstances finds the servers. CloudNativePG's other pods are the Jobs that
// make them, and the pooler.
func postgresInstances(c *v1.BanhBaoRingCluster) map[string]string {
	if c.Spec.Database.OnCloudNativePG() {
		return merge(postgresClusterPods(c), map[string]string{"cnpg.io/podRole": "instance"})
	}
	return selector(c, componentPostgres)
}

// scraping is the rule of a NetworkPolicy that lets Prometheus in.
func scraping(c *v1.BanhBaoRingCluster, ports ...int32) []networkingv1.NetworkPolicyIngressRule {
	if !c.Spec.Monitoring.Enabled {
		return nil
	}
	return []networkingv1.NetworkPolicyIngressRule{{Ports: tcpPorts(ports...), From: c.Spec.Monitoring.AllowFrom}}
}

func cloudNativePGMetricsPorts(c *v1.BanhBaoRingCluster) []int32 {
	if c.Spec.Database.Pooler != nil {
		return []int32{postgresMetricsPort, poolerMetricsPort}
	}
	return []int32{postgresMetricsPort}
}

// postgresMonitoringEnv has the server's container make the role of the exporter.
func postgresMonitoringEnv(c *v1.BanhBaoRingCluster) []corev1.EnvVar {
	if !c.Spec.Monitoring.Enabled {
		return nil
	}
	return []corev1.EnvVar{
		{Name: "MONITORING_FILE", Value: postgresConfigDir + "/monitoring.sql"},
		// The name that exporterUID has in the image of PostgreSQL.
		{Name: "MONITORING_USER", Value: "nobody"},
	}
}

// postgresExporter has no probe, and neither has redisExporter: to restart it would
// take the server beside it out of its Service for as long. That it is gone is
// an alert, and exporter.sh starts it again.
func postgresExporter(c *v1.BanhBaoRingCluster) []corev1.Container {
	if !c.Spec.Monitoring.Enabled {
		return nil
	}
	return []corev1.Container{{
		Name:    "exporter",
		Image:   c.Spec.Monitoring.PostgresExporter.Image,
		Command: exporterCommand("/bin/postgres_exporter"),
		Ports: []corev1.ContainerPort{
			{Name: metricsPortName, ContainerPort: postgresMetricsPort, Protocol: corev1.ProtocolTCP},
		},
		Env: []corev1.EnvVar{
			{Name: "DATA_SOURCE_NAME", Value: "host=" + postgresSocketDir + " user=banhbaoring_monitoring dbname=" + DatabaseName + " sslmode=disable"},
		},
		Resources: exporterResources(),
		// To connect to the socket is no writing to its file system, and nothing
		// else is to be written beside it.
		VolumeMounts:    []corev1.VolumeMount{{Name: "run", ReadOnly: true, MountPath: postgresSocketDir}},
		SecurityContext: exporterSecurity(),
	}}
}

func redisExporter(c *v1.BanhBaoRingCluster) []corev1.Container {
	if !c.Spec.Monitoring.Enabled {
		return nil
	}
	password := redisPassword(c)
	return []corev1.Container{{
		Name:    "exporter",
		Image:   c.Spec.Monitoring.RedisExporter.Image,
		Command: exporterCommand("/redis_exporter"),
		Ports: []corev1.ContainerPort{
			{Name: metricsPortName, ContainerPort: redisMetricsPort, Protocol: corev1.ProtocolTCP},
		},
		Env: slices.Concat(redisExporterAddress(c.Spec.Redis), []corev1.EnvVar{
			// It would ask any other server too, with the password of this one.
			{Name: "REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT", Value: "true"},
		}, password.env),
		Resources:       exporterResources(),
		VolumeMounts:    password.mounts,
		SecurityContext: exporterSecurity(),
	}}
}

// redisExporterAddress does not have the certificate checked: within the pod there
// is nobody to mistake for the server.
func redisExporterAddress(spec v1.RedisSpec) []corev1.EnvVar {
	if spec.TLS == nil {
		return []corev1.EnvVar{{Name: "REDIS_ADDR", Value: "redis://127.0.0.1:6379"}}
	}
	return []corev1.EnvVar{
		{Name: "REDIS_ADDR", Value: "rediss://127.0.0.1:6379"},
		{Name: "REDIS_EXPORTER_SKIP_TLS_VERIFICATION", Value: "true"},
	}
}

func exporterCommand(program string) []string {
	return []string{"sh", "-c", exporterStart, "exporter", program}
}

// exporterResources suffice for an answer every few seconds.
func exporterResources() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Limits:   computeResources("200m", "128Mi", "100Mi"),
		Requests: computeResources("10m", "32Mi", "10Mi"),
	}
}

// exporterSecurity is containerSecurity, with a user of its own.
func exporterSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		RunAsUser:                new(int64(exporterUID)),
		ReadOnlyRootFilesystem:   new(true),
		AllowPrivilegeEscalation: new(false),
	}
}

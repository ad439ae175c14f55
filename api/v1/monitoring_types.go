package v1

import networkingv1 "k8s.io/api/networking/v1"

// MonitoringSpec configures metrics and alerts. The section is shared with other
// tools, whose fields pass through untouched.
type MonitoringSpec struct {
	// Enabled adds exporters to the servers, PodMonitors, and a PrometheusRule
	// with alerts. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`

	// Labels of the PodMonitors and the PrometheusRule, for a Prometheus that
	// selects them by label, such as release: kube-prometheus-stack.
	Labels map[string]string `json:"labels,omitempty"`

	// AllowFrom is who may ask for metrics: peers of a NetworkPolicy, with
	// podSelector, namespaceSelector, both, or ipBlock. Defaults to the pods
	// labelled app.kubernetes.io/name: prometheus of all namespaces, as
	// prometheus-operator labels its own.
	AllowFrom []networkingv1.NetworkPolicyPeer `json:"allowFrom,omitempty"`

	// PostgresExporter runs beside PostgreSQL. CloudNativePG has metrics of its
	// own.
	PostgresExporter ExporterSpec `json:"postgresExporter,omitempty"`

	// RedisExporter runs beside each Redis.
	RedisExporter ExporterSpec `json:"redisExporter,omitempty"`
}

// ExporterSpec configures what turns the statistics of a server into metrics.
type ExporterSpec struct {
	// Image of the exporter, with or without a tag or digest. It must have a
	// shell, and the program where the official image has it. Defaults to
	// quay.io/prometheuscommunity/postgres-exporter:v0.20.1 and to
	// oliver006/redis_exporter:v1.88.0-alpine; another without a tag gets the
	// same one.
	Image string `json:"image,omitempty"`
}

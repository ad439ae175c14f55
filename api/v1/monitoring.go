package v1

import (
	"maps"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	postgresExporterVersion = "v0.20.1"
	// redisExporterVersion is the variant that has a shell.
	redisExporterVersion = "v1.88.0-alpine"
)

func (m *MonitoringSpec) setDefaults() {
	// A rule of a NetworkPolicy that names nobody lets everyone in, so that an
	// empty list is the default too.
	if len(m.AllowFrom) == 0 {
		m.AllowFrom = []networkingv1.NetworkPolicyPeer{{
			PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": "prometheus"}},
			NamespaceSelector: &metav1.LabelSelector{},
		}}
	}
	fill(&m.PostgresExporter.Image, "quay.io/prometheuscommunity/postgres-exporter")
	m.PostgresExporter.Image = withTag(m.PostgresExporter.Image, postgresExporterVersion)
	fill(&m.RedisExporter.Image, "oliver006/redis_exporter")
	m.RedisExporter.Image = withTag(m.RedisExporter.Image, redisExporterVersion)
}

// monitoring checks the section only where it is used, as backup does.
func (v *validator) monitoring(m MonitoringSpec) {
	if !m.Enabled {
		return
	}
	path := field.NewPath("spec.monitoring")
	v.fieldErrors(metav1validation.ValidateLabels(m.Labels, path.Child("labels")))
	for _, key := range slices.Sorted(maps.Keys(m.Labels)) {
		if strings.HasPrefix(key, "app.kubernetes.io/") {
			v.errorf(path.Child("labels").String()+"."+key, "must be left out, since the function sets the labels of app.kubernetes.io")
		}
	}
	for i := range m.AllowFrom {
		v.peer(path.Child("allowFrom").Index(i), &m.AllowFrom[i])
	}
}

package fn

import (
	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// tellRequirements says what has to be there where a cluster's objects are
// applied, since nothing among them brings it.
func (l *resourceList) tellRequirements(c cluster) {
	l.checkCertificate(c, "spec.database.tls", *c.Spec.Database.Managed, c.Spec.Database.TLS)
	l.checkCertificate(c, "spec.redis.tls", *c.Spec.Redis.Managed, c.Spec.Redis.TLS)
	if c.Spec.Monitoring.Enabled {
		l.results.add(sdk.Info, c.item, "spec.monitoring", "the CRDs of prometheus-operator, PodMonitor and PrometheusRule, must be installed where this is applied")
	}
	if c.Spec.Database.OnCloudNativePG() {
		l.checkOperatorsService(c)
		l.results.add(sdk.Info, c.item, "spec.database.engine", "CloudNativePG %s or later must be installed where this is applied", builders.CloudNativePGVersion)
	}
	if c.Spec.Database.OnCloudNativePG() && c.Spec.Backup.Enabled {
		l.results.add(sdk.Info, c.item, "spec.backup", "the Barman Cloud plugin %s or later must be installed beside CloudNativePG", builders.BarmanPluginVersion)
	}
	if c.Spec.BacksUp() {
		l.checkBackupSecret(c)
	}
}

// checkCertificate looks for the keys of a certificate that exists already.
func (l *resourceList) checkCertificate(c cluster, field string, managed bool, tls *v1.TLSSpec) {
	switch {
	case tls == nil || !managed:
		return
	case tls.Issuer != nil:
		l.results.add(sdk.Info, c.item, field, "cert-manager must be installed where this is applied, with the %s %s", tls.Issuer.Kind, tls.Issuer.Name)
	case tls.SecretName != "":
		l.findSecret(c, field+".secretName", tls.SecretName, builders.CertificateKeys()...)
	}
}

// checkOperatorsService finds a Service by hand where CloudNativePG is to make
// one: the operator would never become ready.
func (l *resourceList) checkOperatorsService(c cluster) {
	service := identity{kind: "Service", namespace: c.Namespace, name: builders.PostgresHost(c.BanhBaoRingCluster)}
	for _, i := range l.named(service) {
		if !c.owns(i) {
			l.results.add(sdk.Error, i, "metadata.name", "is the name of a Service that CloudNativePG makes for %s: rename or remove it", c.item.id)
		}
	}
}

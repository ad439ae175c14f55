package v1

// certManager is the group of the issuers that cert-manager has itself.
const certManager = "cert-manager.io"

func (t *TLSSpec) setDefaults(secret string) {
	if t == nil || t.Issuer == nil {
		return
	}
	fill(&t.Issuer.Kind, "Issuer")
	fill(&t.Issuer.Group, certManager)
	fill(&t.SecretName, secret)
}

// tls checks where the certificates come from.
func (v *validator) tls(c *BanhBaoRingCluster) {
	v.certificate("spec.database", *c.Spec.Database.Managed, c.Spec.Database.TLS, c.Namespace)
	v.certificate("spec.redis", *c.Spec.Redis.Managed, c.Spec.Redis.TLS, c.Namespace)
}

func (v *validator) certificate(section string, managed bool, t *TLSSpec, namespace string) {
	field := section + ".tls"
	switch {
	case t == nil:
		return
	case !managed:
		v.warnf(field, "is ignored while managed is false: the URL says how to connect to an external service")
	case t.Issuer == nil && t.SecretName == "":
		v.errorf(field, "must have issuer, for cert-manager to make a certificate, or secretName of one that exists")
	case t.Issuer != nil:
		v.issuer(field+".issuer", t.Issuer, namespace)
	}
}

func (v *validator) issuer(field string, i *IssuerRef, namespace string) {
	switch {
	case i.Name == "":
		v.errorf(field+".name", "is required")
	case i.Group == certManager && i.Kind != "Issuer" && i.Kind != "ClusterIssuer":
		v.errorf(field+".kind", "must be Issuer or ClusterIssuer, or have the group of another kind beside it, got %q", i.Kind)
	case namespace == "":
		v.errorf("metadata.namespace", "is required by %s: it is part of the names that the certificate is for", field)
	}
}

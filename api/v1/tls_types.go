package v1

import "encoding/json"

// TLSSpec has a server speak TLS and nothing else.
type TLSSpec struct {
	// Issuer of cert-manager that makes the certificate: its name, or an object
	// of name, kind and group. It must be one that puts its own certificate, by
	// which clients know the server, into the Secret as ca.crt, as private
	// authorities do.
	//
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Issuer *IssuerRef `json:"issuer,omitempty"`

	// SecretName is the Secret with tls.crt, tls.key and ca.crt. Required without
	// an issuer; with one, defaults to <cluster>-postgres-tls or
	// <cluster>-redis-tls.
	SecretName SecretName `json:"secretName,omitempty"`
}

// IssuerRef names an issuer of cert-manager.
type IssuerRef struct {
	// Name of the issuer.
	Name string `json:"name"`

	// Kind of the issuer. Defaults to Issuer; ClusterIssuer is the other one of
	// cert-manager itself.
	Kind string `json:"kind,omitempty"`

	// Group of the kind. Defaults to cert-manager.io.
	Group string `json:"group,omitempty"`
}

// UnmarshalJSON takes a name alone as well.
func (r *IssuerRef) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &r.Name); err == nil {
		return nil
	}
	type object IssuerRef // without this method
	return json.Unmarshal(data, (*object)(r))
}

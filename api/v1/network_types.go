package v1

import networkingv1 "k8s.io/api/networking/v1"

// NetworkSpec configures who may connect to whom.
type NetworkSpec struct {
	// Enabled renders NetworkPolicies, which admit the pods of this cluster and
	// what allowFrom names. Defaults to true.
	Enabled *bool `json:"enabled,omitempty"`
}

// AccessSpec configures who may connect to a managed server.
type AccessSpec struct {
	// AllowFrom is who may connect besides the pods of this cluster: peers of a
	// NetworkPolicy, with podSelector, namespaceSelector, both, or ipBlock.
	AllowFrom []networkingv1.NetworkPolicyPeer `json:"allowFrom,omitempty"`
}

package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

const (
	// DatabaseReady is the type of the condition that tells whether PostgreSQL and
	// Redis are ready, as their parts of the status say.
	DatabaseReady = "DatabaseReady"
	// ReasonReady is its reason while it is true.
	ReasonReady = "Ready"
	// ReasonNotReady is its reason while it is false.
	ReasonNotReady = "NotReady"
)

// BanhBaoRingClusterStatus is how an installation was last seen. Fields that are
// not listed, and other types of conditions, are other controllers'.
//
// +kubebuilder:pruning:PreserveUnknownFields
type BanhBaoRingClusterStatus struct {
	// Database is PostgreSQL.
	Database *ComponentStatus `json:"database,omitempty"`

	// Redis is Redis or Redis Cluster.
	Redis *ComponentStatus `json:"redis,omitempty"`

	// Migration is the Job that migrates the schema, where there is one.
	Migration *ComponentStatus `json:"migration,omitempty"`

	// Credentials are the Secrets of PostgreSQL and Redis, where they were looked at.
	Credentials *ComponentStatus `json:"credentials,omitempty"`

	// Conditions, of which DatabaseReady is about PostgreSQL and Redis.
	//
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ComponentStatus is how one part of the data layer was last seen.
type ComponentStatus struct {
	// Ready tells whether the part does all that it is asked for.
	Ready bool `json:"ready"`

	// Version that is applied.
	Version string `json:"version,omitempty"`

	// Replicas that are ready, of those that are wanted, such as 1/1.
	Replicas string `json:"replicas,omitempty"`

	// Message says why the part is not ready, or what there is to know of it.
	Message string `json:"message,omitempty"`
}

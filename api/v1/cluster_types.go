package v1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	// Group is the API group of a BanhBaoRingCluster.
	Group = "banhbaoring.io"
	// APIVersion is the only version of the group.
	APIVersion = Group + "/v1"
	// Kind is the kind this function expands.
	Kind = "BanhBaoRingCluster"
)

// BanhBaoRingCluster describes one installation of BanhBaoRing. From it,
// generate-data-layer renders PostgreSQL, Redis and what connects them.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=bbr
// +kubebuilder:subresource:status
type BanhBaoRingCluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec BanhBaoRingClusterSpec `json:"spec,omitempty"`

	// Status is how the installation was last seen; a render neither reads nor
	// writes it, and generate-data-layer status does.
	Status BanhBaoRingClusterStatus `json:"status,omitempty"`
}

// BanhBaoRingClusterSpec is the desired state of the whole installation. This
// function owns database, redis, network and delivery and reads api, monitoring and
// backup; every other section belongs to other tools and passes through untouched.
//
// +kubebuilder:pruning:PreserveUnknownFields
type BanhBaoRingClusterSpec struct {
	// Domain under which the installation answers, such as keys.example.com.
	Domain string `json:"domain,omitempty"`

	// ImagePullSecrets are the Secrets with which the nodes pull all images of the
	// data layer.
	ImagePullSecrets []ImagePullSecret `json:"imagePullSecrets,omitempty"`

	// OpenBao configures the secret store. Not read by this function.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	OpenBao *runtime.RawExtension `json:"openbao,omitempty"`

	// API configures the control plane, whose image runs the migrations.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	API APISpec `json:"api,omitempty"`

	// Dashboard configures the web dashboard. Not read by this function.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	Dashboard *runtime.RawExtension `json:"dashboard,omitempty"`

	// Database configures PostgreSQL.
	Database DatabaseSpec `json:"database,omitempty"`

	// Redis configures Redis.
	Redis RedisSpec `json:"redis,omitempty"`

	// Network configures who may connect to whom.
	Network NetworkSpec `json:"network,omitempty"`

	// Delivery configures how the objects are applied.
	Delivery DeliverySpec `json:"delivery,omitempty"`

	// Monitoring configures metrics and alerts.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	Monitoring MonitoringSpec `json:"monitoring,omitempty"`

	// Backup configures backups of a managed PostgreSQL.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	Backup BackupSpec `json:"backup,omitempty"`

	// Billing configures payments. Not read by this function.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	Billing *runtime.RawExtension `json:"billing,omitempty"`
}

// APISpec is the part of the control plane's configuration that the migration
// Job needs; the section's other fields belong to other tools.
type APISpec struct {
	// Version of the control plane, used as image tag when the image names
	// none. Defaults to "1.0.0".
	//
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`
	Version string `json:"version,omitempty"`

	// Image of the control plane, with or without a tag or digest. Defaults to
	// banhbaoring/control-plane.
	Image string `json:"image,omitempty"`
}

// StorageSpec is the volume that one pod keeps its data on.
type StorageSpec struct {
	// Size of the volume, at least 1Gi. Defaults to 10Gi for PostgreSQL and
	// 5Gi for Redis.
	Size *resource.Quantity `json:"size,omitempty"`

	// StorageClass of the volume. Without one, the Kubernetes cluster's
	// default class serves the claim.
	//
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	StorageClass *string `json:"storageClass,omitempty"`
}

// SecretKeyRef is one key of a Secret in the cluster's own namespace.
type SecretKeyRef struct {
	// Name of the Secret.
	Name SecretName `json:"name"`

	// Key within the Secret's data.
	Key SecretKey `json:"key"`
}

// ImagePullSecret names a Secret of type kubernetes.io/dockerconfigjson.
type ImagePullSecret struct {
	// Name of the Secret.
	Name SecretName `json:"name"`
}

// PodTemplate is a strategic merge patch over the pod template that a component
// has by itself: node selectors, tolerations, sidecars, annotations and the like.
// Containers are merged by name.
//
// +kubebuilder:validation:Type=object
// +kubebuilder:pruning:PreserveUnknownFields
type PodTemplate = runtime.RawExtension

// PriorityClassName is the name of a PriorityClass.
//
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
type PriorityClassName = string

// SecretName is the name of a Secret, an RFC 1123 subdomain.
//
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
type SecretName = string

// SecretKey is a key of a Secret's data.
//
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
type SecretKey = string

// Resources are the compute resources of a container. What is absent here
// keeps its default.
type Resources struct {
	// Requests are what the scheduler reserves.
	Requests corev1.ResourceList `json:"requests,omitempty"`

	// Limits are what the container may not exceed.
	Limits corev1.ResourceList `json:"limits,omitempty"`
}

package v1

// Ordering is how a tool is told what comes before what.
//
// +kubebuilder:validation:Enum=dependsOn;syncWaves
type Ordering string

const (
	// OrderingDependsOn is for kpt and Config Sync.
	OrderingDependsOn Ordering = "dependsOn"
	// OrderingSyncWaves is for Argo CD.
	OrderingSyncWaves Ordering = "syncWaves"
)

// DeliverySpec configures how the objects are applied.
type DeliverySpec struct {
	// Ordering annotates the objects for tools that apply one after the other:
	// dependsOn for kpt and Config Sync, syncWaves for Argo CD. Defaults to
	// neither, since the pods wait for what they need by themselves.
	Ordering []Ordering `json:"ordering,omitempty"`
}

package v1

// DatabaseCredentials say where the database's password comes from: at most one
// of its fields. Without any, the conventional Secret has to exist.
type DatabaseCredentials struct {
	// SecretRef is a Secret that exists already, or that another tool makes.
	SecretRef *DatabaseSecretRef `json:"secretRef,omitempty"`

	// Sealed is a password, or for an external database its URL, that
	// `generate-data-layer seal` encrypted for the Sealed Secrets controller.
	Sealed *SealedCredentials `json:"sealed,omitempty"`

	// ExternalSecret lets the External Secrets Operator fetch the password, or
	// for an external database its URL, from a store, or generate a password.
	ExternalSecret *ExternalSecretCredentials `json:"externalSecret,omitempty"`
}

// RedisCredentials say where the password of Redis comes from: at most one of
// its fields. Without any, Redis asks for no password.
type RedisCredentials struct {
	// SecretRef is a Secret that exists already, or that another tool makes.
	SecretRef *RedisSecretRef `json:"secretRef,omitempty"`

	// Sealed is a password, or for an external Redis its URL, that
	// `generate-data-layer seal` encrypted for the Sealed Secrets controller.
	Sealed *SealedCredentials `json:"sealed,omitempty"`

	// ExternalSecret lets the External Secrets Operator fetch the password, or
	// for an external Redis its URL, from a store, or generate a password.
	ExternalSecret *ExternalSecretCredentials `json:"externalSecret,omitempty"`
}

// DatabaseSecretRef is a Secret with the credentials of the database.
type DatabaseSecretRef struct {
	// Name of the Secret. Defaults to <cluster>-postgres-credentials, which is
	// what the control plane reads.
	Name SecretName `json:"name,omitempty"`

	// Keys of the Secret, where they are not the conventional ones.
	Keys DatabaseSecretKeys `json:"keys,omitempty"`
}

// DatabaseSecretKeys name the keys of a credentials Secret.
type DatabaseSecretKeys struct {
	// Username is the key of the role's name. Defaults to username.
	Username SecretKey `json:"username,omitempty"`

	// Password is the key of the role's password. Defaults to password.
	Password SecretKey `json:"password,omitempty"`

	// Database is the key of the database's name. Defaults to database.
	Database SecretKey `json:"database,omitempty"`

	// URL is the key of the connection URL. Defaults to url.
	URL SecretKey `json:"url,omitempty"`
}

// RedisSecretRef is a Secret with the password of Redis.
type RedisSecretRef struct {
	// Name of the Secret. Defaults to <cluster>-redis-connection, which is what
	// the control plane reads.
	Name SecretName `json:"name,omitempty"`

	// Keys of the Secret, where they are not the conventional ones.
	Keys RedisSecretKeys `json:"keys,omitempty"`
}

// RedisSecretKeys name the keys of a Secret with the password of Redis.
type RedisSecretKeys struct {
	// Password is the key of the password. Defaults to password.
	Password SecretKey `json:"password,omitempty"`

	// URL is the key of the connection URL. Defaults to url.
	URL SecretKey `json:"url,omitempty"`
}

// SealedScope is what a sealed value is bound to: it decrypts nowhere else.
//
// +kubebuilder:validation:Enum=strict;namespace-wide;cluster-wide
type SealedScope string

const (
	// SealedStrict binds a value to the namespace and name of its Secret.
	SealedStrict SealedScope = "strict"
	// SealedNamespaceWide binds a value to the namespace of its Secret.
	SealedNamespaceWide SealedScope = "namespace-wide"
	// SealedClusterWide binds a value to the key of the controller alone.
	SealedClusterWide SealedScope = "cluster-wide"
)

// SealedCredentials are encrypted for the Sealed Secrets controller of one
// Kubernetes cluster, and safe in Git.
type SealedCredentials struct {
	// EncryptedData holds the ciphertext.
	EncryptedData SealedData `json:"encryptedData"`

	// Scope that the ciphertext was sealed with. Defaults to strict.
	Scope SealedScope `json:"scope,omitempty"`

	// SealedFor is the <namespace>/<name> of the Secret that seal encrypted
	// for. A render compares it, since a strict value does not survive a rename.
	SealedFor string `json:"sealedFor,omitempty"`
}

// SealedData is ciphertext in base64, exactly one of its fields.
type SealedData struct {
	// Password of a managed database or Redis.
	Password string `json:"password,omitempty"`

	// URL of an external database or Redis.
	URL string `json:"url,omitempty"`
}

// ExternalSecretCredentials configure an ExternalSecret: either remoteRef, with
// its secretStoreRef, or generate.
type ExternalSecretCredentials struct {
	// SecretStoreRef is the store that holds the value.
	SecretStoreRef *SecretStoreRef `json:"secretStoreRef,omitempty"`

	// RemoteRef is the value's place in the store.
	RemoteRef *RemoteRef `json:"remoteRef,omitempty"`

	// RefreshInterval between two looks into the store, as a Go duration.
	// Defaults to 1h0m0s.
	//
	// +kubebuilder:validation:Pattern=`^([0-9]+h)?([0-9]+m)?([0-9]+s)?$`
	// +kubebuilder:validation:MinLength=2
	RefreshInterval string `json:"refreshInterval,omitempty"`

	// Generate makes a password once and for all instead.
	Generate *GeneratedPassword `json:"generate,omitempty"`
}

// SecretStoreRef names a store of the External Secrets Operator.
type SecretStoreRef struct {
	// Name of the store.
	Name SecretName `json:"name"`

	// Kind of the store, SecretStore (the default) or ClusterSecretStore.
	//
	// +kubebuilder:validation:Enum=SecretStore;ClusterSecretStore
	Kind string `json:"kind,omitempty"`
}

// RemoteRef is the place of a value in a store.
type RemoteRef struct {
	// Key of the entry in the store.
	//
	// +kubebuilder:validation:MinLength=1
	Key string `json:"key"`

	// Property of the entry, where it has several.
	Property string `json:"property,omitempty"`

	// Version of the entry. Without one, the store's latest.
	Version string `json:"version,omitempty"`
}

// GeneratedPassword is made by the External Secrets Operator, once.
type GeneratedPassword struct {
	// Length in characters. Defaults to 32.
	//
	// +kubebuilder:validation:Minimum=16
	// +kubebuilder:validation:Maximum=128
	Length *int32 `json:"length,omitempty"`
}

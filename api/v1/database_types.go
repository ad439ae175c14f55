package v1

// InitSchema says what PostgreSQL holds after its first start.
//
// +kubebuilder:validation:Enum=Full;Extensions;None
type InitSchema string

const (
	// InitSchemaFull creates the extensions, tables and indexes of the control plane.
	InitSchemaFull InitSchema = "Full"
	// InitSchemaExtensions creates only what needs a superuser and leaves the
	// tables to the migrations.
	InitSchemaExtensions InitSchema = "Extensions"
	// InitSchemaNone leaves the database empty.
	InitSchemaNone InitSchema = "None"
)

// DatabaseEngine is what runs PostgreSQL.
//
// +kubebuilder:validation:Enum=StatefulSet;CloudNativePG
type DatabaseEngine string

const (
	// EngineStatefulSet runs one server, with nothing but Kubernetes.
	EngineStatefulSet DatabaseEngine = "StatefulSet"
	// EngineCloudNativePG runs a primary and its replicas, with the operator
	// CloudNativePG.
	EngineCloudNativePG DatabaseEngine = "CloudNativePG"
)

// DatabaseSpec configures PostgreSQL.
type DatabaseSpec struct {
	// Managed deploys PostgreSQL (true, the default) or uses the external one
	// that connectionString points at (false).
	Managed *bool `json:"managed,omitempty"`

	// Engine that runs PostgreSQL: StatefulSet, one server with nothing but
	// Kubernetes, or CloudNativePG, whose operator replicates and fails over.
	// Defaults to StatefulSet for one replica and to CloudNativePG for more.
	Engine DatabaseEngine `json:"engine,omitempty"`

	// Version of PostgreSQL, a quoted string such as "16" or "16.4". It is the
	// image's tag unless image has its own. Defaults to "16".
	//
	// +kubebuilder:validation:Pattern=`^[0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`
	Version string `json:"version,omitempty"`

	// Image of PostgreSQL, with or without a tag or digest. It must keep the
	// contract of the official image, or with CloudNativePG of that project's,
	// whose tags start with the version. Defaults to postgres, and with
	// CloudNativePG to ghcr.io/cloudnative-pg/postgresql.
	Image string `json:"image,omitempty"`

	// ImageCatalogRef is the catalog from which CloudNativePG takes the image
	// of the version's major release, instead of image.
	ImageCatalogRef *ImageCatalogRef `json:"imageCatalogRef,omitempty"`

	// Replicas of PostgreSQL, the primary among them. Defaults to 1, which is
	// all that a StatefulSet can serve: its pods would be databases that know
	// nothing of each other.
	//
	// +kubebuilder:validation:Minimum=1
	Replicas *int32 `json:"replicas,omitempty"`

	// Pooler puts PgBouncer in front of CloudNativePG's primary, as the Service
	// <cluster>-postgres-pooler.
	Pooler *PoolerSpec `json:"pooler,omitempty"`

	// Storage of the data directory.
	Storage StorageSpec `json:"storage,omitempty"`

	// Resources of the postgres container. Default to requests of 250m CPU, 256Mi
	// memory and 50Mi ephemeral-storage, and limits of 1 CPU, 1Gi memory and 2Gi
	// ephemeral-storage.
	Resources Resources `json:"resources,omitempty"`

	// Parameters of PostgreSQL, as in postgresql.conf without the quotes. A change
	// restarts the server.
	Parameters map[string]string `json:"parameters,omitempty"`

	// PriorityClassName of the pods of PostgreSQL.
	PriorityClassName PriorityClassName `json:"priorityClassName,omitempty"`

	// PodTemplate is laid over the pod of PostgreSQL, whose container is named
	// postgres. CloudNativePG makes its pods itself.
	PodTemplate *PodTemplate `json:"podTemplate,omitempty"`

	// InitSchema says what the first start creates: Full (extensions, tables
	// and indexes), Extensions, or None. Defaults to Full, and to Extensions
	// when migration is enabled, since the control plane's first migration
	// creates the tables itself and fails where they exist.
	InitSchema InitSchema `json:"initSchema,omitempty"`

	// Credentials of the application's role.
	Credentials DatabaseCredentials `json:"credentials,omitempty"`

	// TLS has the server refuse connections without it.
	TLS *TLSSpec `json:"tls,omitempty"`

	// ConnectionString is the Secret key that holds the URL of an external
	// database, postgres://user:password@host:port/database?sslmode=require.
	// Required when managed is false.
	ConnectionString *SecretKeyRef `json:"connectionString,omitempty"`

	// Network configures who may connect to PostgreSQL.
	Network AccessSpec `json:"network,omitempty"`

	// Migration configures the Job that migrates the schema.
	Migration MigrationSpec `json:"migration,omitempty"`
}

// ImageCatalogRef names a catalog of CloudNativePG.
type ImageCatalogRef struct {
	// Kind of the catalog, ImageCatalog (the default) or ClusterImageCatalog.
	//
	// +kubebuilder:validation:Enum=ImageCatalog;ClusterImageCatalog
	Kind string `json:"kind,omitempty"`

	// Name of the catalog.
	//
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`
	Name string `json:"name"`
}

// PoolMode is when PgBouncer gives a connection to another client.
//
// +kubebuilder:validation:Enum=session;transaction
type PoolMode string

const (
	// PoolSession gives it away when its client disconnects.
	PoolSession PoolMode = "session"
	// PoolTransaction gives it away after each transaction.
	PoolTransaction PoolMode = "transaction"
)

// PoolerSpec configures PgBouncer.
type PoolerSpec struct {
	// Instances of PgBouncer. Defaults to 2.
	//
	// +kubebuilder:validation:Minimum=1
	Instances *int32 `json:"instances,omitempty"`

	// Mode in which connections are pooled: session (the default) or
	// transaction, which serves more clients and forbids them what outlives a
	// transaction, such as SET and LISTEN.
	Mode PoolMode `json:"mode,omitempty"`
}

// MigrationSpec configures the migration Job.
type MigrationSpec struct {
	// Enabled renders the Job. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`

	// Command that migrates the database named by DATABASE_URL. Defaults to
	// /app/control-plane migrate --up.
	//
	// +kubebuilder:validation:MinItems=1
	Command []string `json:"command,omitempty"`

	// PodTemplate is laid over the pod of the Job, whose container is named
	// migrate.
	PodTemplate *PodTemplate `json:"podTemplate,omitempty"`
}

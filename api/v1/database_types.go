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

// DatabaseSpec configures PostgreSQL.
type DatabaseSpec struct {
	// Managed deploys PostgreSQL (true, the default) or uses the external one
	// that connectionString points at (false).
	Managed *bool `json:"managed,omitempty"`

	// Version of PostgreSQL, a quoted string such as "16" or "16.4". It is the
	// image's tag unless image has its own. Defaults to "16".
	//
	// +kubebuilder:validation:Pattern=`^[0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`
	Version string `json:"version,omitempty"`

	// Image of PostgreSQL, with or without a tag or digest. It must keep the
	// contract of the official image. Defaults to postgres.
	Image string `json:"image,omitempty"`

	// Replicas of PostgreSQL. Defaults to 1, which is all that a plain
	// StatefulSet can serve: its pods would be databases that know nothing of
	// each other.
	//
	// +kubebuilder:validation:Minimum=1
	Replicas *int32 `json:"replicas,omitempty"`

	// Storage of the data directory.
	Storage StorageSpec `json:"storage,omitempty"`

	// Resources of the postgres container. Default to requests of 250m CPU and
	// 256Mi memory, and limits of 1 CPU and 1Gi memory.
	Resources Resources `json:"resources,omitempty"`

	// InitSchema says what the first start creates: Full (extensions, tables
	// and indexes), Extensions, or None. Defaults to Full, and to Extensions
	// when migration is enabled, since the control plane's first migration
	// creates the tables itself and fails where they exist.
	InitSchema InitSchema `json:"initSchema,omitempty"`

	// Credentials of the application's role.
	Credentials DatabaseCredentials `json:"credentials,omitempty"`

	// ConnectionString is the Secret key that holds the URL of an external
	// database, postgres://user:password@host:port/database?sslmode=require.
	// Required when managed is false.
	ConnectionString *SecretKeyRef `json:"connectionString,omitempty"`

	// Migration configures the Job that migrates the schema.
	Migration MigrationSpec `json:"migration,omitempty"`
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
}

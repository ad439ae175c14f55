package v1

// BackupSpec configures backups of a managed PostgreSQL: dumps of one on a
// StatefulSet, and CloudNativePG's own of one that it runs. The section is shared
// with other tools, whose fields pass through untouched.
type BackupSpec struct {
	// Enabled turns backups on. Defaults to false.
	Enabled bool `json:"enabled,omitempty"`

	// Schedule of the dumps, or of CloudNativePG's full backups, in five cron
	// fields, in UTC. Defaults to "0 2 * * *", every night at two.
	Schedule string `json:"schedule,omitempty"`

	// Retention is the time, in days, back to which a database can be restored.
	// Defaults to 30. Older backups are deleted, once there is a new one.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=36500
	Retention *int32 `json:"retention,omitempty"`

	// Image that rclone is taken from, which brings a dump to its destination,
	// with or without a tag or digest. It must keep the contract of the official
	// image: the static /usr/local/bin/rclone, certificates in
	// /etc/ssl/certs/ca-certificates.crt, and cp. Defaults to
	// rclone/rclone:1.74.4. CloudNativePG does without.
	Image string `json:"image,omitempty"`

	// ServiceAccountAnnotations are those of the pods' service account,
	// <cluster>-backup, or <cluster>-postgres where CloudNativePG runs them. By
	// them a cloud knows which role the pods have, such as
	// eks.amazonaws.com/role-arn and iam.gke.io/gcp-service-account.
	ServiceAccountAnnotations map[string]string `json:"serviceAccountAnnotations,omitempty"`

	// PodTemplate is laid over the pod of the dumps, whose container is named
	// dump. CloudNativePG makes its backups without one.
	PodTemplate *PodTemplate `json:"podTemplate,omitempty"`

	// Destination of the backups, one of its fields.
	//
	// +kubebuilder:pruning:PreserveUnknownFields
	Destination BackupDestination `json:"destination,omitempty"`
}

// BackupDestination is where backups are kept.
type BackupDestination struct {
	// S3 is a bucket of Amazon S3, or of what speaks its protocol.
	S3 *S3Destination `json:"s3,omitempty"`

	// GCS is a bucket of Google Cloud Storage.
	GCS *GCSDestination `json:"gcs,omitempty"`
}

// Bucket is the name of a bucket.
//
// +kubebuilder:validation:MaxLength=222
// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9._-]*[a-z0-9]$`
type Bucket = string

// S3Destination is a bucket of S3.
type S3Destination struct {
	// Bucket is its name.
	Bucket Bucket `json:"bucket"`

	// Prefix of the keys in the bucket, a path such as production/.
	Prefix string `json:"prefix,omitempty"`

	// Region of the bucket, such as us-east-1. Not needed by every service.
	Region string `json:"region,omitempty"`

	// EndpointURL of a service other than Amazon's.
	//
	// +kubebuilder:validation:Pattern=`^https?://[^@]+$`
	EndpointURL string `json:"endpointURL,omitempty"`

	// Credentials are the Secret with the access key. Without it, the role that
	// serviceAccountAnnotations give the pods has to suffice.
	Credentials *S3CredentialsRef `json:"credentials,omitempty"`
}

// S3CredentialsRef is a Secret with an access key.
type S3CredentialsRef struct {
	// Name of the Secret.
	Name SecretName `json:"name"`

	// Key is not read: an access key has two parts, which keys names.
	Key string `json:"key,omitempty"`

	// Keys of the Secret, where they are not the conventional ones.
	Keys S3CredentialsKeys `json:"keys,omitempty"`
}

// S3CredentialsKeys name the keys of a Secret with an access key.
type S3CredentialsKeys struct {
	// AccessKeyID is the key of the access key's id. Defaults to access-key-id.
	AccessKeyID SecretKey `json:"accessKeyId,omitempty"`

	// SecretAccessKey is the key of its secret. Defaults to secret-access-key.
	SecretAccessKey SecretKey `json:"secretAccessKey,omitempty"`
}

// GCSDestination is a bucket of Google Cloud Storage.
type GCSDestination struct {
	// Bucket is its name.
	Bucket Bucket `json:"bucket"`

	// Prefix of the names in the bucket, a path such as production/.
	Prefix string `json:"prefix,omitempty"`

	// Credentials are the Secret key with a service account's JSON. Without it,
	// the identity that serviceAccountAnnotations give the pods has to suffice.
	Credentials *SecretKeyRef `json:"credentials,omitempty"`
}

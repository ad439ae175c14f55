package builders

import (
	"fmt"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	barman "github.com/cloudnative-pg/barman-cloud/pkg/api"
	machinery "github.com/cloudnative-pg/machinery/pkg/api"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// BarmanPluginVersion is the oldest release of the Barman Cloud plugin whose CRD
// the tests hold the ObjectStore against.
const BarmanPluginVersion = "0.14"

// barmanPlugin is the name by which CloudNativePG calls it.
const barmanPlugin = "barman-cloud.cloudnative-pg.io"

// objectStore is a barmancloud.cnpg.io/v1 ObjectStore, as far as it is written
// here. Its own type comes with the plugin, the operator and client-go.
type objectStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              objectStoreSpec `json:"spec"`
}

type objectStoreSpec struct {
	Configuration                barman.BarmanObjectStoreConfiguration `json:"configuration"`
	RetentionPolicy              string                                `json:"retentionPolicy"`
	InstanceSidecarConfiguration *instanceSidecarConfiguration         `json:"instanceSidecarConfiguration,omitempty"`
}

type instanceSidecarConfiguration struct {
	Env []corev1.EnvVar `json:"env"`
}

func postgresObjectStore(c *v1.BanhBaoRingCluster) *objectStore {
	spec := c.Spec.Backup
	return &objectStore{
		TypeMeta:   metav1.TypeMeta{APIVersion: "barmancloud.cnpg.io/v1", Kind: "ObjectStore"},
		ObjectMeta: postgresMetadata(c, postgresBackupName(c.Name)),
		Spec: objectStoreSpec{
			Configuration:                objectStoreConfiguration(spec.Destination),
			RetentionPolicy:              fmt.Sprintf("%dd", *spec.Retention),
			InstanceSidecarConfiguration: objectStoreSidecar(spec.Destination.S3),
		},
	}
}

func objectStoreConfiguration(destination v1.BackupDestination) barman.BarmanObjectStoreConfiguration {
	configuration := barman.BarmanObjectStoreConfiguration{
		Wal:  &barman.WalBackupConfiguration{Compression: barman.CompressionTypeGzip},
		Data: &barman.DataBackupConfiguration{Compression: barman.CompressionTypeGzip},
	}
	if s3 := destination.S3; s3 != nil {
		configuration.AWS = s3Credentials(s3.Credentials)
		configuration.EndpointURL = s3.EndpointURL
		configuration.DestinationPath = bucketPath("s3", s3.Bucket, s3.Prefix)
	}
	if gcs := destination.GCS; gcs != nil {
		configuration.Google = gcsCredentials(gcs.Credentials)
		configuration.DestinationPath = bucketPath("gs", gcs.Bucket, gcs.Prefix)
	}
	return configuration
}

func bucketPath(scheme, bucket, prefix string) string {
	return strings.TrimRight(fmt.Sprintf("%s://%s/%s", scheme, bucket, strings.Trim(prefix, "/")), "/")
}

func s3Credentials(ref *v1.S3CredentialsRef) *barman.S3Credentials {
	if ref == nil {
		return &barman.S3Credentials{InheritFromIAMRole: true}
	}
	return &barman.S3Credentials{
		AccessKeyIDReference:     secretKey(ref.Name, ref.Keys.AccessKeyID),
		SecretAccessKeyReference: secretKey(ref.Name, ref.Keys.SecretAccessKey),
	}
}

func gcsCredentials(ref *v1.SecretKeyRef) *barman.GoogleCredentials {
	if ref == nil {
		return &barman.GoogleCredentials{GKEEnvironment: true}
	}
	return &barman.GoogleCredentials{ApplicationCredentials: secretKey(ref.Name, ref.Key)}
}

func secretKey(name, key string) *machinery.SecretKeySelector {
	return &machinery.SecretKeySelector{LocalObjectReference: machinery.LocalObjectReference{Name: name}, Key: key}
}

// objectStoreSidecar tells the region by environment: the credentials would take
// it from a Secret only.
func objectStoreSidecar(s3 *v1.S3Destination) *instanceSidecarConfiguration {
	if s3 == nil || s3.Region == "" {
		return nil
	}
	return &instanceSidecarConfiguration{Env: []corev1.EnvVar{{Name: "AWS_DEFAULT_REGION", Value: s3.Region}}}
}

// postgresServiceAccount is what the operator puts on the service account that it
// makes for the pods.
func postgresServiceAccount(backup v1.BackupSpec) *cnpgv1.ServiceAccountTemplate {
	if !backup.Enabled || len(backup.ServiceAccountAnnotations) == 0 {
		return nil
	}
	return &cnpgv1.ServiceAccountTemplate{Metadata: cnpgv1.Metadata{Annotations: backup.ServiceAccountAnnotations}}
}

// postgresPlugins archives the write-ahead log, by which a backup can be
// restored up to any moment.
func postgresPlugins(c *v1.BanhBaoRingCluster) []cnpgv1.PluginConfiguration {
	if !c.Spec.Backup.Enabled {
		return nil
	}
	return []cnpgv1.PluginConfiguration{{
		Name:          barmanPlugin,
		IsWALArchiver: new(true),
		Parameters:    map[string]string{"barmanObjectName": postgresBackupName(c.Name)},
	}}
}

func postgresScheduledBackup(c *v1.BanhBaoRingCluster) *cnpgv1.ScheduledBackup {
	return &cnpgv1.ScheduledBackup{
		TypeMeta:   metav1.TypeMeta{APIVersion: cloudNativePGAPI, Kind: "ScheduledBackup"},
		ObjectMeta: postgresMetadata(c, postgresBackupName(c.Name)),
		Spec: cnpgv1.ScheduledBackupSpec{
			// The log alone restores nothing: it needs a first full backup.
			Immediate: new(true),
			// CloudNativePG's cron has seconds, in front.
			Schedule:             "0 " + c.Spec.Backup.Schedule,
			Cluster:              cnpgv1.LocalObjectReference{Name: postgresName(c.Name)},
			BackupOwnerReference: "cluster",
			Method:               cnpgv1.BackupMethodPlugin,
			PluginConfiguration:  &cnpgv1.BackupPluginConfiguration{Name: barmanPlugin},
		},
	}
}

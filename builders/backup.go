package builders

import (
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// backupRemote is what rclone calls the bucket. Its name is a part of the
	// names of the variables that configure it.
	backupRemote    = "backup"
	backupRemoteEnv = "RCLONE_CONFIG_BACKUP_"
	// backupToolsDir holds rclone and the certificates: the image of PostgreSQL
	// has neither, and no other image has the pg_dump of its release.
	backupToolsDir = "/tools"
	// backupKeyDir holds the file "key.json", of a service account of Google's.
	backupKeyDir = "/run/secrets/bucket"
)

// backup returns what dumps a PostgreSQL on a StatefulSet; of one that
// CloudNativePG runs the operator takes care.
func backup(c *v1.BanhBaoRingCluster) []Object {
	if !c.Spec.BacksUp() || c.Spec.Database.OnCloudNativePG() {
		return nil
	}
	return append(backupPolicy(c), backupServiceAccount(c), backupCronJob(c))
}

// backupPolicy keeps everyone from the pods. Where the bucket is, and the cloud
// that gives them a role, only names tell.
func backupPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, metadata(c, backupName(c.Name), backupLabels(c)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentBackup)},
		Egress:      []networkingv1.NetworkPolicyEgressRule{{}}, // to anywhere
		PolicyTypes: bothWays(),
	})
}

func backupLabels(c *v1.BanhBaoRingCluster) map[string]string {
	return labels(c, componentBackup, c.Spec.Database.Version)
}

// backupServiceAccount is what a cloud gives a role to. Its token is for
// Kubernetes' API, which the pods do not use.
func backupServiceAccount(c *v1.BanhBaoRingCluster) *corev1.ServiceAccount {
	meta := metadata(c, backupName(c.Name), backupLabels(c))
	meta.Annotations = merge(c.Spec.Backup.ServiceAccountAnnotations, meta.Annotations)
	return serviceAccount(meta)
}

func backupCronJob(c *v1.BanhBaoRingCluster) *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: metadata(c, backupName(c.Name), backupLabels(c)),
		Spec: batchv1.CronJobSpec{
			Schedule: c.Spec.Backup.Schedule,
			TimeZone: new("Etc/UTC"),
			// A dump that is an hour late is better than none.
			StartingDeadlineSeconds: new(int64(3600)),
			ConcurrencyPolicy:       batchv1.ForbidConcurrent,
			JobTemplate: batchv1.JobTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: backupLabels(c)},
				Spec:       backupJobSpec(c),
			},
			SuccessfulJobsHistoryLimit: new(int32(1)),
			FailedJobsHistoryLimit:     new(int32(3)),
		},
	}
}

func backupJobSpec(c *v1.BanhBaoRingCluster) batchv1.JobSpec {
	return batchv1.JobSpec{
		// Six hours, all tries together: one that hangs must not stop those of the
		// next days. backup.sh counts on less than a day.
		ActiveDeadlineSeconds: new(int64(6 * 3600)),
		BackoffLimit:          new(int32(2)),
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: backupLabels(c)},
			Spec: corev1.PodSpec{
				Volumes:                      backupVolumes(c),
				InitContainers:               []corev1.Container{backupToolsContainer(c)},
				Containers:                   []corev1.Container{backupContainer(c)},
				RestartPolicy:                corev1.RestartPolicyNever,
				ServiceAccountName:           backupName(c.Name),
				AutomountServiceAccountToken: new(false),
				SecurityContext:              podSecurity(postgresUID, postgresUID),
				ImagePullSecrets:             imagePullSecrets(c),
				EnableServiceLinks:           new(false),
			},
		},
	}
}

// backupToolsContainer brings rclone, which is static, into the image of PostgreSQL.
func backupToolsContainer(c *v1.BanhBaoRingCluster) corev1.Container {
	return corev1.Container{
		Name:            "rclone",
		Image:           c.Spec.Backup.Image,
		Command:         []string{"cp", "/usr/local/bin/rclone", "/etc/ssl/certs/ca-certificates.crt", backupToolsDir},
		Resources:       smallResources(),
		VolumeMounts:    []corev1.VolumeMount{{Name: "tools", MountPath: backupToolsDir}},
		SecurityContext: containerSecurity(),
	}
}

func backupContainer(c *v1.BanhBaoRingCluster) corev1.Container {
	return corev1.Container{
		Name:            "dump",
		Image:           c.Spec.Database.Image,
		Command:         []string{"sh", "-c", backupScript},
		Env:             slices.Concat(backupEnv(c), databaseAuthority(c).env, remoteEnv(c.Spec.Backup.Destination, backupName(c.Name))),
		Resources:       backupResources(),
		VolumeMounts:    backupVolumeMounts(c),
		SecurityContext: containerSecurity(),
	}
}

// backupEnv names the database by the variables of libpq, but for the password.
func backupEnv(c *v1.BanhBaoRingCluster) []corev1.EnvVar {
	secret, at := c.DatabaseSecret(), managedDatabase(c)
	return []corev1.EnvVar{
		{Name: "PGHOST", Value: at.Host},
		{Name: "PGPORT", Value: strconv.Itoa(at.Port)},
		{Name: "PGDATABASE", Value: at.Database},
		secretEnv("PGUSER", secret.Name, secret.Keys.Username),
		{Name: "PGSSLMODE", Value: at.SSLMode},
		{Name: "POSTGRES_PASSWORD_FILE", Value: postgresPasswordDir + "/password"},
		fieldEnv("POD_NAME", "metadata.name"),
		{Name: "RETENTION_DAYS", Value: strconv.Itoa(int(*c.Spec.Backup.Retention))},
		{Name: "TOOLS", Value: backupToolsDir},
		{Name: "SSL_CERT_FILE", Value: backupToolsDir + "/ca-certificates.crt"},
		// No file: variables say it all.
		{Name: "RCLONE_CONFIG", Value: "/dev/null"},
	}
}

// remoteEnv configures rclone, and names the directory of a cluster's dumps.
func remoteEnv(destination v1.BackupDestination, directory string) []corev1.EnvVar {
	if gcs := destination.GCS; gcs != nil {
		return append(gcsEnv(gcs.Credentials), destinationEnv(gcs.Bucket, gcs.Prefix, directory))
	}
	s3 := destination.S3
	return append(s3Env(s3), destinationEnv(s3.Bucket, s3.Prefix, directory))
}

func destinationEnv(bucket, prefix, directory string) corev1.EnvVar {
	below := strings.TrimLeft(strings.Trim(prefix, "/")+"/"+directory, "/")
	return corev1.EnvVar{Name: "DESTINATION", Value: backupRemote + ":" + bucket + "/" + below}
}

func s3Env(s3 *v1.S3Destination) []corev1.EnvVar {
	env := []corev1.EnvVar{
		{Name: backupRemoteEnv + "TYPE", Value: "s3"},
		{Name: backupRemoteEnv + "PROVIDER", Value: s3Provider(s3.EndpointURL)},
		{Name: backupRemoteEnv + "ENDPOINT", Value: s3.EndpointURL},
		{Name: backupRemoteEnv + "REGION", Value: s3.Region},
		// It would create a bucket that is missing.
		{Name: backupRemoteEnv + "NO_CHECK_BUCKET", Value: "true"},
		// An upload has at most 10,000 parts: the 5 MiB that rclone begins with
		// would do for 48 GiB, these for 625, and take 128 MiB of memory.
		{Name: backupRemoteEnv + "CHUNK_SIZE", Value: "64Mi"},
		{Name: backupRemoteEnv + "UPLOAD_CONCURRENCY", Value: "2"},
	}
	ref := s3.Credentials
	if ref == nil {
		return append(env, corev1.EnvVar{Name: backupRemoteEnv + "ENV_AUTH", Value: "true"})
	}
	return append(env,
		secretEnv(backupRemoteEnv+"ACCESS_KEY_ID", ref.Name, ref.Keys.AccessKeyID),
		secretEnv(backupRemoteEnv+"SECRET_ACCESS_KEY", ref.Name, ref.Keys.SecretAccessKey),
	)
}

func s3Provider(endpoint string) string {
	if endpoint == "" {
		return "AWS"
	}
	return "Other"
}

func gcsEnv(credentials *v1.SecretKeyRef) []corev1.EnvVar {
	env := []corev1.EnvVar{
		{Name: backupRemoteEnv + "TYPE", Value: "google cloud storage"},
		{Name: backupRemoteEnv + "NO_CHECK_BUCKET", Value: "true"},
		// It would set an ACL on each object, which a bucket with uniform access
		// refuses. Another gives objects its own default.
		{Name: backupRemoteEnv + "BUCKET_POLICY_ONLY", Value: "true"},
	}
	if credentials == nil {
		return append(env, corev1.EnvVar{Name: backupRemoteEnv + "ENV_AUTH", Value: "true"})
	}
	return append(env, corev1.EnvVar{Name: backupRemoteEnv + "SERVICE_ACCOUNT_FILE", Value: backupKeyDir + "/key.json"})
}

// backupResources are for compression on one core, and for the parts that rclone
// holds in memory: a stream of 300 MiB took 211.
func backupResources() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Limits:   computeResources("1", "512Mi", "1Gi"),
		Requests: computeResources("100m", "256Mi", "50Mi"),
	}
}

func backupVolumes(c *v1.BanhBaoRingCluster) []corev1.Volume {
	secret := c.DatabaseSecret()
	volumes := slices.Concat(databaseAuthority(c).volumes, []corev1.Volume{
		emptyDir("tools"),
		emptyDir("tmp"),
		passwordVolume(secret.Name, secret.Keys.Password),
	})
	if ref := gcsCredentialsRef(c); ref != nil {
		volumes = append(volumes, corev1.Volume{
			Name: "bucket",
			VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
				SecretName:  ref.Name,
				Items:       []corev1.KeyToPath{{Key: ref.Key, Path: "key.json"}},
				DefaultMode: new(int32(0o440)),
			}},
		})
	}
	return volumes
}

func backupVolumeMounts(c *v1.BanhBaoRingCluster) []corev1.VolumeMount {
	mounts := slices.Concat(databaseAuthority(c).mounts, []corev1.VolumeMount{
		{Name: "tools", ReadOnly: true, MountPath: backupToolsDir},
		{Name: "tmp", MountPath: "/tmp"},
		passwordMount(postgresPasswordDir),
	})
	if gcsCredentialsRef(c) != nil {
		mounts = append(mounts, corev1.VolumeMount{Name: "bucket", ReadOnly: true, MountPath: backupKeyDir})
	}
	return mounts
}

// gcsCredentialsRef is the key of a service account of Google's, where there is one.
func gcsCredentialsRef(c *v1.BanhBaoRingCluster) *v1.SecretKeyRef {
	gcs := c.Spec.Backup.Destination.GCS
	if gcs == nil {
		return nil
	}
	return gcs.Credentials
}

package builders

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	postgresPort     = 5432
	postgresPortName = "postgres"
	// DatabaseName is what the control plane connects to; the url of the
	// credentials names it too.
	DatabaseName = "banhbaoring"
	// postgresPasswordDir holds the file "password".
	postgresPasswordDir = "/run/secrets/postgres"
	// postgresTLSDir holds the files of the certificate, where there is one.
	postgresTLSDir = "/run/secrets/postgres-tls"
	// postgresSocketDir is where the official image has its socket.
	postgresSocketDir = "/var/run/postgresql"
	// postgresUID is the postgres user, and group, of the official image.
	postgresUID = 999
)

// postgres returns PostgreSQL as its engine runs it, or nothing where the
// database is external.
func postgres(c *v1.BanhBaoRingCluster) []Object {
	if !*c.Spec.Database.Managed {
		return nil
	}
	var objects []Object
	if c.Spec.Database.InitSchema != v1.InitSchemaNone {
		objects = append(objects, postgresInit(c))
	}
	objects = append(objects, postgresCertificate(c)...)
	if c.Spec.Database.OnCloudNativePG() {
		return append(objects, cloudNativePG(c)...)
	}
	return slices.Concat(objects, postgresPolicy(c), []Object{
		postgresConfig(c), serviceAccount(postgresMetadata(c, postgresAccountName(c.Name))),
		postgresHeadlessService(c), postgresService(c), postgresStatefulSet(c),
	})
}

func postgresMetadata(c *v1.BanhBaoRingCluster, name string) metav1.ObjectMeta {
	return metadata(c, name, labels(c, componentPostgres, c.Spec.Database.Version))
}

// postgresPods returns the labels that find the pods of a managed PostgreSQL,
// whoever makes them.
func postgresPods(c *v1.BanhBaoRingCluster) map[string]string {
	if c.Spec.Database.OnCloudNativePG() {
		return postgresClusterPods(c)
	}
	return selector(c, componentPostgres)
}

// postgresPolicy lets the server answer and ask nobody: it needs no names, and
// what a query could send elsewhere would be a leak.
func postgresPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, postgresMetadata(c, postgresPolicyName(c.Name)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentPostgres)},
		Ingress: append([]networkingv1.NetworkPolicyIngressRule{
			{Ports: tcpPorts(postgresPort), From: clients(c, c.Spec.Database.Network)},
		}, scraping(c, postgresMetricsPort)...),
		PolicyTypes: bothWays(),
	})
}

// postgresCertificate is for every Service that clients may know.
func postgresCertificate(c *v1.BanhBaoRingCluster) []Object {
	hosts := []string{postgresName(c.Name), postgresHeadlessName(c.Name), postgresName(c.Name) + "-0." + postgresHeadlessName(c.Name)}
	if c.Spec.Database.OnCloudNativePG() {
		hosts = postgresClusterHosts(c)
	}
	return certificateFor(postgresMetadata(c, postgresCertificateName(c.Name)), c.Spec.Database.TLS, databaseSecretLabels(c),
		append(serviceNames(c, hosts...), "localhost")...)
}

// postgresInit holds what runs once, in the order of the names, on an empty
// data directory.
func postgresInit(c *v1.BanhBaoRingCluster) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: postgresMetadata(c, postgresInitName(c.Name)),
		Data:       postgresInitScripts(c.Spec.Database.InitSchema),
	}
}

func postgresInitScripts(schema v1.InitSchema) map[string]string {
	switch schema {
	case v1.InitSchemaFull:
		return map[string]string{"00-extensions.sql": extensionsSQL, "01-schema.sql": schemaSQL}
	case v1.InitSchemaExtensions:
		return map[string]string{"00-extensions.sql": extensionsSQL}
	default:
		return nil
	}
}

// postgresHeadlessService gives the pod its DNS name.
func postgresHeadlessService(c *v1.BanhBaoRingCluster) *corev1.Service {
	return headlessService(postgresMetadata(c, postgresHeadlessName(c.Name)), selector(c, componentPostgres), servicePort(postgresPortName, postgresPort))
}

// postgresService is where clients connect.
func postgresService(c *v1.BanhBaoRingCluster) *corev1.Service {
	return service(postgresMetadata(c, postgresName(c.Name)), selector(c, componentPostgres), servicePort(postgresPortName, postgresPort))
}

func postgresStatefulSet(c *v1.BanhBaoRingCluster) *appsv1.StatefulSet {
	spec := c.Spec.Database
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: postgresMetadata(c, postgresName(c.Name)),
		Spec: appsv1.StatefulSetSpec{
			Replicas: spec.Replicas,
			Selector: &metav1.LabelSelector{MatchLabels: selector(c, componentPostgres)},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{
					Labels:      labels(c, componentPostgres, spec.Version),
					Annotations: postgresChecksums(c),
				},
				Spec: corev1.PodSpec{
					Volumes:    postgresVolumes(c),
					Containers: append([]corev1.Container{postgresContainer(c)}, postgresExporter(c)...),
					// A fast shutdown writes a checkpoint of all shared buffers first.
					TerminationGracePeriodSeconds: new(int64(120)),
					ServiceAccountName:            postgresAccountName(c.Name),
					AutomountServiceAccountToken:  new(false),
					SecurityContext:               podSecurity(postgresUID, postgresUID),
					ImagePullSecrets:              imagePullSecrets(c),
					PriorityClassName:             spec.PriorityClassName,
					EnableServiceLinks:            new(false),
				},
			},
			VolumeClaimTemplates:                 []corev1.PersistentVolumeClaim{dataClaim(spec.Storage)},
			ServiceName:                          postgresHeadlessName(c.Name),
			UpdateStrategy:                       appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
			PersistentVolumeClaimRetentionPolicy: keepClaims(),
		},
	}
}

// postgresChecksums restart the pod with its configuration and its password.
func postgresChecksums(c *v1.BanhBaoRingCluster) map[string]string {
	spec, secret := c.Spec.Database, c.DatabaseSecret()
	return merge(
		map[string]string{configChecksum: checksum(merge(postgresInitScripts(spec.InitSchema), postgresConfigFiles(c)))},
		passwordChecksum(secret.Name, secret.Keys.Password, spec.Credentials.Sealed, spec.Credentials.ExternalSecret),
	)
}

func postgresContainer(c *v1.BanhBaoRingCluster) corev1.Container {
	spec := c.Spec.Database
	secret := c.DatabaseSecret()
	return corev1.Container{
		Name:  "postgres",
		Image: spec.Image,
		// The shell takes the word after the script for its own name, $0.
		Command: withVolume("/var/lib/postgresql/data", "sh", "-c", postgresStart, "postgres-start"),
		Args:    []string{"postgres", "-c", "config_file=" + postgresConfigDir + "/postgresql.conf"},
		Ports: []corev1.ContainerPort{
			{Name: postgresPortName, ContainerPort: postgresPort, Protocol: corev1.ProtocolTCP},
		},
		Env: slices.Concat([]corev1.EnvVar{
			secretEnv("POSTGRES_USER", secret.Name, secret.Keys.Username),
			{Name: "POSTGRES_PASSWORD_FILE", Value: postgresPasswordDir + "/password"},
			// In memory, and gone with the pod: a new one sets the password anew.
			{Name: "APPLIED_DIGEST_FILE", Value: "/dev/shm/applied-password.sha256"},
			{Name: "IDENT_FILE", Value: postgresSocketDir + "/pg_ident.conf"},
			{Name: "POSTGRES_DB", Value: DatabaseName},
			// A subdirectory, since a volume may hold lost+found; and explicit,
			// since the image of PostgreSQL 18 moved its default.
			{Name: "PGDATA", Value: "/var/lib/postgresql/data/pgdata"},
		}, postgresTLSEnv(spec.TLS), postgresMonitoringEnv(c)),
		Resources:      requirements(spec.Resources),
		VolumeMounts:   postgresVolumeMounts(c),
		LivenessProbe:  shellProbe(postgresLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 30, FailureThreshold: 3}),
		ReadinessProbe: shellProbe(postgresReady, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 10, FailureThreshold: 3}),
		// initdb and the init scripts may take minutes: five of them.
		StartupProbe:    shellProbe(postgresLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 5, FailureThreshold: 60}),
		SecurityContext: containerSecurity(),
	}
}

// postgresTLSEnv tells the start script where to look for a renewed certificate.
func postgresTLSEnv(tls *v1.TLSSpec) []corev1.EnvVar {
	if tls == nil {
		return nil
	}
	return []corev1.EnvVar{{Name: "TLS_DIR", Value: postgresTLSDir}}
}

func postgresVolumeMounts(c *v1.BanhBaoRingCluster) []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{
		{Name: "data", MountPath: "/var/lib/postgresql/data"},
		{Name: "run", MountPath: postgresSocketDir},
		{Name: "tmp", MountPath: "/tmp"},
		{Name: "shm", MountPath: "/dev/shm"},
		{Name: "config", ReadOnly: true, MountPath: postgresConfigDir},
		passwordMount(postgresPasswordDir),
	}
	if c.Spec.Database.InitSchema != v1.InitSchemaNone {
		mounts = append(mounts, corev1.VolumeMount{Name: "init-scripts", ReadOnly: true, MountPath: "/docker-entrypoint-initdb.d"})
	}
	if c.Spec.Database.TLS != nil {
		mounts = append(mounts, tlsMount(postgresTLSDir))
	}
	return mounts
}

func postgresVolumes(c *v1.BanhBaoRingCluster) []corev1.Volume {
	secret := c.DatabaseSecret()
	volumes := []corev1.Volume{
		emptyDir("run"),
		emptyDir("tmp"),
		// A container's own /dev/shm has 64 MiB, too little for parallel queries.
		memoryDir("shm", "256Mi"),
		configMapVolume("config", postgresConfigName(c.Name)),
		passwordVolume(secret.Name, secret.Keys.Password),
	}
	if c.Spec.Database.InitSchema != v1.InitSchemaNone {
		volumes = append(volumes, configMapVolume("init-scripts", postgresInitName(c.Name)))
	}
	if tls := c.Spec.Database.TLS; tls != nil {
		volumes = append(volumes, tlsVolume(tls.SecretName, CertificateKeys()...))
	}
	return volumes
}

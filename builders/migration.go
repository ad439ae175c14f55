package builders

import (
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// controlPlaneUID is a user without any rights; the control plane's image needs
// none to connect to a database.
const controlPlaneUID = 65532

// migration returns the Job that migrates the schema, managed or external.
func migration(c *v1.BanhBaoRingCluster) []Object {
	if !c.Spec.Database.Migration.Enabled {
		return nil
	}
	return slices.Concat(migrationPolicy(c), []Object{
		serviceAccount(metadata(c, migrationAccountName(c.Name), migrationLabels(c))),
		migrationJob(c),
	})
}

// migrationPolicy lets the Job reach the database, and nobody the Job. Where an
// external database is, only its Secret knows, so that way out stays open.
func migrationPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, metadata(c, migrationPolicyName(c.Name), migrationLabels(c)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentMigration)},
		Egress:      migrationTargets(c),
		PolicyTypes: bothWays(),
	})
}

func migrationTargets(c *v1.BanhBaoRingCluster) []networkingv1.NetworkPolicyEgressRule {
	if !*c.Spec.Database.Managed {
		return []networkingv1.NetworkPolicyEgressRule{{}} // to anywhere
	}
	return []networkingv1.NetworkPolicyEgressRule{
		{Ports: tcpPorts(postgresPort), To: podsWith(postgresPods(c))},
		toDNS(),
	}
}

// migrationJob has no TTL: whatever applies Git again would create a Job that
// removed itself anew, for ever. Its name says what it does, so a finished Job
// stays as the record of just that, and another version brings another Job.
func migrationJob(c *v1.BanhBaoRingCluster) *batchv1.Job {
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metadata(c, migrationName(c.Name), migrationLabels(c)),
		Spec:       migrationSpec(c),
	}
}

func migrationLabels(c *v1.BanhBaoRingCluster) map[string]string {
	return labels(c, componentMigration, c.Spec.API.Version)
}

func migrationSpec(c *v1.BanhBaoRingCluster) batchv1.JobSpec {
	spec, authority := c.Spec.Database, databaseAuthority(c)
	return batchv1.JobSpec{
		BackoffLimit: new(int32(3)),
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: migrationLabels(c)},
			Spec: corev1.PodSpec{
				Volumes: append([]corev1.Volume{emptyDir("tmp")}, authority.volumes...),
				InitContainers: []corev1.Container{{
					Name:    "wait-for-postgres",
					Image:   spec.Image,
					Command: []string{"sh", "-c", waitForPostgres},
					Env: []corev1.EnvVar{
						databaseURL(c),
						// Two seconds apart: five minutes, and three retries.
						{Name: "MAX_TRIES", Value: "150"},
					},
					Resources:       smallResources(),
					SecurityContext: containerSecurity(),
				}},
				Containers: []corev1.Container{{
					Name:            "migrate",
					Image:           c.Spec.API.Image,
					Command:         spec.Migration.Command,
					Env:             append([]corev1.EnvVar{databaseURL(c)}, authority.env...),
					Resources:       smallResources(),
					VolumeMounts:    append([]corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}}, authority.mounts...),
					SecurityContext: containerSecurity(),
				}},
				RestartPolicy:                corev1.RestartPolicyNever,
				ServiceAccountName:           migrationAccountName(c.Name),
				AutomountServiceAccountToken: new(false),
				SecurityContext:              podSecurity(controlPlaneUID, controlPlaneUID),
				ImagePullSecrets:             imagePullSecrets(c),
				EnableServiceLinks:           new(false),
			},
		},
	}
}

// databaseURL is the connection URL, of whichever database there is.
func databaseURL(c *v1.BanhBaoRingCluster) corev1.EnvVar {
	const name = "DATABASE_URL"
	if external := c.Spec.Database.ConnectionString; !*c.Spec.Database.Managed {
		return secretEnv(name, external.Name, external.Key)
	}
	secret := c.DatabaseSecret()
	return secretEnv(name, secret.Name, secret.Keys.URL)
}

package builders

import (
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// redisPasswordDir holds the file "password".
const redisPasswordDir = "/run/secrets/redis"

// access is what a pod needs to talk to a server as that is secured: where the
// secrets are, and who vouches for the server.
type access struct {
	volumes []corev1.Volume
	env     []corev1.EnvVar
	mounts  []corev1.VolumeMount
}

// databaseAuthority is who vouches for a managed database with TLS. libpq and the
// drivers of Go find it by PGSSLROOTCERT.
func databaseAuthority(c *v1.BanhBaoRingCluster) access {
	const directory = "/run/secrets/postgres-ca"
	tls := c.Spec.Database.TLS
	if tls == nil || !*c.Spec.Database.Managed {
		return access{}
	}
	return access{
		volumes: []corev1.Volume{tlsVolume(tls.SecretName, tlsAuthority)},
		env:     []corev1.EnvVar{{Name: "PGSSLROOTCERT", Value: directory + "/" + tlsAuthority}},
		mounts:  []corev1.VolumeMount{tlsMount(directory)},
	}
}

// redisPassword is what a pod needs where Redis asks for a password.
func redisPassword(c *v1.BanhBaoRingCluster) access {
	if !c.Spec.Redis.HasAuth() {
		return access{}
	}
	secret := c.RedisSecret()
	return access{
		volumes: []corev1.Volume{passwordVolume(secret.Name, secret.Keys.Password)},
		env:     []corev1.EnvVar{{Name: "REDIS_PASSWORD_FILE", Value: redisPasswordDir + "/password"}},
		mounts:  []corev1.VolumeMount{passwordMount(redisPasswordDir)},
	}
}

// redisAccess is what a pod needs of Redis: a client the authority of its
// certificate, by the key ca.crt, a server all of the certificate's keys.
func redisAccess(c *v1.BanhBaoRingCluster, certificateKeys ...string) access {
	a := redisPassword(c)
	if tls := c.Spec.Redis.TLS; tls != nil {
		a.volumes = append(a.volumes, tlsVolume(tls.SecretName, certificateKeys...))
		a.env = append(a.env, corev1.EnvVar{Name: "REDIS_TLS_DIR", Value: redisTLSDir})
		a.mounts = append(a.mounts, tlsMount(redisTLSDir))
	}
	return a
}

package builders

import (
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// redisAuth is what the pods of Redis have for the sake of a password: nothing
// but the image's own command where Redis asks for none.
type redisAuth struct {
	annotations map[string]string
	volumes     []corev1.Volume
	command     []string
	env         []corev1.EnvVar
	mounts      []corev1.VolumeMount
}

func redisAuthOf(c *v1.BanhBaoRingCluster) redisAuth {
	if !c.Spec.Redis.HasAuth() {
		return redisAuth{command: []string{"docker-entrypoint.sh"}}
	}
	const directory = "/run/secrets/redis"
	given, secret := c.Spec.Redis.Credentials, c.RedisSecret()
	return redisAuth{
		annotations: passwordChecksum(secret.Name, secret.Keys.Password, given.Sealed, given.ExternalSecret),
		volumes:     []corev1.Volume{passwordVolume(secret.Name, secret.Keys.Password)},
		// The shell takes the word after the script for its own name, $0.
		command: []string{"sh", "-c", redisStart, "redis-start"},
		env:     []corev1.EnvVar{{Name: "REDIS_PASSWORD_FILE", Value: directory + "/password"}},
		mounts:  []corev1.VolumeMount{passwordMount(directory)},
	}
}

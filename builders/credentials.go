package builders

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// DatabaseUser owns the database that is created.
	DatabaseUser = "banhbaoring"
	// passwordTemplate puts the password into a URL. Sealed Secrets and External
	// Secrets know it alike. urlquery writes a space as +, which only a query
	// may have.
	passwordTemplate = `{{ .password | urlquery | replace "+" "%20" }}`
)

// madeSecret is a Secret that a controller makes where the manifests are
// applied, from one value that is kept elsewhere.
type madeSecret struct {
	metav1.ObjectMeta
	// key of the value that is kept elsewhere.
	key string
	// data are the other keys, as templates.
	data map[string]string
}

// credentials returns what makes the Secrets of PostgreSQL and Redis, unless
// they exist or, without AUTH, there is nothing to keep.
func credentials(c *v1.BanhBaoRingCluster) []Object {
	database, redis := c.Spec.Database.Credentials, c.Spec.Redis.Credentials
	return append(
		secretMaker(databaseSecret(c), database.Sealed, database.ExternalSecret),
		secretMaker(redisSecret(c), redis.Sealed, redis.ExternalSecret)...,
	)
}

func secretMaker(secret madeSecret, sealed *v1.SealedCredentials, external *v1.ExternalSecretCredentials) []Object {
	switch {
	case sealed != nil:
		return []Object{sealedSecretOf(secret, sealed)}
	case external != nil && external.Generate != nil:
		return []Object{passwordGenerator(secret, external.Generate), generatedSecret(secret, external)}
	case external != nil:
		return []Object{fetchedSecret(secret, external)}
	default:
		return nil
	}
}

// databaseSecret is the Secret of the seed's CredentialsSecret. An external
// database's has its URL alone.
func databaseSecret(c *v1.BanhBaoRingCluster) madeSecret {
	meta := metadata(c, c.DatabaseSecret().Name, databaseSecretLabels(c))
	if !*c.Spec.Database.Managed {
		return madeSecret{ObjectMeta: meta, key: "url"}
	}
	at := managedDatabase(c)
	return madeSecret{
		ObjectMeta: meta,
		key:        "password",
		data: map[string]string{
			"username": DatabaseUser,
			"database": at.Database,
			"url":      fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=%s", DatabaseUser, passwordTemplate, at.Host, at.Port, at.Database, at.SSLMode),
		},
	}
}

func redisSecret(c *v1.BanhBaoRingCluster) madeSecret {
	meta := metadata(c, c.RedisSecret().Name, componentLabels(c, componentRedis))
	if !*c.Spec.Redis.Managed {
		return madeSecret{ObjectMeta: meta, key: "url"}
	}
	return madeSecret{
		ObjectMeta: meta,
		key:        "password",
		// requirepass is the default user's; without its name redis-cli sends an
		// empty one, which is refused.
		data: redisAddresses(c, "default:"+passwordTemplate+"@"),
	}
}

// passwordChecksum is the annotation that restarts pods when a render can see
// that their password changes: by its ciphertext, or by where it is kept.
func passwordChecksum(secret, key string, sealed *v1.SealedCredentials, external *v1.ExternalSecretCredentials) map[string]string {
	source := struct {
		Secret, Key, Sealed string
		Remote              *v1.RemoteRef
	}{Secret: secret, Key: key}
	if sealed != nil {
		source.Sealed = sealed.EncryptedData.Password
	}
	if external != nil {
		source.Remote = external.RemoteRef
	}
	return map[string]string{credentialsChecksum: hash(source)}
}

// passwordVolume mounts the password alone, as a file: unlike a variable, it
// follows the Secret.
func passwordVolume(secret, key string) corev1.Volume {
	return corev1.Volume{
		Name: "credentials",
		VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
			SecretName:  secret,
			Items:       []corev1.KeyToPath{{Key: key, Path: "password"}},
			DefaultMode: new(int32(0o440)),
		}},
	}
}

func passwordMount(directory string) corev1.VolumeMount {
	return corev1.VolumeMount{Name: "credentials", ReadOnly: true, MountPath: directory}
}

func merge(all ...map[string]string) map[string]string {
	merged := map[string]string{}
	for _, some := range all {
		maps.Copy(merged, some)
	}
	return merged
}

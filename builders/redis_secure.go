package builders

import (
	"slices"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// redisTLSDir holds the files of the certificate.
const redisTLSDir = "/run/secrets/redis-tls"

// redisChecksums restart the pods with their password.
func redisChecksums(c *v1.BanhBaoRingCluster) map[string]string {
	if !c.Spec.Redis.HasAuth() {
		return nil
	}
	given, secret := c.Spec.Redis.Credentials, c.RedisSecret()
	return passwordChecksum(secret.Name, secret.Keys.Password, given.Sealed, given.ExternalSecret)
}

// redisCommand starts Redis by the image's own command, and by a script of ours
// where there are Secrets to follow.
func redisCommand(spec v1.RedisSpec) []string {
	if !spec.HasAuth() && spec.TLS == nil {
		return []string{"docker-entrypoint.sh"}
	}
	// The shell takes the word after the script for its own name, $0.
	return []string{"sh", "-c", redisStart, "redis-start"}
}

// redisTLSArgs close the port that speaks plain text, and give its number to the
// one that speaks TLS. Clients are known by password, and need no certificate.
func redisTLSArgs(spec v1.RedisSpec) []string {
	if spec.TLS == nil {
		return nil
	}
	return []string{
		"--port", "0",
		"--tls-port", "6379",
		"--tls-cert-file", redisTLSDir + "/" + tlsCertificate,
		"--tls-key-file", redisTLSDir + "/" + tlsKey,
		"--tls-ca-cert-file", redisTLSDir + "/" + tlsAuthority,
		"--tls-auth-clients", "no",
	}
}

// redisClusterTLSArgs have the nodes speak TLS among themselves too.
func redisClusterTLSArgs(spec v1.RedisSpec) []string {
	if spec.TLS == nil {
		return nil
	}
	return slices.Concat(redisTLSArgs(spec), []string{"--tls-replication", "yes", "--tls-cluster", "yes"})
}

package fn

import (
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// checkSecrets looks at the Secrets that a cluster refers to, as far as they are
// among the items, and returns what the URLs of external services say. Nothing
// that it reports holds a value of a Secret.
func (l *resourceList) checkSecrets(c cluster) builders.External {
	return builders.External{
		Database: l.checkDatabaseSecret(c, c.Spec.Database),
		Redis:    l.checkRedisSecret(c, c.Spec.Redis),
	}
}

func (l *resourceList) checkDatabaseSecret(c cluster, spec v1.DatabaseSpec) *builders.Endpoint {
	if spec.Credentials.Made() {
		return nil
	}
	if !*spec.Managed {
		return l.checkConnectionString(c, "spec.database.connectionString", spec.ConnectionString, builders.ParseDatabaseURL)
	}
	const field = "spec.database.credentials.secretRef"
	ref := c.DatabaseSecret()
	secret := l.findSecret(c, field, ref.Name, ref.Keys.Username, ref.Keys.Password, ref.Keys.URL)
	if secret != nil && spec.OnCloudNativePG() {
		l.checkOwner(c, field, secret)
	}
	endpoint := l.checkURL(c, field, secret, ref.Keys.URL, builders.ParseDatabaseURL)
	if endpoint != nil && endpoint.Database != builders.DatabaseName {
		l.results.add(sdk.Error, c.item, field, "the key %q of %s must name the database %s, which is the one that is created", ref.Keys.URL, secret.id, builders.DatabaseName)
	}
	if endpoint != nil && spec.TLS != nil && endpoint.SSLMode == "disable" {
		l.results.add(sdk.Error, c.item, field, "the key %q of %s must not say sslmode=disable, since spec.database.tls refuses that: write sslmode=verify-full", ref.Keys.URL, secret.id)
	}
	return endpoint
}

// checkOwner finds what CloudNativePG would wait for rather than report.
func (l *resourceList) checkOwner(c cluster, field string, secret *secret) {
	if owner := secret.values["username"]; owner != "" && owner != builders.DatabaseUser {
		l.results.add(sdk.Error, c.item, field, "the key \"username\" of %s must be %s, which owns the database that is created", secret.id, builders.DatabaseUser)
	}
}

// checkBackupSecret looks for the keys of the bucket.
func (l *resourceList) checkBackupSecret(c cluster) {
	destination := c.Spec.Backup.Destination
	if s3 := destination.S3; s3 != nil && s3.Credentials != nil {
		l.findSecret(c, "spec.backup.destination.s3.credentials", s3.Credentials.Name, s3.Credentials.Keys.AccessKeyID, s3.Credentials.Keys.SecretAccessKey)
	}
	if gcs := destination.GCS; gcs != nil && gcs.Credentials != nil {
		l.findSecret(c, "spec.backup.destination.gcs.credentials", gcs.Credentials.Name, gcs.Credentials.Key)
	}
}

func (l *resourceList) checkRedisSecret(c cluster, spec v1.RedisSpec) *builders.Endpoint {
	if spec.Credentials.Made() {
		return nil
	}
	if !*spec.Managed {
		return l.checkConnectionString(c, "spec.redis.connectionString", spec.ConnectionString, builders.ParseRedisURL)
	}
	if !spec.HasAuth() {
		return nil
	}
	const field = "spec.redis.credentials.secretRef"
	ref := c.RedisSecret()
	secret := l.findSecret(c, field, ref.Name, ref.Keys.Password, ref.Keys.URL)
	endpoint := l.checkURL(c, field, secret, ref.Keys.URL, builders.ParseRedisURL)
	switch {
	case endpoint == nil || endpoint.TLS == (spec.TLS != nil):
		break
	case endpoint.TLS:
		l.results.add(sdk.Error, c.item, field, "the key %q of %s must start with redis://, since there is no spec.redis.tls", ref.Keys.URL, secret.id)
	default:
		l.results.add(sdk.Error, c.item, field, "the key %q of %s must start with rediss://, since spec.redis.tls refuses anything else", ref.Keys.URL, secret.id)
	}
	return endpoint
}

// parseURL reads an endpoint from a URL; its errors never quote the URL.
type parseURL func(text string) (*builders.Endpoint, error)

func (l *resourceList) checkConnectionString(c cluster, field string, ref *v1.SecretKeyRef, parse parseURL) *builders.Endpoint {
	if ref == nil {
		return nil
	}
	return l.checkURL(c, field, l.findSecret(c, field, ref.Name, ref.Key), ref.Key, parse)
}

func (l *resourceList) checkURL(c cluster, field string, secret *secret, key string, parse parseURL) *builders.Endpoint {
	if secret == nil || secret.values[key] == "" {
		return nil
	}
	endpoint, err := parse(secret.values[key])
	if err != nil {
		l.results.add(sdk.Error, c.item, field, "the key %q of %s %s", key, secret.id, err)
	}
	return endpoint
}

// findSecret returns a Secret of the cluster's namespace, or what makes one, and
// reports the keys that it will lack. It returns nil where there is none among
// the items: it may exist where the manifests are applied.
func (l *resourceList) findSecret(c cluster, field, name string, keys ...string) *secret {
	wanted := identity{kind: "Secret", namespace: c.Namespace, name: name}
	for _, i := range l.named(wanted) {
		if c.owns(i) {
			continue // what an earlier run made goes away now
		}
		found, err := readSecret(i)
		if err != nil {
			l.results.add(sdk.Error, i, "", "%s", err)
			return nil
		}
		if len(found.values) > 0 && i.isFromFile() {
			l.results.add(sdk.Warning, i, "", "holds credentials of %s in plain text, in a file: seal them with generate-data-layer seal, or have them decrypted on the way here", c.item.id)
		}
		for _, key := range keys {
			if !found.has(key) {
				l.results.add(sdk.Error, c.item, field, "there is no value for the key %q in %s%s", key, i.id, inFile(i))
			}
		}
		return found
	}
	l.results.add(sdk.Info, c.item, field, "%s must exist where this is applied, with the keys %s", wanted, strings.Join(keys, ", "))
	return nil
}

package fn

import (
	"encoding/json"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	corev1 "k8s.io/api/core/v1"

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
	if !*spec.Managed {
		return l.checkConnectionString(c, "spec.database.connectionString", spec.ConnectionString, builders.ParseDatabaseURL)
	}
	const field = "spec.database.credentials.secretRef"
	ref := c.DatabaseSecret()
	secret := l.findSecret(c, field, ref.Name, ref.Keys.Username, ref.Keys.Password, ref.Keys.URL)
	endpoint := l.checkURL(c, field, secret, ref.Keys.URL, builders.ParseDatabaseURL)
	if endpoint != nil && endpoint.Database != builders.DatabaseName {
		l.results.add(sdk.Error, c.item, field, "the key %q of %s must name the database %s, which is the one that is created", ref.Keys.URL, secret.id, builders.DatabaseName)
	}
	return endpoint
}

func (l *resourceList) checkRedisSecret(c cluster, spec v1.RedisSpec) *builders.Endpoint {
	if *spec.Managed {
		return nil
	}
	return l.checkConnectionString(c, "spec.redis.connectionString", spec.ConnectionString, builders.ParseRedisURL)
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

// secret is a Secret among the items, with its values decoded.
type secret struct {
	id     identity
	values map[string]string
}

// findSecret returns a Secret of the cluster's namespace and reports the keys it
// lacks. It returns nil for a Secret that is not among the items: that one may
// exist where the manifests are applied.
func (l *resourceList) findSecret(c cluster, field, name string, keys ...string) *secret {
	id := identity{kind: "Secret", namespace: c.Namespace, name: name}
	for _, i := range l.items {
		if i.id == id {
			return l.readSecret(c, field, i, keys)
		}
	}
	l.results.add(sdk.Info, c.item, field, "%s must exist where this is applied, with the keys %s", id, strings.Join(keys, ", "))
	return nil
}

func (l *resourceList) readSecret(c cluster, field string, i *item, keys []string) *secret {
	values, ok := secretValues(i)
	if !ok {
		l.results.add(sdk.Error, i, "data", "must map keys to base64 text, and stringData to plain text")
		return nil
	}
	for _, key := range keys {
		if values[key] == "" {
			l.results.add(sdk.Error, c.item, field, "%s%s has no value for the key %q", i.id, inFile(i), key)
		}
	}
	return &secret{i.id, values}
}

// secretValues merges data and stringData as an API server does. A decoder's
// error might quote a value, so there is none.
func secretValues(i *item) (map[string]string, bool) {
	data, err := i.view.MarshalJSON()
	if err != nil {
		return nil, false
	}
	var object corev1.Secret
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, false
	}
	values := map[string]string{}
	for key, value := range object.Data {
		values[key] = string(value)
	}
	for key, value := range object.StringData {
		values[key] = value
	}
	return values, true
}

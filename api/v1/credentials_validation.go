package v1

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// databaseCredentials checks the credentials of PostgreSQL.
func (v *validator) databaseCredentials(c *BanhBaoRingCluster) {
	spec := c.Spec.Database
	v.credentials(credentials{
		field:      "spec.database.credentials",
		managed:    *spec.Managed,
		hasRef:     spec.Credentials.SecretRef != nil,
		sealed:     spec.Credentials.Sealed,
		external:   spec.Credentials.ExternalSecret,
		secret:     postgresCredentials(c.Name),
		connection: spec.ConnectionString,
	}, c.Namespace)
}

// redisCredentials checks the credentials of Redis.
func (v *validator) redisCredentials(c *BanhBaoRingCluster) {
	spec := c.Spec.Redis
	v.credentials(credentials{
		field:      "spec.redis.credentials",
		managed:    *spec.Managed,
		hasRef:     spec.Credentials.SecretRef != nil,
		sealed:     spec.Credentials.Sealed,
		external:   spec.Credentials.ExternalSecret,
		secret:     redisConnection(c.Name),
		connection: spec.ConnectionString,
	}, c.Namespace)
}

// credentials is what PostgreSQL's and Redis's have in common.
type credentials struct {
	field      string
	managed    bool
	hasRef     bool
	sealed     *SealedCredentials
	external   *ExternalSecretCredentials
	secret     string // the one that is made
	connection *SecretKeyRef
}

func (v *validator) credentials(c credentials, namespace string) {
	if kinds := c.kinds(); len(kinds) > 1 {
		v.errorf(c.field, "must have one of secretRef, sealed and externalSecret, got %s", strings.Join(kinds, " and "))
	}
	if !c.managed && c.hasRef {
		v.warnf(c.field+".secretRef", "is ignored while managed is false; connectionString names the Secret of an external service")
	}
	if !c.managed && (c.sealed != nil || c.external != nil) && *c.connection != (SecretKeyRef{c.secret, "url"}) {
		v.errorf(strings.TrimSuffix(c.field, "credentials")+"connectionString", "must be left out, since the URL is in the Secret that is made from the credentials")
	}
	if c.sealed != nil {
		v.sealed(c, namespace)
	}
	if c.external != nil {
		v.externalSecret(c)
	}
}

func (c credentials) kinds() []string {
	var kinds []string
	if c.hasRef {
		kinds = append(kinds, "secretRef")
	}
	if c.sealed != nil {
		kinds = append(kinds, "sealed")
	}
	if c.external != nil {
		kinds = append(kinds, "externalSecret")
	}
	return kinds
}

func (v *validator) sealed(c credentials, namespace string) {
	field := c.field + ".sealed"
	if namespace == "" && c.sealed.Scope != SealedClusterWide {
		v.errorf("metadata.namespace", "is required by %s: a value of scope %s is bound to its namespace", field, c.sealed.Scope)
	}
	want := namespace + "/" + c.secret
	if got := c.sealed.SealedFor; got != "" && !sameScope(c.sealed.Scope, got, want) {
		v.errorf(field+".sealedFor", "is %s, but the Secret is now %s, where a value of scope %s cannot be decrypted: run generate-data-layer seal --rotate", got, want, c.sealed.Scope)
	}
	password, url := field+".encryptedData.password", field+".encryptedData.url"
	if c.managed {
		v.ciphertext(password, c.sealed.EncryptedData.Password)
		v.superfluous(url, c.sealed.EncryptedData.URL != "", "the URL of a managed service is made from its password")
	} else {
		v.ciphertext(url, c.sealed.EncryptedData.URL)
		v.superfluous(password, c.sealed.EncryptedData.Password != "", "the password of an external service is part of its url")
	}
}

// sameScope tells whether a value that was sealed for one Secret can be
// decrypted as another.
func sameScope(scope SealedScope, a, b string) bool {
	switch scope {
	case SealedStrict:
		return a == b
	case SealedNamespaceWide:
		a, _, _ = strings.Cut(a, "/")
		b, _, _ = strings.Cut(b, "/")
		return a == b
	default:
		return true
	}
}

// ciphertext checks that a value can have come from seal. The value itself is
// never repeated: what is no ciphertext may well be a password.
func (v *validator) ciphertext(field, value string) {
	switch {
	case value == "":
		v.errorf(field, "is required: run generate-data-layer seal")
	case !isSealed(value):
		v.errorf(field, "is not a sealed value; if it is plain text, change that password, then run generate-data-layer seal")
	}
}

// isSealed recognises what Sealed Secrets' hybrid encryption makes: the length
// of an RSA block in two bytes, that block, then the text and 16 bytes of tag.
func isSealed(value string) bool {
	data, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(data) < 2 {
		return false
	}
	const leastRSA, tag = 1024 / 8, 16
	rsa := int(binary.BigEndian.Uint16(data))
	return rsa >= leastRSA && len(data) > 2+rsa+tag
}

func (v *validator) externalSecret(c credentials) {
	field := c.field + ".externalSecret"
	switch e := c.external; {
	case e.RemoteRef == nil && e.Generate == nil:
		v.errorf(field, "must have remoteRef, to fetch the value from a store, or generate")
	case e.RemoteRef != nil && e.Generate != nil:
		v.errorf(field, "must have one of remoteRef and generate, got both")
	case e.RemoteRef != nil && e.SecretStoreRef == nil:
		v.errorf(field+".secretStoreRef", "is required by remoteRef: name the store to fetch from")
	case e.Generate != nil && !c.managed:
		v.errorf(field+".generate", "cannot make the URL of an external service: use remoteRef")
	case e.Generate != nil:
		v.superfluous(field+".secretStoreRef", e.SecretStoreRef != nil, "generate needs no store")
	}
}

func (v *validator) superfluous(field string, present bool, why string) {
	if present {
		v.errorf(field, "must be left out: %s", why)
	}
}

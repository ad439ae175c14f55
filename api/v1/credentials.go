package v1

// The names of the Secrets that the control plane reads.
func postgresCredentials(cluster string) string { return cluster + "-postgres-credentials" }
func redisConnection(cluster string) string     { return cluster + "-redis-connection" }

// DatabaseSecret is the Secret that a managed PostgreSQL takes its role and
// password from: the one that exists, or the one that is made from the
// credentials under the conventional name.
func (c *BanhBaoRingCluster) DatabaseSecret() DatabaseSecretRef {
	if ref := c.Spec.Database.Credentials.SecretRef; ref != nil {
		return *ref
	}
	ref := DatabaseSecretRef{}
	ref.setDefaults(c.Name)
	return ref
}

// RedisSecret is the Secret that clients of a managed Redis connect with and,
// with HasAuth, the server takes its password from.
func (c *BanhBaoRingCluster) RedisSecret() RedisSecretRef {
	if ref := c.Spec.Redis.Credentials.SecretRef; ref != nil {
		return *ref
	}
	ref := RedisSecretRef{}
	ref.setDefaults(c.Name)
	return ref
}

// HasAuth tells whether Redis asks for a password.
func (r *RedisSpec) HasAuth() bool {
	return r.Credentials.SecretRef != nil || r.Credentials.Made()
}

// Made tells whether the Secret is made from the credentials, rather than there.
func (d *DatabaseCredentials) Made() bool { return d.Sealed != nil || d.ExternalSecret != nil }

// Made tells whether the Secret is made from the credentials, rather than there.
func (r *RedisCredentials) Made() bool { return r.Sealed != nil || r.ExternalSecret != nil }

func (d *DatabaseCredentials) setDefaults(cluster string) {
	if d.SecretRef != nil {
		d.SecretRef.setDefaults(cluster)
	}
	setMadeDefaults(d.Sealed, d.ExternalSecret)
}

func (r *RedisCredentials) setDefaults(cluster string) {
	if r.SecretRef != nil {
		r.SecretRef.setDefaults(cluster)
	}
	setMadeDefaults(r.Sealed, r.ExternalSecret)
}

func (s *DatabaseSecretRef) setDefaults(cluster string) {
	fill(&s.Name, postgresCredentials(cluster))
	fill(&s.Keys.Username, "username")
	fill(&s.Keys.Password, "password")
	fill(&s.Keys.Database, "database")
	fill(&s.Keys.URL, "url")
}

func (s *RedisSecretRef) setDefaults(cluster string) {
	fill(&s.Name, redisConnection(cluster))
	fill(&s.Keys.Password, "password")
	fill(&s.Keys.URL, "url")
}

func setMadeDefaults(sealed *SealedCredentials, external *ExternalSecretCredentials) {
	if sealed != nil {
		fill(&sealed.Scope, SealedStrict)
	}
	if external != nil {
		external.setDefaults()
	}
}

func (e *ExternalSecretCredentials) setDefaults() {
	fill(&e.RefreshInterval, "1h0m0s")
	if e.SecretStoreRef != nil {
		fill(&e.SecretStoreRef.Kind, "SecretStore")
	}
	if e.Generate != nil {
		fillPointer(&e.Generate.Length, 32)
	}
}

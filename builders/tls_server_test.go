package builders

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// authority is a certificate authority made for a test.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{key, certificate}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue fills a directory as cert-manager and the kubelet do: with the modes of
// the volume, or as strict as PostgreSQL wants it where nobody is root.
func (a authority) issue(t *testing.T, directory string, group int, spec certificateSpec) {
	t.Helper()
	var usages []x509.ExtKeyUsage
	for _, usage := range spec.Usages {
		usages = append(usages, map[string][]x509.ExtKeyUsage{
			"server auth": {x509.ExtKeyUsageServerAuth}, "client auth": {x509.ExtKeyUsageClientAuth},
		}[usage]...)
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: spec.DNSNames, NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usages,
	}, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		tlsAuthority:   {Type: "CERTIFICATE", Bytes: a.certificate.Raw},
		tlsCertificate: {Type: "CERTIFICATE", Bytes: der},
		tlsKey:         {Type: "EC PRIVATE KEY", Bytes: private},
	} {
		writeSecretFile(t, filepath.Join(directory, name), pem.EncodeToMemory(block), group)
	}
}

func writeSecretFile(t *testing.T, file string, content []byte, group int) {
	t.Helper()
	mode := os.FileMode(0o600)
	if os.Getuid() == 0 {
		mode = os.FileMode(*tlsVolume("").Secret.DefaultMode)
	}
	if err := os.WriteFile(file+".new", content, mode); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(file+".new", 0, group); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// certificateDir is a directory with the certificate of a Redis Cluster.
func certificateDir(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	newAuthority(t).issue(t, directory, os.Getgid(), redisCertificateSpec(t))
	return directory
}

// withIssuer is a cluster that has certificates made.
func withIssuer() *v1.BanhBaoRingCluster {
	c := minimalCluster()
	c.Namespace = "prod"
	c.Spec.Database.TLS = &v1.TLSSpec{Issuer: &v1.IssuerRef{Name: "private"}}
	c.Spec.Redis.TLS = &v1.TLSSpec{Issuer: &v1.IssuerRef{Name: "private"}}
	return c.Default()
}

func postgresCertificateSpec(t *testing.T) certificateSpec {
	t.Helper()
	return postgresCertificate(withIssuer())[0].(*certificate).Spec
}

func redisCertificateSpec(t *testing.T) certificateSpec {
	t.Helper()
	return redisCertificate(withIssuer())[0].(*certificate).Spec
}

// tlsVolume is an empty directory where the server looks for its certificate, and
// the group that the files belong to.
func (s *postgresServer) tlsVolume(t *testing.T) (directory string, group int) {
	t.Helper()
	directory = filepath.Join(s.dir, "tls")
	if err := os.Mkdir(directory, 0o755); err != nil {
		t.Fatal(err)
	}
	if s.user != nil {
		return directory, int(s.user.Gid)
	}
	return directory, os.Getgid()
}

// TestPostgresTLS connects by each name of the Certificate, as clients do that
// have its authority, as those do that have not, and without TLS.
func TestPostgresTLS(t *testing.T) {
	t.Parallel()
	c, spec := withIssuer(), postgresCertificateSpec(t)
	server := newPostgres(t)
	directory, group := server.tlsVolume(t)
	newAuthority(t).issue(t, directory, group, spec)
	server.startContainer(t, c, append(server.environment(t, "secret"), "TLS_DIR="+directory))
	server.awaitReady(t)

	ask := func(host, settings string) (string, int) {
		client := server.command("psql", "--no-psqlrc", "--no-password", "--command=select 1",
			"host="+host+" hostaddr=127.0.0.1 port="+server.port+" dbname=postgres user=banhbaoring password=secret "+settings)
		client.Env = []string{"HOME=" + server.dir} // where there is no certificate of a client
		return finish(t, client)
	}
	// The password is set by now where this works; what fails later fails for another reason.
	trusted := "sslmode=verify-full sslrootcert=" + filepath.Join(directory, tlsAuthority)
	eventually(t, "a client logs in", func() bool { _, code := ask("localhost", trusted); return code == 0 })
	for _, name := range spec.DNSNames {
		if output, code := ask(name, trusted); code != 0 {
			t.Errorf("%s: exit code %d\n%s", name, code, output)
		}
	}
	stranger := filepath.Join(publicDir(t), tlsAuthority)
	writeSecretFile(t, stranger, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: newAuthority(t).certificate.Raw}), group)
	for what, refused := range map[string]struct{ host, settings, why string }{
		"without TLS":                        {spec.DNSNames[0], "sslmode=disable", `no pg_hba.conf entry for host "127.0.0.1", user "banhbaoring", database "postgres", no encryption`},
		"with another authority":             {spec.DNSNames[0], "sslmode=verify-full sslrootcert=" + stranger, "certificate verify failed"},
		"without any authority":              {spec.DNSNames[0], "sslmode=verify-full sslrootcert=/nonexistent", "does not exist"},
		"by a name of another Service":       {"c-redis.prod.svc", trusted, "does not match host name"},
		"by the name from another namespace": {"c-postgres.test.svc", trusted, "does not match host name"},
	} {
		if output, code := ask(refused.host, refused.settings); code == 0 || !strings.Contains(output, refused.why) {
			t.Errorf("%s: exit code %d, want a failure that says %q\n%s", what, code, refused.why, output)
		}
	}

	// Renewed, by a new authority: taken without a restart.
	newAuthority(t).issue(t, directory, group, spec)
	eventually(t, "a client of the new authority logs in", func() bool { _, code := ask("localhost", trusted); return code == 0 })
}

// TestPostgresTLSURL logs in with the url that clients get, and the authority
// from where the migration has it.
func TestPostgresTLSURL(t *testing.T) {
	t.Parallel()
	c := minimalCluster()
	c.Spec.Database.TLS = &v1.TLSSpec{SecretName: "certificate"}
	server := newPostgres(t)
	directory, group := server.tlsVolume(t)
	newAuthority(t).issue(t, directory, group, postgresCertificateSpec(t))
	server.startContainer(t, c, append(server.environment(t, "secret"), "TLS_DIR="+directory))
	template := databaseSecret(c).data["url"]
	address, err := url.Parse(strings.ReplaceAll(template, passwordTemplate, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := address.Query().Get("sslmode"); mode != "verify-full" {
		t.Errorf("sslmode is %q", mode)
	}
	query := address.Query()
	query.Set("hostaddr", "127.0.0.1")
	address.Host, address.Path, address.RawQuery = "c-postgres:"+server.port, "/postgres", query.Encode()
	eventually(t, "a client logs in with "+address.Redacted(), func() bool {
		client := server.command("psql", address.String(), "--no-psqlrc", "--no-password", "--command=select 1")
		client.Env = []string{databaseAuthority(c).env[0].Name + "=" + filepath.Join(directory, tlsAuthority)}
		_, code := finish(t, client)
		return code == 0
	})
}

// TestRedisTLS does the same to Redis.
func TestRedisTLS(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]bool{"open": false, "password": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testRedisTLS(t, auth)
		})
	}
}

func testRedisTLS(t *testing.T, auth bool) {
	c := minimalCluster()
	c.Spec.Redis.TLS = &v1.TLSSpec{SecretName: "certificate"}
	directory, port := t.TempDir(), freePort(t)
	environment := []string{"REDIS_TLS_DIR=" + directory}
	if auth {
		c.Spec.Redis.Credentials.SecretRef = &v1.RedisSecretRef{}
		mountPassword(t, directory, "secret")
		environment = append(environment, "REDIS_PASSWORD_FILE="+filepath.Join(directory, "password"))
	}
	newAuthority(t).issue(t, directory, os.Getgid(), redisCertificateSpec(t))
	container := redisContainer(c.Default().Spec.Redis, redisAccess(c, CertificateKeys()...))
	command := append(append([]string{"env"}, environment...), onVolume(container.Command, directory)...)
	for _, word := range container.Args {
		command = append(command, strings.ReplaceAll(word, redisTLSDir, directory))
	}
	server := newRedis(t, command)
	writeProgram(t, server.bin, "sleep", "exec /bin/sleep 0.1")
	writeProgram(t, server.bin, "redis-cli", `shift 4; exec `+need(t, "redis-cli")+` -h 127.0.0.1 -p `+port+` "$@"`)
	server.start(t, "--tls-port "+port)

	probe := func(probe []string) int {
		_, code := finish(t, containerCommand(probe, append(environment, path(server.bin))...))
		return code
	}
	ask := func(options ...string) string {
		client := exec.Command(need(t, "redis-cli"), append([]string{"-h", "127.0.0.1", "-p", port}, append(options, "ping")...)...)
		if auth {
			client.Env = append(os.Environ(), "REDISCLI_AUTH=secret")
		}
		output, _ := finish(t, client)
		return strings.TrimSpace(output)
	}
	eventually(t, "Redis is ready", func() bool { return probe(container.ReadinessProbe.Exec.Command) == 0 })
	if code := probe(container.LivenessProbe.Exec.Command); code != 0 {
		t.Errorf("liveness: exit code %d", code)
	}
	trusted := []string{"--tls", "--cacert", filepath.Join(directory, tlsAuthority)}
	if got := ask(trusted...); got != "PONG" {
		t.Errorf("a client with the authority gets %q", got)
	}
	if got := ask(); got == "PONG" || strings.Contains(got, "refused") {
		t.Errorf("a client without TLS gets %q", got)
	}
	if got := ask("--tls"); !strings.Contains(got, "certificate verify failed") {
		t.Errorf("a client without the authority gets %q", got)
	}
	former := read(t, filepath.Join(directory, tlsAuthority))
	newAuthority(t).issue(t, directory, os.Getgid(), redisCertificateSpec(t))
	eventually(t, "a client of the new authority gets an answer", func() bool { return ask(trusted...) == "PONG" })
	writeSecretFile(t, filepath.Join(directory, "former.crt"), []byte(former), os.Getgid())
	if got := ask("--tls", "--cacert", filepath.Join(directory, "former.crt")); !strings.Contains(got, "certificate verify failed") {
		t.Errorf("after the renewal, a client with the former authority gets %q", got)
	}
	server.stop(syscall.SIGTERM)
}

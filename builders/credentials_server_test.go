package builders

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	sealedsecrets "github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami/sealed-secrets/pkg/crypto"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// awkward are passwords with what URLs, shells, SQL and configuration files
// give a meaning to.
func awkward() []string {
	return []string{
		"plain", "@:/?#%", "with spaces and +plus", `quotes " and ' and \`,
		"$HOME `id` $(id) {{ .password }}", "ünï-çødé 鍵", "-begins-with-a-dash",
	}
}

// TestPostgresPassword logs in as clients do, over TCP with the url of the
// unsealed Secret, after each change of that Secret.
func TestPostgresPassword(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	passwords := append([]string{"first"}, awkward()...)
	environment := server.environment(t, passwords[0])
	server.startContainer(t, minimalCluster(), environment)
	for i, password := range passwords {
		mountPassword(t, server.dir, password)
		url := unsealed(t, password)["url"]
		eventually(t, "a client logs in with "+password, func() bool { return logsIn(t, server, url) })
		if i > 0 && logsIn(t, server, unsealed(t, passwords[i-1])["url"]) {
			t.Errorf("%q still works after %q was set", passwords[i-1], password)
		}
	}
	// Killed, and changed while it is down: the new pod's memory is empty.
	server.stop(syscall.SIGKILL)
	mountPassword(t, server.dir, "while it was down")
	if err := os.Remove(filepath.Join(server.dir, "applied")); err != nil {
		t.Fatal(err)
	}
	server.startContainer(t, minimalCluster(), environment)
	ready := postgresContainer(minimalCluster()).ReadinessProbe.Exec.Command
	eventually(t, "PostgreSQL is ready", func() bool {
		_, code := finish(t, containerCommand(ready, append(environment, "POSTGRES_DB=postgres")...))
		return code == 0
	})
	if !logsIn(t, server, unsealed(t, "while it was down")["url"]) {
		t.Error("ready, but the password of the Secret does not work")
	}
	log := read(t, filepath.Join(server.dir, "log"))
	if strings.Contains(log, "first") || strings.Contains(log, "while it was down") {
		t.Errorf("the log has a password:\n%s", log)
	}
	if !strings.Contains(log, "password authentication failed") {
		t.Errorf("the log does not tell of logins with an old password:\n%s", log)
	}
}

// mountPassword replaces the file as the kubelet does, at once.
func mountPassword(t *testing.T, directory, password string) {
	t.Helper()
	file := filepath.Join(directory, "password")
	if err := os.WriteFile(file+".new", []byte(password), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// logsIn asks libpq, the C library that most clients have in them.
func logsIn(t *testing.T, server *postgresServer, url string) bool {
	t.Helper()
	url = strings.ReplaceAll(url, "@c-postgres:5432/banhbaoring", "@127.0.0.1:"+server.port+"/postgres")
	_, code := finish(t, server.command("psql", url, "--no-psqlrc", "--no-password", "--command=select 1"))
	return code == 0
}

// unsealed is the Secret that Sealed Secrets' own library makes of a password.
func unsealed(t *testing.T, password string) map[string]string {
	t.Helper()
	c, key := minimalCluster(), sealingKey(t)
	ciphertext, err := crypto.HybridEncrypt(rand.Reader, &key.PublicKey, []byte(password), []byte(c.Namespace+"/"+c.DatabaseSecret().Name))
	if err != nil {
		t.Fatal(err)
	}
	c.Spec.Database.Credentials.Sealed = &v1.SealedCredentials{
		EncryptedData: v1.SealedData{Password: base64.StdEncoding.EncodeToString(ciphertext)},
		Scope:         v1.SealedStrict,
	}
	data, err := json.Marshal(credentials(c)[0])
	if err != nil {
		t.Fatal(err)
	}
	var sealed sealedsecrets.SealedSecret
	if err := json.Unmarshal(data, &sealed); err != nil {
		t.Fatal(err)
	}
	secret, err := sealed.Unseal(serializer.NewCodecFactory(runtime.NewScheme()), map[string]*rsa.PrivateKey{"": key})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values
}

func sealingKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// passwordRedis is a Redis whose Secret the test changes under it.
type passwordRedis struct {
	*redisServer
	container corev1.Container
	mount     string // the directory of the Secret
}

// startWithPassword starts the Redis of a cluster, with the password "first".
func startWithPassword(t *testing.T, c *v1.BanhBaoRingCluster) *passwordRedis {
	t.Helper()
	c.Spec.Redis.Credentials.SecretRef = &v1.RedisSecretRef{}
	s := &passwordRedis{container: redisContainer(c.Default().Spec.Redis, redisAccess(c, CertificateKeys()...)), mount: publicDir(t)}
	mountPassword(t, s.mount, "first")
	s.redisServer = newRedis(t, s.withFile(append(onVolume(s.container.Command, s.mount), s.container.Args...)))
	writeProgram(t, s.bin, "sleep", "exec /bin/sleep 0.1")
	s.start(t)
	s.await(t, "NOAUTH")
	return s
}

// withFile tells a command of the container where the password is.
func (s *passwordRedis) withFile(command []string) []string {
	return append([]string{"env", "REDIS_PASSWORD_FILE=" + filepath.Join(s.mount, "password")}, command...)
}

// probe runs the command of a probe.
func (s *passwordRedis) probe(t *testing.T, probe *corev1.Probe) (output string, code int) {
	t.Helper()
	return finish(t, containerCommand(s.withFile(probe.Exec.Command), path(s.bin)))
}

// change has the server take another password.
func (s *passwordRedis) change(t *testing.T, password string) {
	t.Helper()
	mountPassword(t, s.mount, password)
	eventually(t, "Redis is ready with "+password, func() bool {
		_, code := s.probe(t, s.container.ReadinessProbe)
		return code == 0
	})
}

// TestRedisPassword changes the Secret under a server that runs.
func TestRedisPassword(t *testing.T) {
	t.Parallel()
	server := startWithPassword(t, minimalCluster())
	for _, password := range append([]string{"first"}, awkward()...) {
		server.change(t, password)
		if output, code := server.probe(t, server.container.LivenessProbe); code != 0 {
			t.Errorf("liveness with %s: exit code %d\n%s", password, code, output)
		}
		if got := server.cli(t, "auth wrong", "get session"); !strings.Contains(got, "WRONGPASS") || !strings.Contains(got, "NOAUTH") {
			t.Errorf("without the password: %s", got)
		}
	}
}

package e2e

import (
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"
)

// TestSealedCredentials: what seal writes is unsealed by the controller and logs clients
// in; after a rotation, with the pods killed halfway too, old passwords are refused, new
// ones accepted, and the data is there.
func TestSealedCredentials(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	directory := t.TempDir()
	file, certificate := filepath.Join(directory, "cluster.yaml"), filepath.Join(directory, "cert.pem")
	// Where kubeseal --fetch-cert has it from.
	write(t, c.kubectl("get", "--raw", "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:/proxy/v1/cert.pem"), certificate)
	write(t, c.edit(), file)
	c.command("", "generate-data-layer", "seal", "--cert", certificate, "--in-place", file)
	c.start(c.command("", "generate-data-layer", "render", file))
	c.startClient()
	c.manifest("redis-client.yaml", "${IMAGE}", image(c.get("pod", "demo-redis-0")), "${CLUSTER}", c.name)
	c.kubectl("wait", "--for=condition=Ready", "pod", "redis-client", "--timeout="+patience.String())
	c.query("CREATE TABLE kept AS SELECT 42 AS n")
	c.redis(c.secret("demo-redis-connection", "url"), "SET kept 42")

	pods := []string{"demo-postgres-0", "demo-redis-0"}
	for name, during := range map[string]func(){
		"undisturbed": func() {},
		"killed":      func() { c.kubectl(append([]string{"delete", "pod", "--force", "--grace-period=0"}, pods...)...) },
	} {
		oldPostgres, oldRedis := c.secret("demo-postgres-credentials", "url"), c.secret("demo-redis-connection", "url")
		c.command("", "generate-data-layer", "seal", "--cert", certificate, "--in-place", "--rotate", file)
		rotated := c.command("", "generate-data-layer", "render", file)
		c.apply(rotated)
		c.eventually(name+": the Secrets have other passwords", func() bool {
			return c.secret("demo-postgres-credentials", "url") != oldPostgres && c.secret("demo-redis-connection", "url") != oldRedis
		})
		during()
		c.waitReady(rotated)
		c.eventually(name+": PostgreSQL has its data for the new password", func() bool {
			got, _ := c.tryPostgres(c.secret("demo-postgres-credentials", "url"))
			return got == "42\n"
		})
		c.eventually(name+": Redis has its data for the new password", func() bool {
			return c.redis(c.secret("demo-redis-connection", "url"), "GET kept") == "42\n"
		})
		if got, err := c.tryPostgres(oldPostgres); err == nil || !strings.Contains(got, "password authentication failed") {
			t.Errorf("%s: PostgreSQL answers the old password with %q", name, got)
		}
		if got := c.redis(oldRedis, "GET kept"); !strings.Contains(got, "NOAUTH") {
			t.Errorf("%s: Redis answers the old password with %q", name, got)
		}
	}
}

// secret returns a value of a Secret.
func (n *namespace) secret(name, key string) string {
	n.t.Helper()
	value, err := base64.StdEncoding.DecodeString(n.kubectl("get", "secret", name, "--output=jsonpath={.data."+key+"}"))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(value)
}

// tryPostgres reads the table kept by a URL.
func (n *namespace) tryPostgres(url string) (string, error) {
	return n.try(url, "kubectl", "--namespace", n.name, "exec", "--stdin", "client", "--",
		"sh", "-c", `psql -XqAt "$(cat)" -c "SELECT n FROM kept"`)
}

// redis sends a command by a URL and returns the answer, or the refusal.
func (n *namespace) redis(url, command string) string {
	n.t.Helper()
	output, _ := n.try(url, "kubectl", "--namespace", n.name, "exec", "--stdin", "redis-client", "--",
		"sh", "-c", `redis-cli --no-auth-warning -u "$(cat)" `+command)
	return output
}

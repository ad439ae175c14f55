package e2e

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const withCertificates = `
spec:
  database: {tls: {issuer: private-ca}}
  redis: {tls: {issuer: private-ca}}
`

// TestCertificatesRenew: with an issuer of cert-manager clients verify the servers, and
// nobody connects without TLS; a renewed certificate is taken without a restart.
func TestCertificatesRenew(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.manifest("issuer.yaml")
	c.createCredentials("verify-full")
	c.start(c.render(withCertificates))
	c.startClient()

	if got := c.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"); got != "t\n" {
		t.Errorf("the client's connection has TLS: %q", got)
	}
	c.refuses("no encryption", "client", "sh", "-c", `psql "${DATABASE_URL%%\?*}?sslmode=disable" -c "SELECT 1"`)
	redis := []string{"redis-cli", "-h", "demo-redis", "ping"}
	authority := []string{"--tls", "--cacert", "/run/secrets/redis-tls/ca.crt"}
	if got := c.exec("demo-redis-0", "", append(redis[:3:3], append(authority, "ping")...)...); got != "PONG\n" {
		t.Errorf("Redis answers %q", got)
	}
	c.refuses("", "demo-redis-0", redis...)

	servers := []server{{c.namespace, "demo-postgres-0", "5432"}, {c.namespace, "demo-redis-0", "6379"}}
	type state struct{ container, certificate string }
	before := map[string]state{}
	for _, s := range servers {
		before[s.pod] = state{containerID(c.get("pod", s.pod)), s.certificate()}
	}
	// cert-manager issues anew for a Secret that is missing.
	c.kubectl("delete", "secret", "demo-postgres-tls", "demo-redis-tls")
	for _, s := range servers {
		c.eventually(s.pod+" has another certificate", func() bool { return s.certificate() != before[s.pod].certificate })
		if got := containerID(c.get("pod", s.pod)); got != before[s.pod].container {
			t.Errorf("%s restarted", s.pod)
		}
	}
	c.query("SELECT 1")
}

// refuses expects a command in a pod to fail with a message.
func (n *namespace) refuses(message, pod string, command ...string) {
	n.t.Helper()
	output, err := n.try("", "kubectl", append([]string{"--namespace", n.name, "exec", pod, "--"}, command...)...)
	if err == nil || !strings.Contains(output, message) {
		n.t.Errorf("%s did not refuse: %v\n%s", strings.Join(command, " "), err, output)
	}
}

// server is a port of a pod where a server speaks TLS.
type server struct {
	*namespace
	pod, port string
}

// certificate returns the serial number of the one that the server shows.
func (s server) certificate() string {
	s.t.Helper()
	forward := exec.Command("kubectl", "--namespace", s.name, "port-forward", "pod/"+s.pod, ":"+s.port)
	output, err := forward.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := forward.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		_ = forward.Process.Kill()
		_ = forward.Wait()
	}()
	line, err := bufio.NewReader(output).ReadString('\n') // Forwarding from 127.0.0.1:40000 -> 5432
	fields := strings.Fields(line)
	if err != nil || len(fields) < 3 {
		s.t.Fatalf("kubectl port-forward said %q: %v", line, err)
	}
	connection, err := net.DialTimeout("tcp", fields[2], 10*time.Second)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if s.port == "5432" {
		s.startTLS(connection)
	}
	// Whether it can be verified, the clients in the cluster tell.
	client := tls.Client(connection, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err := client.Handshake(); err != nil {
		s.t.Fatal(err)
	}
	return client.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

// startTLS is how a client of PostgreSQL asks for it, and its answer.
func (s server) startTLS(connection net.Conn) {
	s.t.Helper()
	request := []byte{0, 0, 0, 8, 4, 210, 22, 47}
	if _, err := connection.Write(request); err != nil {
		s.t.Fatal(err)
	}
	answer := make([]byte, 1)
	if _, err := io.ReadFull(connection, answer); err != nil || answer[0] != 'S' {
		s.t.Fatalf("PostgreSQL answers %q: %v", answer, err)
	}
}

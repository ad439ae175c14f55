package builders

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// monitored is a cluster with exporters.
func monitored(c *v1.BanhBaoRingCluster) *v1.BanhBaoRingCluster {
	c.Spec.Monitoring.Enabled = true
	return c.Default()
}

// exporter is an exporter that runs a container's command.
type exporter struct {
	dir, port string
}

// startExporter runs a container of an exporter, whose program has one of the
// names: upstream's or Debian's. What it finds in its environment is moved here.
func startExporter(t *testing.T, container corev1.Container, here *strings.Replacer, as *syscall.Credential, names ...string) *exporter {
	t.Helper()
	e := &exporter{dir: publicDir(t), port: freePort(t)}
	if as != nil {
		if err := os.Chown(e.dir, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	linkBusyboxShell(t, e.dir)
	writeProgram(t, e.dir, "sleep", "exec /bin/sleep 0.1")
	writeProgram(t, e.dir, "exporter", `echo $$ >"${0%/*}/pid"; exec `+exporterProgram(t, names)+` --web.listen-address=127.0.0.1:`+e.port+` "$@"`)
	command := slices.Clone(container.Command)
	command[len(command)-1] = filepath.Join(e.dir, "exporter")
	environment := []string{path(e.dir)}
	for _, variable := range container.Env {
		environment = append(environment, variable.Name+"="+here.Replace(variable.Value))
	}
	run := containerCommand(command, environment...)
	run.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	launch(t, run, filepath.Join(e.dir, "log"), syscall.SIGTERM)
	return e
}

func exporterProgram(t *testing.T, names []string) string {
	t.Helper()
	for _, name := range names {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	missing(t, strings.Join(names, " or "))
	return ""
}

// scrape returns the metrics, or nothing from an exporter that does not answer.
func (e *exporter) scrape() string {
	response, err := http.Get("http://127.0.0.1:" + e.port + "/metrics")
	if err != nil {
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

// await waits for a line among the metrics.
func (e *exporter) await(t *testing.T, line string) {
	t.Helper()
	eventually(t, "the exporter says "+line, func() bool { return strings.Contains(e.scrape(), "\n"+line+"\n") })
}

// kill ends the exporter, and leaves what started it.
func (e *exporter) kill(t *testing.T) {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(read(t, filepath.Join(e.dir, "pid"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// checkAlertMetrics looks for the metrics with the prefix that a cluster's alerts
// are about, at one of the exporters.
func checkAlertMetrics(t *testing.T, c *v1.BanhBaoRingCluster, prefix string, exporters ...*exporter) {
	t.Helper()
	var scraped strings.Builder
	for _, e := range exporters {
		scraped.WriteString(e.scrape())
	}
	found := 0
	for _, rule := range alerts(c)[0].(*monitoringv1.PrometheusRule).Spec.Groups[0].Rules {
		for _, metric := range regexp.MustCompile(`\b`+prefix+`\w+`).FindAllString(rule.Expr.StrVal, -1) {
			found++
			if !regexp.MustCompile(`(?m)^` + metric + `[{ ]`).MatchString(scraped.String()) {
				t.Errorf("%s: there is no metric %s", rule.Alert, metric)
			}
		}
	}
	if found == 0 {
		t.Errorf("no alert is about a metric %s…", prefix)
	}
}

// exporterUser is whom the exporter runs as, and the server's name for it. Where
// nobody else is here to be, it is the server's own user.
func (s *postgresServer) exporterUser(t *testing.T) (*syscall.Credential, string) {
	t.Helper()
	if s.user != nil {
		return &syscall.Credential{Uid: exporterUID, Gid: s.user.Gid}, "nobody"
	}
	current, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return nil, current.Username
}

// startMonitored starts the container of a cluster that is monitored.
func (s *postgresServer) startMonitored(t *testing.T, environment []string) *v1.BanhBaoRingCluster {
	t.Helper()
	c := monitored(minimalCluster())
	_, name := s.exporterUser(t)
	here := strings.NewReplacer(postgresConfigDir, filepath.Join(s.dir, "config"), "nobody", name)
	for _, variable := range postgresMonitoringEnv(c) {
		environment = append(environment, variable.Name+"="+here.Replace(variable.Value))
	}
	s.startContainer(t, c, environment)
	s.awaitReady(t)
	return c
}

// asMonitoring is psql as the exporter connects, over the socket.
func (s *postgresServer) asMonitoring(t *testing.T, args ...string) (output string, code int) {
	t.Helper()
	command := s.command("psql", append([]string{
		"--host=" + s.dir, "--port=" + s.port, "--username=banhbaoring_monitoring", "--dbname=postgres",
		"--no-password", "--no-psqlrc", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1",
	}, args...)...)
	command.SysProcAttr.Credential, _ = s.exporterUser(t)
	return finish(t, command)
}

// TestMonitoringRole turns monitoring on for a database that is there already, and
// tries what the role may do and what it must not.
func TestMonitoringRole(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	environment := server.environment(t, "secret")
	server.startContainer(t, minimalCluster(), environment)
	server.awaitReady(t)
	runInitScripts(t, server, "postgres", v1.InitSchemaFull)
	if output, code := server.asMonitoring(t, "--command=SELECT 1"); code == 0 {
		t.Errorf("without monitoring, the role logs in: %s", output)
	}
	server.stop(syscall.SIGQUIT)
	server.startMonitored(t, environment)
	eventually(t, "the role logs in", func() bool {
		_, code := server.asMonitoring(t, "--command=SELECT 1")
		return code == 0
	})
	for query, want := range map[string]string{
		"SELECT count(*) > 0 FROM pg_stat_database WHERE datname = 'postgres'":                                    "t\n",
		"SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>'":                          "0\n",
		"SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user":              "f\n",
		"SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user":                                          "5\n",
		"SELECT string_agg(roleid::regrole::text, ' ') FROM pg_auth_members WHERE member = current_user::regrole": "pg_monitor\n",
	} {
		if output, code := server.asMonitoring(t, "--command="+query); code != 0 || output != want {
			t.Errorf("%s: exit code %d, %q, want %q", query, code, output, want)
		}
	}
	for _, query := range []string{
		"SELECT * FROM organizations",
		"INSERT INTO organizations (name, slug) VALUES ('a', 'a')",
		"CREATE TABLE mine ()",
		"SET ROLE banhbaoring",
		"ALTER ROLE banhbaoring_monitoring SUPERUSER",
		"COPY (SELECT 1) TO PROGRAM 'true'",
		"SELECT pg_read_file('postgresql.conf')",
		"SELECT rolpassword FROM pg_authid WHERE rolname = current_user",
	} {
		// 42501 is insufficient_privilege.
		if output, code := server.asMonitoring(t, "--set=VERBOSITY=sqlstate", "--command="+query); code == 0 || output != "ERROR:  42501\n" {
			t.Errorf("%s: exit code %d, %q", query, code, output)
		}
	}
	if output, code := server.asMonitoring(t, "--host=127.0.0.1", "--command=SELECT 1"); code == 0 || !strings.Contains(output, "password") {
		t.Errorf("over TCP: exit code %d\n%s", code, output)
	}
	if output, code := server.asMonitoring(t, "--username=banhbaoring", "--command=SELECT 1"); server.user != nil && (code == 0 || !strings.Contains(output, "Peer authentication failed")) {
		t.Errorf("the exporter's user as the superuser: exit code %d\n%s", code, output)
	}
}

// TestMonitoringRoleIsKept takes back, with the next start, what someone gave to it.
func TestMonitoringRoleIsKept(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	environment := server.environment(t, "secret")
	server.startMonitored(t, environment)
	const attributes = "SELECT rolsuper, rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname = 'banhbaoring_monitoring'"
	made := func() bool { return server.psql(t, "postgres", attributes) == "f|t|5\n" }
	eventually(t, "the role is there", made)
	server.psql(t, "postgres", "ALTER ROLE banhbaoring_monitoring SUPERUSER NOLOGIN CONNECTION LIMIT -1")
	server.stop(syscall.SIGQUIT)
	server.startMonitored(t, environment)
	eventually(t, "the role is as it was", made)
	if log := read(t, filepath.Join(server.dir, "log")); strings.Contains(log, "cannot be made") {
		t.Errorf("the log:\n%s", log)
	}
}

func TestPostgresExporter(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	environment := server.environment(t, "secret")
	c := server.startMonitored(t, environment)
	as, _ := server.exporterUser(t)
	here := strings.NewReplacer("host="+postgresSocketDir, "host="+server.dir+" port="+server.port, "dbname="+DatabaseName, "dbname=postgres")
	e := startExporter(t, postgresExporter(c)[0], here, as, "postgres_exporter", "prometheus-postgres-exporter")
	e.await(t, "pg_up 1")
	e.await(t, "pg_exporter_last_scrape_error 0")
	checkAlertMetrics(t, c, "pg_", e)
	server.stop(syscall.SIGQUIT)
	e.await(t, "pg_up 0")
	server.startMonitored(t, environment)
	e.await(t, "pg_up 1")
	e.kill(t)
	e.await(t, "pg_up 1")
}

func TestRedisExporter(t *testing.T) {
	t.Parallel()
	c := monitored(minimalCluster())
	server := startRedis(t, redisArgs(c.Spec.Redis))
	e := startRedisExporter(t, server, redisExporter(c)[0])
	e.await(t, "redis_up 1")
	server.stop(syscall.SIGKILL)
	e.await(t, "redis_up 0")
	server.start(t)
	e.await(t, "redis_up 1")
	e.kill(t)
	e.await(t, "redis_up 1")
	checkAlertMetrics(t, c, "redis_", e)
}

// TestRedisClusterExporter has a node and a replica, which only together have all
// the metrics of a Redis Cluster.
func TestRedisClusterExporter(t *testing.T) {
	t.Parallel()
	c := monitored(clusterOf(3, 1))
	container := redisExporter(c)[0]
	replica, node := startRedis(t, redisArgs(c.Spec.Redis)), newRedis(t, redisArgs(c.Spec.Redis))
	replica.cli(t, "replicaof 127.0.0.1 "+freePort(t))
	node.start(t, "--cluster-enabled yes --cluster-port "+nodePort(t))
	node.await(t, "PONG")
	ofReplica, ofNode := startRedisExporter(t, replica, container), startRedisExporter(t, node, container)
	ofReplica.await(t, "redis_up 1")
	ofNode.await(t, "redis_cluster_state 0")
	checkAlertMetrics(t, c, "redis_", ofReplica, ofNode)
}

// TestRedisExporterPassword changes the Secret under a server and an exporter that
// run.
func TestRedisExporterPassword(t *testing.T) {
	t.Parallel()
	c := monitored(minimalCluster())
	server := startWithPassword(t, c)
	e := startRedisExporter(t, server.redisServer, redisExporter(c)[0], redisPasswordDir, server.mount)
	e.await(t, "redis_up 1")
	for _, password := range awkward() {
		server.change(t, password)
		e.await(t, "redis_up 1")
	}
	response, err := http.Post("http://127.0.0.1:"+e.port+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	// An exporter that is too old to reload anything shows its home page.
	if answer, _ := io.ReadAll(response.Body); strings.Contains(string(answer), "failed to reload") {
		t.Errorf("the exporter reads the file of the password: %s", answer)
	}
}

// TestRedisExporterTLS asks a server that speaks nothing but TLS.
func TestRedisExporterTLS(t *testing.T) {
	t.Parallel()
	c := monitored(withIssuer())
	directory, port := certificateDir(t), freePort(t)
	var command []string
	for _, word := range redisContainer(c.Spec.Redis, redisAccess(c)).Args {
		command = append(command, strings.ReplaceAll(word, redisTLSDir, directory))
	}
	newRedis(t, command).start(t, "--tls-port "+port)
	here := strings.NewReplacer("127.0.0.1:6379", "127.0.0.1:"+port)
	e := startExporter(t, redisExporter(c)[0], here, nil, "redis_exporter", "prometheus-redis-exporter")
	e.await(t, "redis_up 1")
}

// startRedisExporter has the exporter use the server's socket.
func startRedisExporter(t *testing.T, server *redisServer, container corev1.Container, moves ...string) *exporter {
	t.Helper()
	here := strings.NewReplacer(append(moves, "redis://127.0.0.1:6379", "unix://"+filepath.Join(server.bin, "socket"))...)
	return startExporter(t, container, here, nil, "redis_exporter", "prometheus-redis-exporter")
}

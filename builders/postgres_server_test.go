package builders

import (
	"bufio"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// TestInitSchema compares what the scripts make with testdata/<initSchema>.txt.
// Full.txt is written by hand after the control plane's first migration; neither
// our own SQL nor `make golden` makes it.
func TestInitSchema(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	server.start(t, "")
	for _, schema := range []v1.InitSchema{v1.InitSchemaFull, v1.InitSchemaExtensions} {
		t.Run(string(schema), func(t *testing.T) {
			database := string(schema)
			server.psql(t, "postgres", `CREATE DATABASE "`+database+`"`)
			for _, run := range []string{"first", "second"} {
				runInitScripts(t, server, database, schema)
				if diff := cmp.Diff(read(t, "testdata/"+database+".txt"), server.psql(t, database, read(t, "testdata/catalog.sql"))); diff != "" {
					t.Errorf("catalog after the %s run (-want +got):\n%s", run, diff)
				}
			}
		})
	}
	t.Run("keeps the rows of a schema that is there", func(t *testing.T) {
		server.psql(t, "postgres", "CREATE DATABASE used")
		runInitScripts(t, server, "used", v1.InitSchemaFull)
		server.psql(t, "used", "INSERT INTO organizations (name, slug) VALUES ('kept', 'kept')")
		runInitScripts(t, server, "used", v1.InitSchemaFull)
		if got := server.psql(t, "used", "SELECT name FROM organizations"); got != "kept\n" {
			t.Errorf("organizations: %q", got)
		}
	})
	t.Run("stops a migration that makes the tables", func(t *testing.T) {
		migration := server.command("psql", "--host="+server.dir, "--port="+server.port, "--username=banhbaoring", "--dbname=used", "--command=CREATE TABLE organizations ()")
		if output, code := finish(t, migration); code == 0 || !strings.Contains(output, `relation "organizations" already exists`) {
			t.Errorf("exit code %d\n%s", code, output)
		}
	})
}

// TestInitSchemaOwner runs the scripts as CloudNativePG does: as a superuser, in
// a database of the application's role.
func TestInitSchemaOwner(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	server.start(t, "")
	server.psql(t, "postgres", "CREATE ROLE application LOGIN")
	server.psql(t, "postgres", "CREATE DATABASE owned OWNER application")
	for _, run := range []string{"first", "second"} {
		runInitScripts(t, server, "owned", v1.InitSchemaFull)
		owners := server.psql(t, "owned", "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
		if owners != "application\n" {
			t.Errorf("after the %s run the tables and indexes belong to %q", run, owners)
		}
	}
	// What migrations do.
	server.psql(t, "owned", "SET ROLE application; ALTER TABLE users ADD COLUMN locale text; DROP TABLE api_keys; CREATE TABLE tokens (id uuid DEFAULT uuid_generate_v4())")
	if user := server.psql(t, "owned", schemaSQL+"SELECT current_user"); user != "banhbaoring\n" {
		t.Errorf("after the script its session goes on as %q, which is not the superuser", user)
	}
}

// runInitScripts runs the scripts in the order of their names, as the image does.
func runInitScripts(t *testing.T, server *postgresServer, database string, schema v1.InitSchema) {
	t.Helper()
	cluster := minimalCluster()
	cluster.Spec.Database.InitSchema = schema
	scripts := postgresInit(cluster).Data
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		server.psql(t, database, scripts[name])
	}
}

// TestPostgresProbes sets PGHOST to the socket's directory, as the image's own
// client looks there: a probe that does not insist on TCP finds the socket.
func TestPostgresProbes(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	container := postgresContainer(minimalCluster())
	environment := append(server.environment(t, "hunter2"), "POSTGRES_DB=postgres")
	// The password is applied by a start script that is not under test here.
	finish(t, containerCommand([]string{"sh", "-c", `sha256sum <"$POSTGRES_PASSWORD_FILE" >"$APPLIED_DIGEST_FILE"`}, environment...))
	check := func(state string, want bool) {
		t.Helper()
		for name, probe := range map[string]*corev1.Probe{
			"readiness": container.ReadinessProbe,
			"liveness":  container.LivenessProbe,
			"startup":   container.StartupProbe,
		} {
			output, code := finish(t, containerCommand(probe.Exec.Command, environment...))
			if (code == 0) != want {
				t.Errorf("%s of a server that %s: exit code %d, want success to be %t\n%s", name, state, code, want, output)
			}
		}
	}
	check("is down", false)
	server.start(t, "")
	check("listens on its socket alone, as it does for the init scripts", false)
	server.stop(syscall.SIGQUIT)
	server.start(t, "127.0.0.1")
	check("is up", true)
}

// waitCommand runs wait-for-postgres as the migration's pod does. Its log shows
// each pg_isready as everyone on the node could see it, and how it ended.
func waitCommand(t *testing.T, url string, environment ...string) *exec.Cmd {
	t.Helper()
	bin := publicDir(t)
	writeProgram(t, bin, "pg_isready", filepath.Join(postgresPrograms(t), "pg_isready")+` "$@"; code=$?; echo "pg_isready $*: $code" >&2; exit $code`)
	pod := migrationSpec(minimalCluster()).Template.Spec
	command := containerCommand(pod.InitContainers[0].Command, append(environment, path(bin), "DATABASE_URL="+url)...)
	if os.Getuid() == 0 {
		// The pod's user, whom the image of PostgreSQL does not know.
		id := uint32(*pod.SecurityContext.RunAsUser)
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
	}
	return command
}

func TestWaitForPostgres(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	startDuringWait(t, server)
	for _, test := range []struct {
		name, url string
		port      string // stands in for 5432, the port of a URL without one
	}{
		{name: "the URL of the credentials", url: "postgres://banhbaoring:hunter2@127.0.0.1:PORT/banhbaoring?sslmode=disable"},
		{name: "the longer scheme", url: "postgresql://banhbaoring:hunter2@127.0.0.1:PORT/banhbaoring"},
		{name: "an encoded password", url: "postgres://banhbaoring:hunter%40%2F%3F%3A%23%25@127.0.0.1:PORT/banhbaoring"},
		{name: "a bare @ in the password", url: "postgres://banhbaoring:hunter@2@127.0.0.1:PORT/banhbaoring"},
		{name: "shell syntax in the password", url: "postgres://banhbaoring:hunter$(exit)`exit`;'\"*@127.0.0.1:PORT/banhbaoring"},
		{name: "an @ in the query", url: "postgres://banhbaoring:hunter2@127.0.0.1:PORT/banhbaoring?application_name=a@b"},
		{name: "a query and no database", url: "postgres://banhbaoring:hunter2@127.0.0.1:PORT?sslmode=disable"},
		{name: "no database", url: "postgres://banhbaoring:hunter2@127.0.0.1:PORT"},
		{name: "no password", url: "postgres://banhbaoring@127.0.0.1:PORT/banhbaoring"},
		{name: "no user", url: "postgres://127.0.0.1:PORT/banhbaoring"},
		{name: "no port", url: "postgres://banhbaoring:hunter2@127.0.0.1/banhbaoring", port: server.port},
		{name: "IPv6", url: "postgres://banhbaoring:hunter2@[::1]:PORT/banhbaoring"},
		{name: "IPv6 and no port", url: "postgres://banhbaoring:hunter2@[::1]/banhbaoring", port: server.port},
		{name: "a second host", url: "postgres://banhbaoring:hunter2@127.0.0.1:1,127.0.0.1:PORT/banhbaoring"},
		{name: "a password in the query", url: "postgres://127.0.0.1:PORT/banhbaoring?user=banhbaoring&password=hunter2"},
	} {
		t.Run("finds the server by "+test.name, func(t *testing.T) {
			if strings.Contains(test.url, "::1") && !hasIPv6() {
				t.Skip("this machine has no IPv6")
			}
			url := strings.ReplaceAll(test.url, "PORT", server.port)
			log, code := finish(t, waitCommand(t, url, "PGPORT="+test.port, "MAX_TRIES=1"))
			if code != 0 {
				t.Errorf("exit code %d:\n%s", code, log)
			}
			if !strings.Contains(log, "pg_isready") || strings.Contains(log, "hunter") {
				t.Errorf("the command line is empty, or opens the password to everyone on the node:\n%s", log)
			}
		})
	}
}

// startDuringWait starts the server after it has been waited for in vain.
func startDuringWait(t *testing.T, server *postgresServer) {
	t.Helper()
	command := waitCommand(t, "postgres://banhbaoring:hunter2@127.0.0.1:"+server.port+"/banhbaoring", "MAX_TRIES=10")
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	tries := bufio.NewScanner(log)
	tries.Scan()
	server.start(t, "127.0.0.1, ::1")
	if !tries.Scan() {
		t.Error("no second try")
	}
	if err := command.Wait(); err != nil {
		t.Errorf("waiting for a server that comes up later: %v", err)
	}
}

func TestWaitForPostgresGivesUp(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	log, code := finish(t, waitCommand(t, "postgres://banhbaoring:hunter2@127.0.0.1:"+port+"/banhbaoring", "MAX_TRIES=2"))
	try := "pg_isready --quiet --timeout=5 --username=banhbaoring --dbname=postgresql://127.0.0.1:" + port + ": 2\n"
	want := try + try + "PostgreSQL does not take connections, gave up after 2 tries\n"
	if diff := cmp.Diff(want, log); code != 1 || diff != "" {
		t.Errorf("exit code %d, log (-want +got):\n%s", code, diff)
	}
}

// TestWaitForPostgresRefuses what pg_isready could only wait for in vain, with
// the password, or half of it, on its command line.
func TestWaitForPostgresRefuses(t *testing.T) {
	t.Parallel()
	const want = "DATABASE_URL must be postgres://user:password@host:port/database, with special characters of the password percent-encoded\n"
	for name, url := range map[string]string{
		"nothing":                 "",
		"another kind of string":  "host=127.0.0.1 user=banhbaoring password=hunter2",
		"another scheme":          "mysql://banhbaoring:hunter2@127.0.0.1/banhbaoring",
		"no host":                 "postgres:///banhbaoring?host=127.0.0.1&password=hunter2",
		"a bare / in a password":  "postgres://banhbaoring:hunter/2@127.0.0.1/banhbaoring",
		"a bare ? in a password":  "postgres://banhbaoring:hunter?2@127.0.0.1/banhbaoring",
		"a bare ,/ in a password": "postgres://banhbaoring:hunter,/2@127.0.0.1/banhbaoring",
		"a line end":              "postgres://banhbaoring:hunter2@127.0.0.1:5432\n",
	} {
		t.Run(name, func(t *testing.T) {
			if log, code := finish(t, waitCommand(t, url, "MAX_TRIES=1")); code != 1 || log != want {
				t.Errorf("exit code %d:\n%s", code, log)
			}
		})
	}
}

func hasIPv6() bool {
	listener, err := net.Listen("tcp", "[::1]:0")
	return err == nil && listener.Close() == nil
}

package builders

import (
	"maps"
	"slices"
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
	check := func(state string, want bool) {
		t.Helper()
		for name, probe := range map[string]*corev1.Probe{
			"readiness": container.ReadinessProbe,
			"liveness":  container.LivenessProbe,
			"startup":   container.StartupProbe,
		} {
			output, code := finish(t, containerCommand(probe.Exec.Command, path(server.programs),
				"POSTGRES_USER=banhbaoring", "POSTGRES_DB=postgres", "PGHOST="+server.dir, "PGPORT="+server.port))
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

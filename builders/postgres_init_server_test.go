package builders

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPostgresFirstStart kills the container at each step of its first start: it is
// never ready before the schema is complete, and the next start completes it.
func TestPostgresFirstStart(t *testing.T) {
	t.Parallel()
	for _, step := range []string{
		"pg_hba.conf", "temporary server", "database", "00-extensions.sql", "01-schema.sql", "stop", "server",
	} {
		t.Run("killed before "+step, func(t *testing.T) {
			t.Parallel()
			f := newFirstStart(t)
			f.stopBefore(t, step)
			f.start(t)
			eventually(t, "the first start comes to "+step, func() bool {
				_, err := os.Stat(filepath.Join(f.dir, "stop.reached"))
				return err == nil
			})
			if f.isReady(t) {
				t.Error("it is ready")
			}
			f.kill(t)

			f.stopBefore(t, "")
			f.start(t)
			eventually(t, "PostgreSQL is ready", func() bool { return f.isReady(t) })
			if diff := cmp.Diff(read(t, "testdata/Full.txt"), f.psql(t, DatabaseName, read(t, "testdata/catalog.sql"))); diff != "" {
				t.Errorf("catalog (-want +got):\n%s", diff)
			}
			// From here on it is somebody's: whatever becomes of it stays.
			f.psql(t, DatabaseName, "DROP TABLE api_keys; INSERT INTO users (email) VALUES ('kept')")
			f.kill(t)
			f.start(t)
			eventually(t, "PostgreSQL is ready again", func() bool { return f.isReady(t) })
			if got := f.psql(t, DatabaseName, "SELECT email, to_regclass('api_keys') IS NULL FROM users"); got != "kept|t\n" {
				t.Errorf("after another start: %q", got)
			}
		})
	}
}

// TestPostgresForeignFiles: what is no database, in the place of one, is not ours to
// remove, and is no reason to make a database elsewhere.
func TestPostgresForeignFiles(t *testing.T) {
	t.Parallel()
	f := newFirstStart(t)
	f.stopBefore(t, "")
	file := filepath.Join(f.dir, "data", "kept")
	if output, code := finish(t, containerCommand([]string{"sh", "-c", "mkdir $0 && echo 42 >$0/kept && chmod -R a+rwX $0", filepath.Dir(file)}, "PATH="+os.Getenv("PATH"))); code != 0 {
		t.Fatal(output)
	}
	f.start(t)
	eventually(t, "initdb refuses", func() bool {
		return strings.Contains(read(t, filepath.Join(f.dir, "log")), "exists but is not empty")
	})
	if got := read(t, file); got != "42\n" {
		t.Errorf("the file has %q", got)
	}
}

// firstStart is a server without a database, and the entrypoint of the image.
type firstStart struct {
	*postgresServer
	environment []string
}

func newFirstStart(t *testing.T) *firstStart {
	t.Helper()
	server := newPostgres(t)
	if err := os.RemoveAll(filepath.Join(server.dir, "data")); err != nil {
		t.Fatal(err)
	}
	scripts := publicDir(t)
	for name, script := range postgresInit(minimalCluster()).Data {
		if err := os.WriteFile(filepath.Join(scripts, name), []byte(script), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	environment := server.environment(t, "secret")
	entrypoint := publicDir(t)
	writeProgram(t, entrypoint, "docker-entrypoint.sh", read(t, "testdata/docker-entrypoint.sh"))
	environment[0] = "PATH=" + entrypoint + ":" + strings.TrimPrefix(environment[0], "PATH=")
	return &firstStart{server, append(environment,
		"POSTGRES_DB="+DatabaseName, "SCRIPTS="+scripts, "STOP="+filepath.Join(server.dir, "stop"), "TMPDIR="+server.dir)}
}

func (f *firstStart) stopBefore(t *testing.T, step string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, "stop"), []byte(step), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (f *firstStart) start(t *testing.T) {
	t.Helper()
	// The memory of a container goes with it.
	if err := os.RemoveAll(filepath.Join(f.dir, "applied")); err != nil {
		t.Fatal(err)
	}
	f.startContainer(t, minimalCluster(), f.environment)
}

func (f *firstStart) isReady(t *testing.T) bool {
	t.Helper()
	_, code := finish(t, containerCommand(postgresContainer(minimalCluster()).ReadinessProbe.Exec.Command, f.environment...))
	return code == 0
}

// kill ends everything of the container. A server that pg_ctl started has a process
// group of its own.
func (f *firstStart) kill(t *testing.T) {
	t.Helper()
	f.stop(syscall.SIGKILL)
	files, err := filepath.Glob(filepath.Join(f.dir, "data*", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, _, _ := strings.Cut(read(t, file), "\n")
		if pid, err := strconv.Atoi(line); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

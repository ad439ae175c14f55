package builders

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPostgresParameters reads parameters back from the server, with what its
// configuration file gives a meaning to.
func TestPostgresParameters(t *testing.T) {
	t.Parallel()
	c := minimalCluster()
	c.Spec.Database.Parameters = map[string]string{
		"max_connections": "42",
		"work_mem":        "8MB",
		"log_line_prefix": `it's %m \n # "quoted" `,
		"search_path":     `"$user", public`,
		"my_app.setting":  "of an extension",
		"TimeZone":        "Europe/Oslo",
	}
	server := newPostgres(t)
	server.startContainer(t, c, server.environment(t, "secret"))
	server.awaitReady(t)
	for name, want := range c.Spec.Database.Parameters {
		if diff := cmp.Diff(want+"\n", server.psql(t, "postgres", "SHOW "+name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := server.psql(t, "postgres", "SELECT error FROM pg_hba_file_rules() WHERE error IS NOT NULL UNION ALL SELECT error FROM pg_file_settings WHERE error IS NOT NULL"); got != "" {
		t.Errorf("the configuration has mistakes: %s", got)
	}
}

// TestPostgresAsksForPassword goes where other containers of the pod may go too:
// to the loopback address and, if they mount it, to the socket.
func TestPostgresAsksForPassword(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	server.startContainer(t, minimalCluster(), server.environment(t, "secret"))
	server.awaitReady(t)
	query := []string{"--username=banhbaoring", "--dbname=postgres", "--no-password", "--command=select 1", "--port=" + server.port}
	loopback := server.command("psql", append(query, "--host=127.0.0.1")...)
	if output, code := finish(t, loopback); code == 0 || !strings.Contains(output, "password") {
		t.Errorf("over the loopback address, without a password: exit code %d\n%s", code, output)
	}
	socket := exec.Command(filepath.Join(server.programs, "psql"), append(query, "--host="+server.dir)...)
	if os.Getuid() == 0 {
		socket.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	} else {
		// Nobody else is here to be: ask for a role that this user does not have.
		socket = server.command("psql", append(query, "--host="+server.dir, "--username=postgres")...)
	}
	if output, code := finish(t, socket); code == 0 || !strings.Contains(output, "Peer authentication failed") {
		t.Errorf("over the socket, as another user: exit code %d\n%s", code, output)
	}
}

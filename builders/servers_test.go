package builders

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// The tests on real servers run what the containers run: a server each, with its
// data and its socket in a directory that goes with the test.

// minimalCluster is a cluster of nothing but defaults.
func minimalCluster() *v1.BanhBaoRingCluster {
	c := &v1.BanhBaoRingCluster{}
	c.Name = "c"
	return c.Default()
}

// postgresServer is a PostgreSQL server with the superuser "banhbaoring".
type postgresServer struct {
	programs string // the directory of initdb and the rest
	dir      string // holds the data and the socket
	port     string
	user     *syscall.Credential
	stop     func(syscall.Signal)
}

// newPostgres prepares a server and leaves it down.
func newPostgres(t *testing.T) *postgresServer {
	t.Helper()
	s := &postgresServer{programs: postgresPrograms(t), dir: publicDir(t), port: freePort(t)}
	if os.Getuid() == 0 {
		s.user = unprivileged(t)
		if err := os.Chown(s.dir, int(s.user.Uid), int(s.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	initdb := s.command("initdb", "--pgdata=data", "--username=banhbaoring", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	if output, code := finish(t, initdb); code != 0 {
		t.Fatalf("initdb: exit code %d\n%s", code, output)
	}
	return s
}

// start listens on the socket and on the addresses, and waits for connections.
func (s *postgresServer) start(t *testing.T, addresses string) {
	t.Helper()
	// SIGQUIT is an immediate shutdown: a killed server leaves its shared memory.
	s.stop = launch(t, s.command("postgres", "-D", "data", "-F", "-p", s.port, "-k", s.dir, "-h", addresses), filepath.Join(s.dir, "log"), syscall.SIGQUIT)
	eventually(t, "PostgreSQL takes connections", func() bool {
		_, code := finish(t, s.command("pg_isready", "--host="+s.dir, "--port="+s.port))
		return code == 0
	})
}

// command is one of PostgreSQL's own programs, run by the server's user.
func (s *postgresServer) command(program string, args ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(s.programs, program), args...)
	command.Dir = s.dir
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.user}
	return command
}

// psql runs a script as the image's entrypoint runs the init scripts, over the
// socket, and returns what it prints, a line for each row.
func (s *postgresServer) psql(t *testing.T, database, script string) string {
	t.Helper()
	command := s.command("psql", "--host="+s.dir, "--port="+s.port, "--username=banhbaoring", "--no-password", "--dbname="+database,
		"--no-psqlrc", "--set=ON_ERROR_STOP=1", "--quiet", "--no-align", "--tuples-only")
	// "already exists, skipping" is no part of the answer.
	command.Env = append(os.Environ(), "PGOPTIONS=--client-min-messages=warning")
	command.Stdin = strings.NewReader(script)
	output, code := finish(t, command)
	if code != 0 {
		t.Fatalf("psql: exit code %d\n%s", code, output)
	}
	return output
}

// awaitReady waits for a server that startContainer started.
func (s *postgresServer) awaitReady(t *testing.T) {
	t.Helper()
	eventually(t, "PostgreSQL takes connections", func() bool {
		_, code := finish(t, s.command("pg_isready", "--host="+s.dir, "--port="+s.port))
		return code == 0
	})
}

// environment is that of the container, with the paths of the test.
func (s *postgresServer) environment(t *testing.T, password string) []string {
	t.Helper()
	mountPassword(t, s.dir, password)
	bin := publicDir(t)
	writeProgram(t, bin, "docker-entrypoint.sh", "shift; exec "+filepath.Join(s.programs, "postgres")+
		" -D "+s.dir+"/data -F -p "+s.port+" -k "+s.dir+" -h 127.0.0.1 -c log_statement=all \"$@\"")
	writeProgram(t, bin, "sleep", "exec /bin/sleep 0.1")
	return []string{
		"PATH=" + bin + ":" + s.programs + ":" + os.Getenv("PATH"),
		"POSTGRES_USER=banhbaoring",
		"POSTGRES_PASSWORD_FILE=" + filepath.Join(s.dir, "password"),
		"APPLIED_DIGEST_FILE=" + filepath.Join(s.dir, "applied"),
		"IDENT_FILE=" + filepath.Join(s.dir, "pg_ident.conf"),
		"PGDATA=" + filepath.Join(s.dir, "data"),
		"PGHOST=" + s.dir, "PGPORT=" + s.port,
	}
}

// startContainer runs the container of a cluster, with the files that it mounts.
func (s *postgresServer) startContainer(t *testing.T, c *v1.BanhBaoRingCluster, environment []string) {
	t.Helper()
	config := filepath.Join(s.dir, "config")
	here := strings.NewReplacer(
		postgresConfigDir, config,
		"/var/run/postgresql", s.dir,
		postgresTLSDir, filepath.Join(s.dir, "tls"),
		"/var/lib/postgresql/data/pgdata", filepath.Join(s.dir, "data"),
	)
	if err := os.MkdirAll(config, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range postgresConfigFiles(c) {
		if err := os.WriteFile(filepath.Join(config, name), []byte(here.Replace(content)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	container := postgresContainer(c)
	args := append(onVolume(container.Command, s.dir), container.Args...)
	args[len(args)-1] = here.Replace(args[len(args)-1])
	command := containerCommand(args, environment...)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.user}
	command.Dir = s.dir
	s.stop = launch(t, command, filepath.Join(s.dir, "log"), syscall.SIGQUIT)
}

// redisServer is a Redis server that runs a container's command.
type redisServer struct {
	command []string
	bin     string // redis-server and redis-cli that use the socket, and Alpine's shell
	data    string
	stop    func(syscall.Signal)
}

// startRedis starts a server with a container's command, and waits until it answers.
func startRedis(t *testing.T, command []string) *redisServer {
	t.Helper()
	s := newRedis(t, command)
	s.start(t)
	s.await(t, "PONG")
	return s
}

// newRedis prepares a server and leaves it down.
func newRedis(t *testing.T, command []string) *redisServer {
	t.Helper()
	s := &redisServer{command: command, bin: publicDir(t), data: t.TempDir()}
	writeProgram(t, s.bin, "redis-cli", `exec `+need(t, "redis-cli")+` -s "${0%/*}/socket" "$@"`)
	linkBusyboxShell(t, s.bin)
	writeProgram(t, s.bin, "docker-entrypoint.sh", `exec "$@"`)
	return s
}

// linkBusyboxShell has busybox's shell run the scripts where there is one, as
// it does in images that are Alpine's or busybox's.
func linkBusyboxShell(t *testing.T, bin string) {
	t.Helper()
	if busybox, err := exec.LookPath("busybox"); err == nil {
		if err := os.Symlink(busybox, filepath.Join(bin, "sh")); err != nil {
			t.Fatal(err)
		}
	}
}

// start starts the server, with more options than the container's command has.
func (s *redisServer) start(t *testing.T, options ...string) {
	t.Helper()
	writeProgram(t, s.bin, "redis-server", `exec `+need(t, "redis-server")+` "$@" --port 0 --unixsocket "${0%/*}/socket" `+
		`--dir '`+s.data+`' `+strings.Join(options, " "))
	s.stop = launch(t, containerCommand(s.command, path(s.bin)), filepath.Join(s.bin, "log"), syscall.SIGKILL)
}

// await waits until the answer to a ping starts as given.
func (s *redisServer) await(t *testing.T, answer string) {
	t.Helper()
	eventually(t, "redis-cli ping answers "+answer, func() bool {
		return strings.HasPrefix(s.cli(t, "ping"), answer)
	})
}

// cli sends commands, a line each, and returns the answers.
func (s *redisServer) cli(t *testing.T, commands ...string) string {
	t.Helper()
	command := exec.Command(filepath.Join(s.bin, "redis-cli"))
	command.Stdin = strings.NewReader(strings.Join(commands, "\n"))
	output, _ := finish(t, command)
	return output
}

// containerCommand runs a container's command with nothing but the given
// environment. It goes through env, which looks on the PATH that it sets.
func containerCommand(command []string, environment ...string) *exec.Cmd {
	return exec.Command("env", append(append([]string{"-i"}, environment...), command...)...)
}

// onVolume moves the volume of a command, as withVolume makes it, to a directory.
func onVolume(command []string, directory string) []string {
	moved := slices.Clone(command)
	moved[len(withVolume(""))-1] = directory
	return moved
}

// path is a PATH variable with the directory in front.
func path(directory string) string {
	return "PATH=" + directory + string(os.PathListSeparator) + os.Getenv("PATH")
}

// finish runs a command to its end, which may be a failure.
func finish(t *testing.T, command *exec.Cmd) (output string, code int) {
	t.Helper()
	combined, err := command.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(combined), command.ProcessState.ExitCode()
}

// launch starts a server, which the signal ends with the test at the latest.
// Stop ends it before, by any signal, and waits until it is gone. As in a
// container, there is no terminal, and what it left running ends with it.
func launch(t *testing.T, command *exec.Cmd, log string, atEnd syscall.Signal) (stop func(syscall.Signal)) {
	t.Helper()
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	command.Stdout, command.Stderr = file, file
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Setsid = true
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func(signal syscall.Signal) {
		if command.ProcessState != nil {
			return
		}
		// It may have ended by itself, and to Wait a killed one is an error.
		_ = command.Process.Signal(signal)
		_ = command.Wait()
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		if t.Failed() {
			t.Logf("%s\n%s", command, read(t, log))
		}
	}
	t.Cleanup(func() { stop(atEnd) })
	return stop
}

// writeProgram writes a shell script to the directory, to be found as name.
func writeProgram(t *testing.T, directory, name, script string) {
	t.Helper()
	// A process that another test forks while the file is open for writing keeps
	// it open, and nothing can execute it.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(filepath.Join(directory, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// postgresPrograms is the directory of PostgreSQL's programs. Debian keeps them
// out of PATH, in one for each version.
func postgresPrograms(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// A link to it may be alone on PATH.
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			found = append(found, initdb)
		}
	}
	if len(found) == 0 {
		missing(t, "initdb (PostgreSQL's server)")
	}
	return filepath.Dir(found[len(found)-1])
}

// need returns the path of a program.
func need(t *testing.T, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return found
}

// missing skips a test, except in CI, where everything has to be installed.
func missing(t *testing.T, program string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing, and CI skips nothing", program)
	}
	t.Skipf("%s is not installed", program)
}

// unprivileged is a user for the server: PostgreSQL refuses to run as root.
func unprivileged(t *testing.T) *syscall.Credential {
	t.Helper()
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatalf("root cannot run PostgreSQL, and there is no user postgres or nobody: %v", err)
	}
	return credential(t, account.Uid, account.Gid)
}

func credential(t *testing.T, uid, gid string) *syscall.Credential {
	t.Helper()
	u, uidErr := strconv.ParseUint(uid, 10, 32)
	g, gidErr := strconv.ParseUint(gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(u), Gid: uint32(g)}
}

// publicDir is a temporary directory that other users may enter, unlike
// t.TempDir's, and with a path short enough for a socket.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "builders")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// freePort is a port of the loopback interface that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting: %s", what)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

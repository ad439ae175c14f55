package cli_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// writer is a command with an output, and what it reads.
type writer struct {
	stdin string
	args  []string
}

func writers(t *testing.T) map[string]writer {
	t.Helper()
	cluster, err := filepath.Abs(filepath.Join(examples, "production", "kpt", "cluster.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	ready := readStatusCase(t, "ready")
	plain := clusterFile(t, plainCluster)
	return map[string]writer{
		"function":       {resourceList(read(t, cluster), ""), nil},
		"render":         {"", []string{"render", cluster}},
		"render --diff":  {"", []string{"render", "--diff", "/dev/null", cluster}},
		"graph":          {"", []string{"graph", cluster}},
		"status":         {ready.live, []string{"status", ready.cluster}},
		"status -o yaml": {ready.live, []string{"status", "-o", "yaml", ready.cluster}},
		"status -o json": {ready.live, []string{"status", "-o", "json", ready.cluster}},
		"seal":           {"", []string{"seal", "--cert", controller.certificate, plain}},
		"schema":         {"", []string{"schema"}},
		"version":        {"", []string{"version"}},
	}
}

// shell runs a script in which $0 is the function, with its arguments.
func shell(t *testing.T, script, stdin string, args ...string) (stdout, stderr string, state *os.ProcessState) {
	t.Helper()
	command := exec.Command("sh", append([]string{"-c", script, filepath.Join(binaryDir(t), "generate-data-layer")}, args...)...)
	command.Stdin = strings.NewReader(stdin)
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	if err := command.Run(); command.ProcessState == nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "goroutine ") || strings.Contains(log.String(), "panic") {
		t.Errorf("a stack rather than an error:\n%s", log.String())
	}
	return out.String(), log.String(), command.ProcessState
}

// TestFullDisk writes where there is no room: that is an error, and says so.
func TestFullDisk(t *testing.T) {
	for name, w := range writers(t) {
		t.Run(name, func(t *testing.T) {
			_, stderr, state := shell(t, `exec "$0" "$@" >/dev/full`, w.stdin, w.args...)
			if state.ExitCode() < 1 || !strings.Contains(stderr, "no space left on device") {
				t.Errorf("exit code %d, stderr %q", state.ExitCode(), stderr)
			}
		})
	}
}

// TestKilledReader writes into a pipe that nobody reads any more, which ends a
// process as it does those of others.
func TestKilledReader(t *testing.T) {
	for name, w := range writers(t) {
		t.Run(name, func(t *testing.T) {
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
			command := exec.Command(filepath.Join(binaryDir(t), "generate-data-layer"), w.args...)
			var log bytes.Buffer
			command.Stdin, command.Stdout, command.Stderr = strings.NewReader(w.stdin), writer, &log
			_ = command.Run() // fails, as it shall
			if err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			if status, _ := command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGPIPE || strings.Contains(log.String(), "goroutine") {
				t.Errorf("%s, stderr %q", command.ProcessState, log.String())
			}
		})
	}
}

// TestClosedStreams starts without stdin, stdout or stderr, for which Go's runtime takes
// /dev/null: no output gets into a file that is opened later.
func TestClosedStreams(t *testing.T) {
	for name, w := range writers(t) {
		for _, closed := range []string{"<&-", ">&-", "2>&-", "<&- >&- 2>&-"} {
			t.Run(name+" "+closed, func(t *testing.T) { shell(t, `exec "$0" "$@" `+closed, w.stdin, w.args...) })
		}
	}
	t.Run("seal --in-place", func(t *testing.T) {
		controller := newController(t, time.Now().AddDate(1, 0, 0))
		file := clusterFile(t, plainCluster)
		if _, _, state := shell(t, `exec "$0" "$@" <&- >&- 2>&-`, "", "seal", "--in-place", "--cert", controller.certificate, file); !state.Success() {
			t.Error(state)
		}
		controller.unseal(t, read(t, file))
	})
}

func clusterFile(t *testing.T, content string) string {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", content)
	return filepath.Join(directory, "cluster.yaml")
}

// alone fails where a directory has something else.
func alone(t *testing.T, file string) {
	t.Helper()
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("something else was left behind: %v %v", entries, err)
	}
}

// TestFullDiskInPlace limits the size of a file, which a full disk does too: the old
// one stays.
func TestFullDiskInPlace(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	cluster := plainCluster + strings.Repeat("# a long file\n", 1000)
	file := clusterFile(t, cluster)
	_, stderr, state := shell(t, `ulimit -f 8; exec "$0" "$@"`, "", "seal", "--in-place", "--cert", controller.certificate, file)
	if state.ExitCode() != 1 || !strings.Contains(stderr, "file too large") {
		t.Errorf("seal: %s, stderr %q", state, stderr)
	}
	if read(t, file) != cluster {
		t.Error("seal changes the file")
	}
	alone(t, file)

	installed := filepath.Join(t.TempDir(), "generate-data-layer")
	write(t, filepath.Dir(installed), "generate-data-layer", "an older one")
	_, stderr, state = shell(t, `ulimit -f 8; exec "$0" "$@"`, "", "install", filepath.Dir(installed))
	if state.ExitCode() != 1 || !strings.Contains(stderr, "file too large") {
		t.Errorf("install: %s, stderr %q", state, stderr)
	}
	if read(t, installed) != "an older one" {
		t.Error("install changes the file")
	}
	alone(t, installed)
}

// TestSealAtOnce runs seal several times at once on one file: each waits for its turn,
// and none loses what another wrote.
func TestSealAtOnce(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	binary := filepath.Join(binaryDir(t), "generate-data-layer")
	for range 10 {
		var clusters []string
		names := []string{"a", "b", "c", "d"}
		for _, name := range names {
			clusters = append(clusters, strings.Replace(plainCluster, "name: demo", "name: "+name, 1))
		}
		file := clusterFile(t, strings.Join(clusters, "---\n"))
		var all sync.WaitGroup
		for _, name := range names {
			for _, part := range []string{"--database", "--redis"} {
				all.Go(func() {
					command := exec.Command(binary, "seal", "--in-place", "--cert", controller.certificate, "--name", name, part, file)
					if output, err := command.CombinedOutput(); err != nil {
						t.Errorf("%s: %v\n%s", name, err, output)
					}
				})
			}
		}
		all.Wait()
		if sealed := strings.Count(read(t, file), "password: "); sealed != 2*len(names) {
			t.Errorf("%d passwords are sealed, want %d", sealed, 2*len(names))
		}
		controller.unseal(t, read(t, file))
		alone(t, file)
	}
}

// TestSealFiles seals files of all sorts in place.
func TestSealFiles(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	seal := func(t *testing.T, path string) (stderr string, code int) {
		t.Helper()
		_, stderr, code = run("", "seal", "--in-place", "--cert", controller.certificate, path)
		return stderr, code
	}
	t.Run("permissions stay", func(t *testing.T) {
		file := clusterFile(t, plainCluster)
		for _, mode := range []os.FileMode{0o600, 0o664, 0o755} {
			write(t, filepath.Dir(file), "cluster.yaml", plainCluster)
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			if stderr, code := seal(t, file); code != 0 {
				t.Error(stderr)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != mode {
				t.Errorf("the mode is %v, want %v: %v", info.Mode(), mode, err)
			}
		}
	})
	t.Run("read-only", func(t *testing.T) {
		file := clusterFile(t, plainCluster)
		if err := os.Chmod(file, 0o444); err != nil {
			t.Fatal(err)
		}
		if stderr, code := seal(t, file); code != 1 || !strings.Contains(stderr, "cluster.yaml: is read-only") {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
		if read(t, file) != plainCluster {
			t.Error("the file was changed")
		}
		alone(t, file)
	})
	t.Run("a link", func(t *testing.T) {
		file := clusterFile(t, plainCluster)
		outer, inner := filepath.Join(t.TempDir(), "outer.yaml"), filepath.Join(t.TempDir(), "inner.yaml")
		for link, target := range map[string]string{outer: inner, inner: file} {
			if err := os.Symlink(target, link); err != nil {
				t.Fatal(err)
			}
		}
		if stderr, code := seal(t, outer); code != 0 {
			t.Fatal(stderr)
		}
		if target, err := os.Readlink(outer); err != nil || target != inner {
			t.Errorf("the link leads to %q: %v", target, err)
		}
		controller.unseal(t, read(t, file))
		alone(t, file)
	})
	t.Run("a link to nothing", func(t *testing.T) {
		link := filepath.Join(t.TempDir(), "cluster.yaml")
		if err := os.Symlink("nowhere.yaml", link); err != nil {
			t.Fatal(err)
		}
		if stderr, code := seal(t, link); code != 1 || !strings.Contains(stderr, "no such file or directory") {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
		alone(t, link)
	})
	for name, cluster := range map[string]string{
		"no line end":       strings.TrimSuffix(plainCluster, "\n"),
		"a byte order mark": "\ufeff" + plainCluster,
		"Windows":           strings.ReplaceAll(plainCluster, "\n", "\r\n"),
		"Windows' Notepad":  "\ufeff" + strings.TrimSuffix(strings.ReplaceAll(plainCluster, "\n", "\r\n"), "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			file := clusterFile(t, cluster)
			if stderr, code := seal(t, file); code != 0 {
				t.Fatal(stderr)
			}
			sealed := read(t, file)
			if !strings.HasPrefix(sealed, cluster) {
				t.Errorf("what was there has changed:\n%q", sealed)
			}
			if strings.HasSuffix(cluster, "\n") != strings.HasSuffix(sealed, "\n") {
				t.Errorf("the end of the file has changed:\n%q", sealed)
			}
			if windows := strings.Count(sealed, "\r\n"); windows != 0 && windows != strings.Count(sealed, "\n") {
				t.Errorf("line ends are mixed:\n%q", sealed)
			}
			controller.unseal(t, sealed)
		})
	}
}

// TestReadOnlyDirectory runs as nobody where it would run as root, who may write
// anywhere.
func TestReadOnlyDirectory(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	file := clusterFile(t, plainCluster)
	write(t, filepath.Dir(file), "cert.pem", read(t, controller.certificate))
	binary := filepath.Join(t.TempDir(), "generate-data-layer")
	if err := os.WriteFile(binary, []byte(read(t, filepath.Join(binaryDir(t), "generate-data-layer"))), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, directory := range []string{filepath.Dir(file), filepath.Dir(binary)} {
		if err := os.Chmod(filepath.Dir(directory), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Dir(file), 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(file), 0o755) }) // or it could not be removed
	command := exec.Command(binary, "seal", "--in-place", "--cert", "cert.pem", "cluster.yaml")
	command.Dir = filepath.Dir(file)
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if err := os.Chown(file, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	output, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(output), ".: no file can be made in this directory, as it takes to replace one: permission denied") {
		t.Errorf("%v\n%s", err, output)
	}
	if read(t, file) != plainCluster {
		t.Error("the file was changed")
	}
}

// TestInterrupted sends a signal to a function that waits for the rest of its input: it
// ends, and wrote nothing.
func TestInterrupted(t *testing.T) {
	input := resourceList(read(t, filepath.Join(examples, "production", "kpt", "cluster.yaml")), "")
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			command := exec.Command(filepath.Join(binaryDir(t), "generate-data-layer"))
			var out, log bytes.Buffer
			command.Stdout, command.Stderr = &out, &log
			stdin, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(stdin, input); err != nil {
				t.Fatal(err)
			}
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait() // fails, as it shall
			if status, _ := command.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != signal || out.Len()+log.Len() > 0 {
				t.Errorf("%s, stdout %q, stderr %q", command.ProcessState, out.String(), log.String())
			}
		})
	}
}

// TestInterruptedInPlace interrupts what writes a file at any moment: the file is the
// old one or the new one, with nothing beside it.
func TestInterruptedInPlace(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	binary := filepath.Join(binaryDir(t), "generate-data-layer")
	cluster := plainCluster + strings.Repeat("# a long file\n", 10_000)
	seal := func(file string) *exec.Cmd {
		return exec.Command(binary, "seal", "--in-place", "--cert", controller.certificate, file)
	}
	start := time.Now()
	if err := seal(clusterFile(t, cluster)).Run(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	const times = 40
	before, after := 0, 0
	for i := range times {
		file := clusterFile(t, cluster)
		command := seal(file)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(i) * 3 / 2 / times)
		_ = command.Process.Signal(syscall.SIGTERM) // it may have ended by now
		_ = command.Wait()
		switch now := read(t, file); {
		case now == cluster:
			before++
		case strings.HasSuffix(now, "\n") && len(now) > len(cluster):
			after++
			controller.unseal(t, now)
		default:
			t.Errorf("half a file, of %d bytes", len(now))
		}
		alone(t, file)
	}
	t.Logf("%d times the old file, %d times the new one", before, after)
}

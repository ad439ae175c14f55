package builders

import (
	"bufio"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestVolumeLock runs the script in the shells of Debian and of Alpine.
func TestVolumeLock(t *testing.T) {
	t.Parallel()
	for name, shell := range map[string]func(*testing.T) []string{
		"sh":      func(t *testing.T) []string { return []string{need(t, "sh")} },
		"busybox": func(t *testing.T) []string { return []string{need(t, "busybox"), "sh"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			need(t, "flock")
			volume := t.TempDir()
			start := func(command string) (*exec.Cmd, *bufio.Scanner) {
				t.Helper()
				return startLocked(t, append(shell(t), withVolume(volume, "sh", "-c", command)[1:]...))
			}

			first, log := start("echo runs; sleep infinity & wait")
			expectLine(t, log, "runs")
			waiting, log := start("echo must not run")
			expectLine(t, log, "another container uses "+volume+": waiting for its end")
			_ = waiting.Process.Signal(syscall.SIGTERM)
			if err := waiting.Wait(); waiting.ProcessState.ExitCode() != 1 {
				t.Errorf("SIGTERM while waiting: %v", err)
			}

			next, log := start("echo runs")
			expectLine(t, log, "another container uses "+volume+": waiting for its end")
			_ = first.Process.Kill() // its child lives on, and so does the lock
			_ = first.Wait()
			expectLine(t, log, "another container uses "+volume+": waiting for its end")
			_ = syscall.Kill(-first.Process.Pid, syscall.SIGKILL)
			for log.Scan() && log.Text() != "runs" {
				if !strings.HasPrefix(log.Text(), "another container") {
					t.Errorf("unexpected: %s", log.Text())
				}
			}
			if err := next.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// startLocked starts a command in a process group of its own and returns what
// it prints, line by line.
func startLocked(t *testing.T, args []string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	command := exec.Command(args[0], args[1:]...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) })
	return command, bufio.NewScanner(output)
}

func expectLine(t *testing.T, log *bufio.Scanner, want string) {
	t.Helper()
	if !log.Scan() || log.Text() != want {
		t.Fatalf("got %q, want %q", log.Text(), want)
	}
}

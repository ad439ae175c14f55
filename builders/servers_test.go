package builders

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

// finish runs a command to its end, which may be a failure.
func finish(t *testing.T, command *exec.Cmd) (output string, code int) {
	t.Helper()
	combined, err := command.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(combined), command.ProcessState.ExitCode()
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

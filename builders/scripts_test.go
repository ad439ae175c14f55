package builders

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestScripts holds the scripts to what the shell of every image understands.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("files/*.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, check := range [][]string{
		{"shellcheck", "--shell=sh"},
		{"busybox", "ash", "-n"}, // Alpine's shell
	} {
		t.Run(check[0], func(t *testing.T) {
			program := need(t, check[0])
			for _, script := range scripts {
				if output, code := finish(t, exec.Command(program, append(check[1:], script)...)); code != 0 {
					t.Errorf("%s: exit code %d\n%s", script, code, output)
				}
			}
		})
	}
}

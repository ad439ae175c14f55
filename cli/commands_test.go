package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	cluster := filepath.Join(examples, "minimal", "kpt", "cluster.yaml")
	tests := map[string]struct {
		stdin  string
		args   []string
		code   int
		stdout string // part of it
		stderr string // part of it
	}{
		"help":                     {args: []string{"--help"}, stdout: "Examples:"},
		"version":                  {args: []string{"version"}, stdout: "v0.0.0-test\n"},
		"schema":                   {args: []string{"schema"}, stdout: `"title": "BanhBaoRingCluster"`},
		"render a file":            {args: []string{"render", cluster}, stdout: "name: demo-postgres-headless"},
		"render a directory":       {args: []string{"render", filepath.Dir(cluster)}, stdout: "name: demo-postgres-headless"},
		"render nothing":           {args: []string{"render"}, code: 2, stderr: "expected files or directories"},
		"render what is not there": {args: []string{"render", "nowhere.yaml"}, code: 1, stderr: "nowhere.yaml: no such file"},
		"graph":                    {args: []string{"graph", cluster}, stdout: "flowchart LR\n"},
		"graph nothing":            {args: []string{"graph"}, code: 2, stderr: "expected files or directories"},
		"graph what is not there":  {args: []string{"graph", "nowhere.yaml"}, code: 1, stderr: "nowhere.yaml: no such file"},
		"completion":               {args: []string{"completion"}, code: 2, stderr: `completion: expected one of ["bash" "zsh" "fish"]`},
		"completion of another":    {args: []string{"completion", "ksh"}, code: 2, stderr: `completion: expected one of ["bash" "zsh" "fish"]`},
		"install nowhere":          {args: []string{"install"}, code: 2, stderr: "expected one directory"},
		"unknown command":          {args: []string{"rendr"}, code: 2, stderr: `unknown command "rendr"`},
		"unknown flag":             {args: []string{"--colour"}, code: 2, stderr: "unknown flag: --colour"},
		"function":                 {stdin: resourceList(read(t, cluster), ""), stdout: "kind: StatefulSet"},
		"function, no input":       {code: 1, stderr: "the input is empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := run(test.stdin, test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(stdout, test.stdout) {
				t.Errorf("stdout lacks %q:\n%s", test.stdout, stdout)
			}
			if !strings.Contains(stderr, test.stderr) {
				t.Errorf("stderr lacks %q:\n%s", test.stderr, stderr)
			}
		})
	}
}

// TestRenderPrintsOnlyWhatItMakes renders a package that was rendered before:
// the file annotations of the old objects and the user's own stay behind.
func TestRenderPrintsOnlyWhatItMakes(t *testing.T) {
	cluster := filepath.Join(examples, "production", "kpt", "cluster.yaml")
	once, _, _ := run("", "render", cluster)
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", read(t, cluster))
	write(t, directory, "rendered.yaml", once)
	write(t, directory, "hand-written.yml", handWritten)
	write(t, directory, "notes.txt", "not: [yaml")
	if again, stderr, code := run("", "render", directory); again != once || code != 0 {
		t.Errorf("exit code %d, stderr %q, stdout:\n%s", code, stderr, again)
	}
}

// TestTerminal gives the binary a terminal for its stdin, by script(1).
func TestTerminal(t *testing.T) {
	need(t, "script")
	command := exec.Command("script", "-qec", filepath.Join(binaryDir(t), "generate-data-layer"), "/dev/null")
	output, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit code %d, want 2: %v", code, err)
	}
	if !strings.Contains(string(output), "Usage:") {
		t.Errorf("no help:\n%s", output)
	}
}

func TestInstall(t *testing.T) {
	directory := t.TempDir()
	binary := filepath.Join(binaryDir(t), "generate-data-layer")
	for range 2 {
		if output, err := exec.Command(binary, "install", directory).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
	}
	installed := filepath.Join(directory, "generate-data-layer")
	if read(t, installed) != read(t, binary) {
		t.Error("the copy differs")
	}
	if info, err := os.Stat(installed); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the copy is not executable: %v %v", info, err)
	}
	if entries, _ := os.ReadDir(directory); len(entries) != 1 {
		t.Errorf("something else was left behind: %v", entries)
	}
}

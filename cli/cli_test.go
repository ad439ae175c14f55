package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli"
)

// run calls the command line in this process.
func run(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, log bytes.Buffer
	code = cli.Main("v0.0.0-test", args, strings.NewReader(stdin), &out, &log)
	return out.String(), log.String(), code
}

func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// folders returns the folders below a directory of the repository.
func folders(t testing.TB, directory string) []string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		t.Fatalf("nothing to test in %s", directory)
	}
	return names
}

// tool runs an external program with the function's binary on its PATH.
func tool(t *testing.T, directory, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	need(t, name)
	command := exec.Command(name, args...)
	command.Dir = directory
	command.Env = append(os.Environ(), "PATH="+binaryDir(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	err = command.Run()
	return out.String(), log.String(), err
}

// need skips a test whose program is missing, except in CI.
func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing, and CI skips nothing", name)
		}
		t.Skipf("%s is not on PATH; `make test` brings kustomize, kpt is yours to install", name)
	}
}

// binaryDir builds the function once for all tests and returns its directory.
func binaryDir(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(buildDir, "generate-data-layer"), "..")
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, output)
		}
	})
	return buildDir
}

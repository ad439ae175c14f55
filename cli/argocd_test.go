package cli_test

import (
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestArgoCDPlugin runs the command of the plugin as Argo CD does, in a directory
// with a cluster and in one without, where nothing on stdout would prune it all.
func TestArgoCDPlugin(t *testing.T) {
	var plugin struct {
		Spec struct{ Generate struct{ Command []string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(examples, "argocd", "plugin.yaml"))), &plugin); err != nil {
		t.Fatal(err)
	}
	command := plugin.Spec.Generate.Command
	program := filepath.Join(binaryDir(t), filepath.Base(command[0])) // where the image has it is /
	stdout, stderr, err := tool(t, filepath.Join(examples, "argocd", "app"), program, command[1:]...)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if want := read(t, filepath.Join(examples, "argocd", "expected.yaml")); stdout != want {
		t.Errorf("the plugin prints something else than the example expects:\n%s", stdout)
	}
	if stdout, stderr, err := tool(t, t.TempDir(), program, command[1:]...); err == nil || stdout != "" || stderr == "" {
		t.Errorf("in an empty directory: %v, %q on stdout, %q on stderr", err, stdout, stderr)
	}
}

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryWayGivesTheSame renders one cluster in every way there is and
// compares object by object.
func TestEveryWayGivesTheSame(t *testing.T) {
	cluster := read(t, filepath.Join(examples, "production", "kpt", "cluster.yaml"))
	want := objects(t, read(t, filepath.Join(examples, "production", "expected.yaml")))
	ways := map[string]func(t *testing.T) map[string]string{
		"function, cluster among the items": func(t *testing.T) map[string]string {
			stdout, _, _ := run(resourceList(cluster, ""))
			return objects(t, stdout)
		},
		"function, cluster as functionConfig": func(t *testing.T) map[string]string {
			stdout, _, _ := run(resourceList("", cluster))
			return objects(t, stdout)
		},
		"render": func(t *testing.T) map[string]string {
			stdout, _, _ := run("", "render", filepath.Join(examples, "production", "kpt", "cluster.yaml"))
			return objects(t, stdout)
		},
		"kustomize generator, exec": func(t *testing.T) map[string]string {
			return kustomized(t, cluster, "generators", execFunction)
		},
		"kustomize transformer, exec": func(t *testing.T) map[string]string {
			return kustomized(t, cluster, "transformers", execFunction)
		},
		"kpt fn render, exec, cluster among the items": func(t *testing.T) map[string]string {
			return rendered(t, cluster, "exec: generate-data-layer")
		},
		"kpt fn render, exec, configPath": func(t *testing.T) map[string]string {
			return rendered(t, cluster, "exec: generate-data-layer\n    configPath: cluster.yaml")
		},
		"kpt fn eval, exec": func(t *testing.T) map[string]string {
			return evaluated(t, cluster, "--exec", "generate-data-layer")
		},
		"kpt fn eval, exec, fn-config": func(t *testing.T) map[string]string {
			return evaluated(t, cluster, "--exec", "generate-data-layer", "--fn-config", "cluster.yaml")
		},
		"kustomize generator, container": func(t *testing.T) map[string]string {
			return kustomized(t, cluster, "generators", "container:\n  image: "+image(t))
		},
		"kustomize transformer, container": func(t *testing.T) map[string]string {
			return kustomized(t, cluster, "transformers", "container:\n  image: "+image(t))
		},
		"kpt fn render, container, cluster among the items": func(t *testing.T) map[string]string {
			return rendered(t, cluster, "image: "+image(t))
		},
		"kpt fn render, container, configPath": func(t *testing.T) map[string]string {
			return rendered(t, cluster, "image: "+image(t)+"\n    configPath: cluster.yaml")
		},
		"kpt fn eval, container": func(t *testing.T) map[string]string {
			return evaluated(t, cluster, "--image", image(t))
		},
	}
	for name, render := range ways {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, render(t)); diff != "" {
				t.Errorf("differs from the example (-want +got):\n%s", diff)
			}
		})
	}
}

const execFunction = "exec:\n  path: generate-data-layer"

// resourceList wraps a cluster as an orchestrator does.
func resourceList(item, functionConfig string) string {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	if item != "" {
		list += "- " + indented(item, "  ") + "\n"
	}
	if functionConfig != "" {
		list += "functionConfig:\n  " + indented(functionConfig, "  ") + "\n"
	}
	return list
}

func indented(text, by string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}

// kustomized builds a kustomization whose generator or transformer is the cluster.
func kustomized(t *testing.T, cluster, field, function string) map[string]string {
	t.Helper()
	annotation := "annotations:\n    config.kubernetes.io/function: |\n      " + indented(function, "      ")
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", strings.Replace(cluster, "annotations:", annotation, 1))
	write(t, directory, "kustomization.yaml", field+": [cluster.yaml]\n")
	return objects(t, kustomize(t, directory))
}

// rendered runs a package whose pipeline has the function.
func rendered(t *testing.T, cluster, function string) map[string]string {
	t.Helper()
	directory := kptPackage(t, cluster, function)
	kpt(t, directory, "fn", "render", "--allow-exec", "--image-pull-policy", "IfNotPresent")
	return applied(t, files(t, directory))
}

// evaluated runs the function on a package without a pipeline.
func evaluated(t *testing.T, cluster string, flags ...string) map[string]string {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", cluster)
	kpt(t, directory, append([]string{"fn", "eval", ".", "--image-pull-policy", "IfNotPresent"}, flags...)...)
	return applied(t, files(t, directory))
}

func kptPackage(t *testing.T, cluster, function string) string {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", cluster)
	write(t, directory, "Kptfile", `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: test
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  mutators:
  - `+function+"\n")
	return directory
}

func write(t *testing.T, directory, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// image is the function's container image, which `make image` builds.
func image(t *testing.T) string {
	t.Helper()
	need(t, "docker")
	if os.Getenv("IMAGE") == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("IMAGE is not set, and CI skips nothing")
		}
		t.Skip("set IMAGE to what `make image` built to test the container")
	}
	return os.Getenv("IMAGE")
}

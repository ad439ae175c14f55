package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestCredentialsWithEveryTool renders each kind of credentials twice, by kpt and
// by kustomize: the second time changes no byte, and both make the objects of
// the case.
func TestCredentialsWithEveryTool(t *testing.T) {
	cases, err := filepath.Glob(testdata + "/credentials-*/output.yaml")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, output := range cases {
		t.Run(filepath.Base(filepath.Dir(output)), func(t *testing.T) {
			want := byName(t, generated(parse(t, read(t, output))))
			items := parse(t, read(t, filepath.Join(filepath.Dir(output), "input.yaml")))
			t.Run("kpt", func(t *testing.T) {
				directory := kptPackage(t, asYAML(t, items[0].Object), "exec: generate-data-layer")
				for _, item := range items[1:] {
					write(t, directory, item.GetName()+".yaml", asYAML(t, item.Object))
				}
				kpt(t, directory, "fn", "render", "--allow-exec")
				once := files(t, directory)
				kpt(t, directory, "fn", "render", "--allow-exec")
				if diff := cmp.Diff(once, files(t, directory)); diff != "" {
					t.Errorf("a second render changes the package:\n%s", diff)
				}
				if diff := cmp.Diff(want, generatedOf(t, once)); diff != "" {
					t.Errorf("differs from the case (-want +got):\n%s", diff)
				}
			})
			t.Run("kustomize", func(t *testing.T) {
				directory := t.TempDir()
				items[0].SetAnnotations(map[string]string{"config.kubernetes.io/function": execFunction})
				write(t, directory, "cluster.yaml", asYAML(t, items[0].Object))
				kustomization := "transformers: [cluster.yaml]\nresources:\n"
				for _, item := range items[1:] {
					write(t, directory, item.GetName()+".yaml", asYAML(t, item.Object))
					kustomization += "- " + item.GetName() + ".yaml\n"
				}
				write(t, directory, "kustomization.yaml", kustomization)
				once := kustomize(t, directory)
				if diff := cmp.Diff(once, kustomize(t, directory)); diff != "" {
					t.Errorf("a second build differs:\n%s", diff)
				}
				if diff := cmp.Diff(want, byName(t, generated(parse(t, once)))); diff != "" {
					t.Errorf("differs from the case (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestDecryptedSecret has an earlier step put a Secret in memory among the
// resources, as KSOPS does: it is checked, and nobody is warned.
func TestDecryptedSecret(t *testing.T) {
	directory := t.TempDir()
	write(t, directory, "decrypted.yaml", `apiVersion: v1
kind: Secret
metadata: {name: db, namespace: keys}
stringData: {url: "postgres://me:hunter2@db.example.com/keys"}
`)
	decrypt := filepath.Join(directory, "decrypt")
	if err := os.WriteFile(decrypt, []byte("#!/bin/sh\ncat '"+filepath.Join(directory, "decrypted.yaml")+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, directory, "decrypt.yaml", `apiVersion: example.com/v1
kind: Decrypt
metadata:
  name: decrypt
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: ./decrypt
`)
	write(t, directory, "cluster.yaml", `apiVersion: banhbaoring.io/v1
kind: BanhBaoRingCluster
metadata:
  name: demo
  namespace: keys
  annotations:
    config.kubernetes.io/function: |
      `+indented(execFunction, "      ")+`
spec:
  database: {managed: false, connectionString: {name: db, key: url}}
  redis: {managed: false, connectionString: {name: elsewhere, key: url}}
`)
	write(t, directory, "kustomization.yaml", "generators: [decrypt.yaml]\ntransformers: [cluster.yaml]\n")
	stdout, stderr, err := tool(t, directory, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec")
	if err != nil || strings.Contains(stderr, "warning") {
		t.Fatalf("kustomize: %v\n%s", err, stderr)
	}
	if !strings.Contains(stdout, "BANHBAO_DATABASE_HOST: db.example.com") {
		t.Errorf("the Secret was not read:\n%s", stdout)
	}
}

// TestNamespaceBeforeSealing has kustomize set the namespace before the function
// runs, as the docs say, so that what is sealed for it can be decrypted.
func TestNamespaceBeforeSealing(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	directory := t.TempDir()
	cluster := strings.Replace(plainCluster, "  namespace: keys\n", "", 1)
	write(t, directory, "cluster.yaml", controller.sealFile(t, cluster, "", "--namespace=production"))
	write(t, directory, "function.yaml", `apiVersion: v1
kind: ConfigMap
metadata:
  name: generate-data-layer
  annotations:
    config.kubernetes.io/function: |
      `+indented(execFunction, "      ")+"\n")
	write(t, directory, "kustomization.yaml", "namespace: production\nresources: [cluster.yaml]\ntransformers: [function.yaml]\n")
	secrets := controller.unsealed(t, kustomize(t, directory))
	if secret := secrets["demo-postgres-credentials"]; secret.Namespace != "production" {
		t.Errorf("the Secret is in the namespace %q", secret.Namespace)
	}
}

func asYAML(t *testing.T, value any) string {
	t.Helper()
	data, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// byName returns objects as YAML, without the annotations of files.
func byName(t *testing.T, all manifests) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, object := range all {
		annotations := object.GetAnnotations()
		for key := range annotations {
			if strings.Contains(key, "config.kubernetes.io/") {
				delete(annotations, key)
			}
		}
		object.SetAnnotations(annotations)
		found[object.GetKind()+" "+object.GetName()] = asYAML(t, object.Object)
	}
	return found
}

// generatedOf returns the generated objects in a package's files.
func generatedOf(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	var all manifests
	for path, content := range files {
		if strings.HasSuffix(path, ".yaml") {
			all = append(all, parse(t, content)...)
		}
	}
	return byName(t, generated(all))
}

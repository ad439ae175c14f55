package cli_test

import (
	"crypto/rsa"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	sealedsecrets "github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// TestTroubleshooting holds docs/troubleshooting.md to what programs say: each
// message is provoked here or in another test, which then has it.
func TestTroubleshooting(t *testing.T) {
	provoked := map[string]func(*testing.T) string{
		"external plugins disabled; unable to load external plugin 'BanhBaoRingCluster'": func(t *testing.T) string { return kustomizeSays(t, os.Getenv("PATH")) },
		"executable file not found in $PATH": func(t *testing.T) string {
			return kustomizeSays(t, t.TempDir(), "--enable-alpha-plugins", "--enable-exec")
		},
		"must run with --allow-exec option": kptSays,
		"unable to find user nobody":        dockerSays,
		"field is immutable": func(*testing.T) string {
			return validation.ValidateImmutableField(1, 2, field.NewPath("spec")).ToAggregate().Error()
		},
		"no key could decrypt secret": controllerSays,
		"another container uses /var/lib/postgresql/data: waiting for its end": func(t *testing.T) string {
			return strings.ReplaceAll(read(t, "../builders/files/lock-volume.sh"), "$volume", "/var/lib/postgresql/data")
		},
	}
	tested := map[string]string{
		"password authentication failed":                 "../builders/credentials_server_test.go",
		"no pg_hba.conf entry for host …, no encryption": "../builders/tls_server_test.go",
		`relation "organizations" already exists`:        "../builders/postgres_server_test.go",
	}
	untested := map[string]string{
		"CreateContainerConfigError":                                        "of the kubelet",
		"ContainerCreating":                                                 "of the kubelet",
		"references non-existent secret key: ca.crt":                        "of the kubelet",
		"updates to statefulset spec for fields other than … are forbidden": "of the API server, in no module that others may import",
		"kubectl apply":                                                     "a command",
		"configured":                                                        "of kubectl, which needs an API server for it",
	}
	for _, message := range symptoms(t) {
		said := provoked[message]
		if file := tested[message]; file != "" {
			said = func(t *testing.T) string { return read(t, file) }
		}
		if untested[message] != "" {
			continue
		}
		t.Run(message, func(t *testing.T) {
			if said == nil {
				t.Fatal("nothing provokes it")
			}
			pattern := strings.ReplaceAll(regexp.QuoteMeta(message), "…", ".*")
			if text := strings.ReplaceAll(said(t), "`", ""); !regexp.MustCompile(pattern).MatchString(text) {
				t.Errorf("not in\n%s", text)
			}
		})
	}
}

// TestKustomizeWithoutExec shows why the page tells of an output that lacks the
// data layer: kustomize succeeds.
func TestKustomizeWithoutExec(t *testing.T) {
	stdout, stderr, err := tool(t, "", "kustomize", "build", "--enable-alpha-plugins", filepath.Join(examples, "minimal", "kustomize"))
	if stdout != "" || stderr != "" || err != nil {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

// symptoms are what the page quotes of what its reader sees.
func symptoms(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(read(t, "../docs/troubleshooting.md")) {
		if cells := strings.Split(line, " | "); len(cells) == 2 {
			for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[0], -1) {
				all = append(all, span[1])
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("the page has no table")
	}
	return all
}

func kustomizeSays(t *testing.T, path string, flags ...string) string {
	t.Helper()
	need(t, "kustomize")
	command := exec.Command("kustomize", append(flags, "build", filepath.Join(examples, "minimal", "kustomize"))...)
	command.Env = append(os.Environ(), "PATH="+path)
	output, err := command.CombinedOutput()
	if err == nil {
		t.Error("it succeeds")
	}
	return string(output)
}

func kptSays(t *testing.T) string {
	t.Helper()
	_, stderr, err := tool(t, copied(t, filepath.Join(examples, "minimal", "kpt")), "kpt", "fn", "render")
	if err == nil {
		t.Error("it succeeds")
	}
	return stderr
}

// dockerSays runs an image of nothing, as kpt and kustomize run theirs.
func dockerSays(t *testing.T) string {
	t.Helper()
	const image = "generate-data-layer-test-empty"
	if _, stderr, err := tool(t, "", "bash", "-euo", "pipefail", "-c", "tar -cf - -T /dev/null | docker import - "+image); err != nil {
		t.Fatal(stderr)
	}
	defer func() { _, _, _ = tool(t, "", "docker", "rmi", image) }()
	_, stderr, _ := tool(t, "", "docker", "run", "--rm", "--user", "nobody", image, "/function")
	return stderr
}

// controllerSays what Sealed Secrets does when it has another key.
func controllerSays(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", newController(t, time.Now().AddDate(1, 0, 0)).sealed(t, ""))
	rendered, _, _ := run("", "render", directory)
	keys := map[string]*rsa.PrivateKey{"": newController(t, time.Now().AddDate(1, 0, 0)).key}
	sealed := typed[sealedsecrets.SealedSecret](t, generated(parse(t, rendered)), "SealedSecret")
	_, err := sealed[0].Unseal(serializer.NewCodecFactory(runtime.NewScheme()), keys)
	return err.Error()
}

package cli_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sealedsecrets "github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

const plainCluster = `apiVersion: banhbaoring.io/v1
kind: BanhBaoRingCluster
metadata:
  name: demo
  namespace: keys
`

// awkward are passwords with what URLs, shells, SQL and configuration files
// give a meaning to.
var awkward = []string{
	"plain",
	"@:/?#%",
	"with spaces and +plus",
	`quotes " and ' and \`,
	"$HOME `id` $(id) {{ .password }}",
	"ünï-çødé 鍵",
	"-begins-with-a-dash",
}

// TestSealThenRender decrypts what a render makes of a sealed password as the
// controller would, by its own library.
func TestSealThenRender(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	for _, scope := range []string{"", "strict", "namespace-wide", "cluster-wide"} {
		t.Run("scope "+scope, func(t *testing.T) {
			secrets := controller.unseal(t, controller.sealed(t, "", "--scope="+scope))
			for _, name := range []string{"demo-postgres-credentials", "demo-redis-connection"} {
				if password := secrets[name].Data["password"]; len(password) != 32 || url.QueryEscape(string(password)) != string(password) {
					t.Errorf("%s: the password has %d characters, or some that a URL must escape", name, len(password))
				}
			}
		})
	}
	for _, password := range awkward {
		t.Run(password, func(t *testing.T) {
			secret := controller.unseal(t, controller.sealed(t, password, "--database", "--password-stdin"))["demo-postgres-credentials"]
			want := map[string]string{
				"username": "banhbaoring", "password": password, "database": "banhbaoring",
				"url": "postgres://banhbaoring:" + passwordIn(t, secret, password) + "@demo-postgres:5432/banhbaoring?sslmode=disable",
			}
			if diff := cmp.Diff(want, text(secret)); diff != "" {
				t.Errorf("the Secret of PostgreSQL (-want +got):\n%s", diff)
			}
			secret = controller.unseal(t, controller.sealed(t, password, "--redis", "--password-stdin"))["demo-redis-connection"]
			want = map[string]string{
				"password": password,
				"url":      "redis://default:" + passwordIn(t, secret, password) + "@demo-redis:6379",
			}
			if diff := cmp.Diff(want, text(secret)); diff != "" {
				t.Errorf("the Secret of Redis (-want +got):\n%s", diff)
			}
		})
	}
}

// passwordIn checks that the URL of a Secret parses back to the password, and
// returns how the password is spelled there.
func passwordIn(t *testing.T, secret *corev1.Secret, password string) string {
	t.Helper()
	u, err := url.Parse(string(secret.Data["url"]))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := u.User.Password(); got != password {
		t.Errorf("the url has the password %q, want %q", got, password)
	}
	_, rest, _ := strings.Cut(string(secret.Data["url"]), "://")
	spelled, _, _ := strings.Cut(rest, "@")
	_, spelled, _ = strings.Cut(spelled, ":")
	return spelled
}

func text(secret *corev1.Secret) map[string]string {
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values
}

func TestSealExternal(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	const cluster = plainCluster + "spec:\n  database: {managed: false}\n  redis: {managed: false}\n"
	const postgres = "postgres://me:pass%20word@db.example.com:5432/keys?sslmode=require"
	sealed := controller.sealFile(t, cluster, postgres+"\n", "--database", "--url-stdin")
	sealed = controller.sealFile(t, sealed, "rediss://:word@cache.example.com\n", "--redis", "--url-stdin")
	secrets := controller.unseal(t, sealed)
	got := map[string]map[string]string{}
	for name, secret := range secrets {
		got[name] = text(secret)
	}
	want := map[string]map[string]string{
		"demo-postgres-credentials": {"url": postgres},
		"demo-redis-connection":     {"url": "rediss://:word@cache.example.com"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Secrets (-want +got):\n%s", diff)
	}
}

// TestGoldenSealInPlace shows what seal adds to a file in which every line has a
// reason to be broken.
func TestGoldenSealInPlace(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	directory := t.TempDir()
	file := filepath.Join(directory, "cluster.yaml")
	commented := read(t, "testdata/commented.yaml")
	write(t, directory, "cluster.yaml", commented)
	for range 2 {
		if _, stderr, code := run("", "seal", "--cert", controller.certificate, "--in-place", "--rotate", file); code != 0 {
			t.Fatal(stderr)
		}
		golden.Check(t, "testdata/sealed.yaml", hideCiphertext(read(t, file)))
	}
	controller.unseal(t, read(t, file))
	if entries, _ := os.ReadDir(directory); len(entries) != 1 {
		t.Errorf("something else was left behind: %v", entries)
	}
}

// hideCiphertext replaces what is different in every run.
func hideCiphertext(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if key, value, _ := strings.Cut(line, ": "); len(value) > 300 {
			lines[i] = key + ": CIPHERTEXT"
		}
	}
	return strings.Join(lines, "\n")
}

func TestSealRefuses(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	sealed := controller.sealed(t, "")
	tests := map[string]struct {
		cluster, stdin string
		flags          []string
		want           string
	}{
		"to replace":                     {cluster: sealed, want: "spec.database.credentials.sealed: is there already; --rotate replaces it"},
		"a second source":                {cluster: plainCluster + "spec: {database: {credentials: {secretRef: {}}}}", want: "spec.database.credentials.secretRef: remove it first"},
		"strict without namespace":       {cluster: strings.Replace(plainCluster, "  namespace: keys\n", "", 1), want: "metadata.namespace: is required"},
		"two clusters":                   {cluster: plainCluster + "---\n" + plainCluster, want: "there is more than one BanhBaoRingCluster demo: rename or remove one"},
		"no cluster":                     {cluster: "kind: ConfigMap\n", want: "there is no BanhBaoRingCluster"},
		"no YAML":                        {cluster: "kind: [", want: "is not YAML"},
		"an external one's password":     {cluster: plainCluster + "spec: {database: {managed: false}}", stdin: "x", flags: []string{"--database", "--password-stdin"}, want: "use --url-stdin"},
		"a managed one's url":            {cluster: plainCluster, stdin: "x", flags: []string{"--database", "--url-stdin"}, want: "this one is managed"},
		"a URL that is none":             {cluster: plainCluster + "spec: {redis: {managed: false}}", stdin: "http://x", flags: []string{"--redis", "--url-stdin"}, want: "must start with redis://"},
		"an empty password":              {cluster: plainCluster, flags: []string{"--redis", "--password-stdin"}, want: "must have one line"},
		"a password for two":             {cluster: plainCluster, stdin: "x", flags: []string{"--password-stdin"}, want: "for one of --database and --redis"},
		"an unknown scope":               {cluster: plainCluster, flags: []string{"--scope=wide"}, want: "must be strict, namespace-wide or cluster-wide"},
		"certificate and secret at once": {cluster: plainCluster, flags: []string{"--redis", "--password-stdin", "--cert=-"}, want: "stdin cannot be both"},
		"an alias in the way":            {cluster: plainCluster + "spec:\n  redis: &r {managed: true}\n  database: *r\n", want: "spec.database is not an object"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			write(t, directory, "cluster.yaml", test.cluster)
			file := filepath.Join(directory, "cluster.yaml")
			args := append([]string{"seal", "--in-place", "--cert", controller.certificate, file}, test.flags...)
			_, stderr, code := run(test.stdin, args...)
			if code == 0 || !strings.Contains(stderr, test.want) {
				t.Errorf("exit code %d, stderr lacks %q:\n%s", code, test.want, stderr)
			}
			if read(t, file) != test.cluster {
				t.Error("the file was changed")
			}
		})
	}
}

func TestSealCertificates(t *testing.T) {
	secret := func(certificate string) string {
		return "kind: Secret\ndata: {tls.crt: " + base64.StdEncoding.EncodeToString([]byte(certificate)) + "}\n"
	}
	current, expired := newController(t, time.Now().AddDate(1, 0, 0)), newController(t, time.Now().AddDate(0, 0, -1))
	ending := newController(t, time.Now().AddDate(0, 0, 7))
	tests := map[string]struct{ certificate, stderr string }{
		"PEM":            {read(t, current.certificate), ""},
		"Secret":         {secret(read(t, current.certificate)), ""},
		"list":           {"kind: List\nitems:\n- " + indented(secret(read(t, expired.certificate)), "  ") + "\n- " + indented(secret(read(t, current.certificate)), "  ") + "\n", ""},
		"expired":        {read(t, expired.certificate), "warning: --cert: the certificate expired on"},
		"expiring":       {read(t, ending.certificate), "warning: --cert: the certificate expires on"},
		"something else": {"hello", "is neither a PEM certificate nor a Secret"},
		"an empty file":  {"", "is neither a PEM certificate nor a Secret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			write(t, directory, "cluster.yaml", plainCluster)
			_, stderr, _ := run(test.certificate, "seal", "--cert", "-", filepath.Join(directory, "cluster.yaml"))
			if !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("stderr %q, want %q", stderr, test.stderr)
			}
		})
	}
}

// controller has the key of a Sealed Secrets controller.
type controller struct {
	certificate string // file
	key         *rsa.PrivateKey
}

func newController(t *testing.T, until time.Time) controller {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "sealed-secrets"},
		NotBefore:    until.AddDate(-10, 0, 0),
		NotAfter:     until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	write(t, directory, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return controller{filepath.Join(directory, "cert.pem"), key}
}

// sealed seals for the plain cluster and returns its file.
func (c controller) sealed(t *testing.T, stdin string, flags ...string) string {
	t.Helper()
	return c.sealFile(t, plainCluster, stdin, flags...)
}

func (c controller) sealFile(t *testing.T, cluster, stdin string, flags ...string) string {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", cluster)
	args := append([]string{"seal", "--cert", c.certificate, filepath.Join(directory, "cluster.yaml")}, flags...)
	stdout, stderr, code := run(stdin, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("seal: exit code %d\n%s", code, stderr)
	}
	return stdout
}

// unseal renders a cluster and returns the Secrets that the controller would
// make, by name.
func (c controller) unseal(t *testing.T, cluster string) map[string]*corev1.Secret {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, "cluster.yaml", cluster)
	stdout, stderr, code := run("", "render", directory)
	if code != 0 {
		t.Fatalf("render: exit code %d\n%s", code, stderr)
	}
	return c.unsealed(t, stdout)
}

// unsealed returns the Secrets that the controller would make of manifests.
func (c controller) unsealed(t *testing.T, rendered string) map[string]*corev1.Secret {
	t.Helper()
	keys := map[string]*rsa.PrivateKey{"": c.key}
	secrets := map[string]*corev1.Secret{}
	for _, sealed := range typed[sealedsecrets.SealedSecret](t, generated(parse(t, rendered)), "SealedSecret") {
		secret, err := sealed.Unseal(serializer.NewCodecFactory(runtime.NewScheme()), keys)
		if err != nil {
			t.Fatalf("%s: %v", sealed.Name, err)
		}
		if diff := cmp.Diff(sealed.Labels, secret.Labels); diff != "" {
			t.Errorf("%s: labels of the Secret (-SealedSecret +Secret):\n%s", sealed.Name, diff)
		}
		if owner := secret.Annotations["banhbaoring.io/generated-from"]; owner != sealed.Annotations["banhbaoring.io/generated-from"] {
			t.Errorf("%s: the Secret is generated from %q", sealed.Name, owner)
		}
		secrets[sealed.Name] = secret
	}
	if len(secrets) == 0 {
		t.Fatal(fmt.Errorf("nothing is sealed:\n%s", rendered))
	}
	return secrets
}

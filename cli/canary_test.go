package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// canary is the password in every case that has one: no output may repeat it.
const canary = "hunter2"

// TestNoSecretInAnyOutput runs every case with a password in it, in every
// command: it appears only in items that came with it.
func TestNoSecretInAnyOutput(t *testing.T) {
	found := 0
	for _, name := range cases(t) {
		input := read(t, filepath.Join(testdata, name, "input.yaml"))
		if !strings.Contains(input, canary) {
			continue
		}
		found++
		t.Run(name, func(t *testing.T) {
			stdout, stderr, _ := run(input)
			silent(t, "stderr", stderr)
			silent(t, "results", results(t, stdout))
			for _, object := range generated(parse(t, stdout)) {
				silent(t, object.GetKind()+" "+object.GetName(), asJSON(t, object.Object))
			}
			directory := t.TempDir()
			write(t, directory, "list.yaml", input)
			for _, args := range [][]string{{"render"}, {"render", "--diff", "/dev/null"}, {"render", "--diff", directory}, {"graph"}} {
				stdout, stderr, _ = run("", append(args, directory)...)
				silent(t, strings.Join(args, " ")+"'s stdout", stdout)
				silent(t, strings.Join(args, " ")+"'s stderr", stderr)
			}
		})
	}
	if found == 0 {
		t.Errorf("no case has the password %s", canary)
	}
}

// TestNoSecretFromBadURLs puts URLs that are wrong in any way where they are parsed.
func TestNoSecretFromBadURLs(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	for _, url := range []string{
		"hunter2", "hunter2://x", "postgres://me:hunter2", "postgres://me:hunter2@", "postgres://me:hunter2@:x/y",
		"postgres://me:hunter2@host:hunter2/y", "postgres://me:hunter2@host:99999/y", "postgres://me:hunter2@host", "postgres://me:hun%zzter2hunter2@host/x",
		"postgres://me:hunter2@host/x?sslmode=hunter2", "postgres://me:hunter2@host/x ", "postgres://me:hunter2@ho st/x", "postgres://[hunter2",
		"redis://:hunter2@host/hunter2", "mysql://me:hunter2@host/x", "postgres://me:hunter2@host/a/b", "\x7fhunter2",
	} {
		for _, component := range []string{"database", "redis"} {
			secret := `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "keys"}, "stringData": {"url": ` + asJSON(t, url) + `}}`
			cluster := plainCluster + "spec: {" + component + ": {managed: false, connectionString: {name: s, key: url}}}\n"
			stdout, stderr, _ := run(resourceList(cluster, "") + "- " + secret + "\n")
			silent(t, "stderr", stderr)
			silent(t, "results", results(t, stdout))

			directory := t.TempDir()
			write(t, directory, "cluster.yaml", plainCluster+"spec: {"+component+": {managed: false}}\n")
			file := filepath.Join(directory, "cluster.yaml")
			stdout, stderr, _ = run(url, "seal", "--cert", controller.certificate, "--"+component, "--url-stdin", file)
			silent(t, "seal's stdout", stdout)
			silent(t, "seal's stderr", stderr)
		}
	}
}

// TestSealShowsNoSecret looks at everything that seal leaves behind.
func TestSealShowsNoSecret(t *testing.T) {
	controller := newController(t, time.Now().AddDate(1, 0, 0))
	tests := map[string]struct {
		cluster, stdin string
		flags          []string
	}{
		"a password":              {plainCluster, canary, []string{"--database", "--password-stdin", "--in-place"}},
		"one with a line end":     {plainCluster, canary + "\nmore", []string{"--redis", "--password-stdin"}},
		"one in the file":         {plainCluster + "spec: {redis: {password: hunter2}}\n", "", []string{"--rotate"}},
		"one in a broken file":    {plainCluster + "spec: {redis: {password: hunter2}\n  hunter2: [\n", "", nil},
		"one that is an alias":    {plainCluster + "spec: {redis: {password: *hunter2}}\n", "", nil},
		"one that is no mapping":  {plainCluster + "spec: {database: hunter2}\n", "", nil},
		"one as a certificate":    {plainCluster, "kind: Secret\ndata: {tls.key: hunter2}\n", []string{"--cert=-"}},
		"one as a PEM":            {plainCluster, "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n", []string{"--cert=-"}},
		"one as a broken Secret":  {plainCluster, "data: [hunter2", []string{"--cert=-"}},
		"one as a Secret's value": {plainCluster, "kind: Secret\ndata: {tls.crt: hunter2}\n", []string{"--cert=-"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			write(t, directory, "cluster.yaml", test.cluster)
			args := append([]string{"seal", "--cert", controller.certificate, filepath.Join(directory, "cluster.yaml")}, test.flags...)
			stdout, stderr, _ := run(test.stdin, args...)
			silent(t, "stderr", stderr)
			if !strings.Contains(test.cluster, canary) {
				silent(t, "stdout", stdout)
				for path, content := range files(t, directory) {
					silent(t, path, content)
				}
			}
			if entries, err := os.ReadDir(directory); len(entries) != 1 {
				t.Errorf("something else was left behind: %v %v", entries, err)
			}
		})
	}
}

// TestStatusShowsNoSecret gives status the Secrets that kubectl get prints, and
// all sorts of what it might have gone wrong with.
func TestStatusShowsNoSecret(t *testing.T) {
	url := base64.StdEncoding.EncodeToString([]byte("postgres://me:hunter2@host/x"))
	inputs := map[string]string{
		"as plain text":        "kind: Secret\napiVersion: v1\nmetadata: {name: demo-postgres-credentials, namespace: banhbaoring}\nstringData: {password: hunter2}\n",
		"as data":              "kind: Secret\napiVersion: v1\nmetadata: {name: demo-postgres-credentials, namespace: banhbaoring}\ndata: {password: hunter2, username: [hunter2]}\n",
		"in an annotation":     "kind: Secret\napiVersion: v1\nmetadata: {name: demo-postgres-credentials, namespace: banhbaoring, annotations: {kubectl.kubernetes.io/last-applied-configuration: hunter2}}\n",
		"as the data":          "kind: Secret\napiVersion: v1\nmetadata: {name: demo-postgres-credentials, namespace: banhbaoring}\ndata: hunter2\n",
		"as a time":            "kind: Secret\napiVersion: v1\nmetadata: {creationTimestamp: hunter2}\n",
		"as an alias":          "kind: Secret\ndata: {password: *hunter2}\n",
		"as a tag":             "kind: Secret\ndata: {password: !!hunter2 x}\n",
		"as a key, twice":      "kind: Secret\ndata: {hunter2: a, hunter2: b}\n",
		"as a document":        "hunter2",
		"as a kind":            "kind: [hunter2]",
		"in what is cut off":   "kind: Secret\ndata: {password: hunter2",
		"in JSON, cut off":     `{"kind": "Secret", "data": {"password": "hunter2`,
		"in JSON, twice":       `{"kind": "Secret", "data": {"hunter2": 1, "hunter2": "hunter2"}, "apiVersion": "v1"}`,
		"in JSON, misspelt":    `{"kind": "Secret", "data": {"password": hunter2}}`,
		"between tabs":         "kind: Secret\ndata:\n\tpassword: hunter2\n",
		"below the wrong line": "kind: Secret\ndata:\n  password: hunter2\n url: hunter2\n",
	}
	for _, name := range folders(t, statusTestdata) {
		inputs["the case "+name] = readStatusCase(t, name).live
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			for _, folder := range []string{"ready", "external", "cloudnativepg-joining"} {
				for _, format := range []string{"table", "json", "yaml"} {
					stdout, stderr, _ := run(input, "status", "-o", format, filepath.Join(statusTestdata, folder, "cluster.yaml"))
					silent(t, "stdout", stdout)
					silent(t, "stderr", stderr)
					if strings.Contains(stdout+stderr, url) {
						t.Errorf("the output has the URL:\n%s", stdout+stderr)
					}
				}
			}
		})
	}
}

// silent fails where an output has the password, in plain text or encoded.
func silent(t *testing.T, where, output string) {
	t.Helper()
	for _, spelling := range []string{canary, strings.ToUpper(canary[:1]) + canary[1:], base64.StdEncoding.EncodeToString([]byte(canary))} {
		if strings.Contains(output, spelling) {
			t.Errorf("%s has the password:\n%s", where, output)
		}
	}
}

// results returns the part of a ResourceList that reports.
func results(t *testing.T, list string) string {
	t.Helper()
	if _, after, ok := strings.Cut(list, "\nresults:"); ok {
		return after
	}
	return ""
}

func asJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

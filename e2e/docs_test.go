package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// page is a page of the docs whose commands a test runs.
type page struct {
	t      *testing.T
	path   string
	blocks []block
	mu     sync.Mutex
	ran    map[string]bool
}

// block is what a fence encloses, without the indentation of the fence.
type block struct{ language, text string }

// openPage reads a page from its heading on, or all of it. Commands that no test
// has run when this one ends fail it.
func openPage(t *testing.T, path, heading string) *page {
	t.Helper()
	text := read(t, filepath.Join("..", path))
	_, text, found := strings.Cut("\n"+text, "\n"+heading)
	if !found {
		t.Fatalf("%s has no %q", path, heading)
	}
	p := &page{t: t, path: path, blocks: fences(text), ran: map[string]bool{}}
	t.Cleanup(func() {
		for _, b := range p.blocks {
			if b.language == "shell" && !p.ran[b.text] && !t.Failed() {
				t.Errorf("%s: nothing runs\n%s", path, b.text)
			}
		}
	})
	return p
}

// fences returns the blocks of a page in order.
func fences(text string) []block {
	var blocks []block
	var open *block
	indent := ""
	for line := range strings.Lines(text) {
		before, language, fence := strings.Cut(line, "```")
		switch {
		case fence && open == nil:
			indent, open = before, &block{language: strings.TrimSpace(language)}
		case fence:
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.text += strings.TrimPrefix(line, indent)
		}
	}
	return blocks
}

// block returns the first block of a language that has a text in it.
func (p *page) block(t *testing.T, language, part string) string {
	t.Helper()
	for _, b := range p.blocks {
		if b.language == language && strings.Contains(b.text, part) {
			return b.text
		}
	}
	t.Fatalf("%s has no block of %s with %q", p.path, language, part)
	return ""
}

// shell is block for commands that are about to run.
func (p *page) shell(t *testing.T, part string) string {
	t.Helper()
	text := p.block(t, "shell", part)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran[text] = true
	return text
}

// reader follows a page, in a directory and a namespace of its own.
type reader struct {
	cluster
	page      *page
	directory string
	// replaces is what the reader puts in for the page's examples.
	replaces []string
}

func newReader(t *testing.T, p *page) reader {
	t.Helper()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	r := reader{cluster: c, page: p, directory: t.TempDir()}
	// The namespace has to be one that is cleaned up, so it is there already.
	r.replaces = []string{
		"create namespace banhbaoring", "get namespace " + c.namespace.name,
		"namespace banhbaoring", "namespace " + c.namespace.name,
		"namespace: banhbaoring", "namespace: " + c.namespace.name,
		"-n banhbaoring ", "-n " + c.namespace.name + " ",
	}
	config := filepath.Join(r.directory, "kubeconfig")
	write(t, c.command("", "kubectl", "config", "view", "--raw", "--flatten", "--minify"), config)
	c.command("", "kubectl", "--kubeconfig="+config, "config", "set-context", "--current", "--namespace="+c.namespace.name)
	return r
}

// run runs the commands of the block that has a text in it, as a reader whose
// shell stops at the first that fails, and returns what they print.
func (r reader) run(part, stdin string, replaces ...string) string {
	r.t.Helper()
	script := r.replace(r.page.shell(r.t, part), replaces...)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr strings.Builder
	bash := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	bash.Dir = r.directory
	bash.Env = append(os.Environ(),
		"KUBECONFIG="+filepath.Join(r.directory, "kubeconfig"),
		"PATH="+r.directory+string(filepath.ListSeparator)+os.Getenv("PATH"))
	bash.Stdin, bash.Stdout, bash.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := bash.Run(); err != nil {
		r.t.Fatalf("%s: %v\n%s\n%s%s", r.page.path, err, script, stdout.String(), stderr.String())
	}
	return stdout.String()
}

func (r reader) replace(text string, replaces ...string) string {
	return strings.NewReplacer(append(replaces, r.replaces...)...).Replace(text)
}

// file writes a file of the reader's, with the reader's names in it.
func (r reader) file(name, content string, replaces ...string) string {
	r.t.Helper()
	path := filepath.Join(r.directory, name)
	write(r.t, r.replace(content, replaces...), path)
	return path
}

// renderFile returns the manifests of a cluster's file.
func (r reader) renderFile(file string) string {
	r.t.Helper()
	return r.command("", "generate-data-layer", "render", file)
}

// TestDocsREADME: each way to use the function that the README shows ends with
// pods that are ready, from the files that it shows.
func TestDocsREADME(t *testing.T) {
	t.Parallel()
	p := openPage(t, "README.md", "# generate-data-layer")
	// There is no cluster in "make run", and "make test" is all other tests.
	p.shell(t, "make test")
	// The image cannot be pulled everywhere; the page shows what to do with the binary.
	const image = "- image: ghcr.io/bidon15/banhbaoring/generate-data-layer:v0.1.0"
	ways := map[string]func(reader){
		"by hand": func(r reader) { r.run("generate-data-layer render", "") },
		"kpt": func(r reader) {
			need(r.t, "kpt")
			r.file("Kptfile", r.page.block(r.t, "yaml", "# Kptfile"), image, "- exec: generate-data-layer")
			r.run("kpt live init", "", "kpt fn render ", "kpt fn render --allow-exec ")
		},
		"kustomize": func(r reader) {
			need(r.t, "kustomize")
			r.file("kustomization.yaml", r.page.block(r.t, "yaml", "# kustomization.yaml"))
			r.run("kustomize build", "")
		},
	}
	for name, apply := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, p)
			cluster := r.file("cluster.yaml", p.block(t, "yaml", "kind: BanhBaoRingCluster"))
			r.run("create secret generic", "")
			apply(r)
			r.waitReady(r.renderFile(cluster))
		})
	}
	t.Run("Config Sync", func(t *testing.T) {
		t.Parallel()
		need(t, "kpt")
		need(t, "git")
		r := newReader(t, p)
		if err := os.Mkdir(filepath.Join(r.directory, "demo"), 0o700); err != nil {
			t.Fatal(err)
		}
		r.file("demo/cluster.yaml", p.block(t, "yaml", "kind: BanhBaoRingCluster"))
		r.file("demo/Kptfile", p.block(t, "yaml", "# Kptfile"), image, "- exec: generate-data-layer")
		r.command("", "git", "init", "--quiet", r.directory)
		r.command("", "git", "-C", r.directory, "config", "user.name", "e2e")
		r.command("", "git", "-C", r.directory, "config", "user.email", "e2e@example.com")
		r.command("", "git", "-C", r.directory, "config", "core.editor", "echo demo >")
		r.run("git commit", "", "kpt fn render ", "kpt fn render --allow-exec ")
		if files := r.command("", "git", "-C", r.directory, "ls-files"); !strings.Contains(files, "/statefulset_demo-postgres.yaml") {
			t.Errorf("committed:\n%s", files)
		}
	})
}

// TestDocsByHand: the commands in the README of these tests do what they say.
func TestDocsByHand(t *testing.T) {
	t.Parallel()
	p := openPage(t, "e2e/README.md", "## By hand")
	r := newReader(t, p)
	// The reader is in the repository, here a copy, since make writes into it.
	r.command("", "bash", "-euo", "pipefail", "-c",
		`tar -C .. --exclude=./bin --exclude=./.git -c . | tar -C "$1" -x`, "copy", r.directory)
	for _, example := range []string{"minimal", "production"} {
		r.file("examples/"+example+"/kpt/cluster.yaml", read(t, "../examples/"+example+"/kpt/cluster.yaml"))
	}
	files := []string{"/tmp/", r.directory + "/"}
	output := r.run("make build", "", files...)
	for _, want := range []string{"organizations", "demo-redis"} {
		if !strings.Contains(output, want) {
			t.Errorf("no %s in\n%s", want, output)
		}
	}
	r.run("kubectl patch --local", "", files...)
	production := cluster{r.namespace, "production", "production"}
	production.createCredentials("disable")
	production.start(r.renderFile(filepath.Join(r.directory, "production.yaml")))
}

// kubeseal stands in for the program of that name, which asks the controller for
// its certificate: the controller's newest Secret has it too.
const kubeseal = `#!/bin/sh
[ "$*" = --fetch-cert ] || exit 2
kubectl -n kube-system get secrets --selector=sealedsecrets.bitnami.com/sealed-secrets-key=active \
  --sort-by=.metadata.creationTimestamp --output=jsonpath='{.items[-1:].data.tls\.crt}' | base64 -d
`

// TestDocsCredentials: by the commands of the page, clients connect with what was sealed; after a rotation,
// with the new password alone.
func TestDocsCredentials(t *testing.T) {
	t.Parallel()
	p := openPage(t, "docs/credentials.md", "# Credentials")
	r := newReader(t, p)
	if err := os.Chmod(r.file("kubeseal", kubeseal), 0o700); err != nil {
		t.Fatal(err)
	}
	file := r.file("cluster.yaml", r.edit())
	r.run("kubeseal", "")
	r.start(r.renderFile(file))
	r.startClient()
	if got := r.query("SELECT 42"); got != "42\n" {
		t.Errorf("with the sealed password: %q", got)
	}

	r.run("--rotate", "")
	r.start(r.renderFile(file))
	output, err := r.try("SELECT 42", "kubectl", "--namespace", r.namespace.name, "exec", "--stdin", "client", "--",
		"sh", "-c", `psql -XqAt "$DATABASE_URL"`)
	if err == nil || !strings.Contains(output, "password authentication failed") {
		t.Errorf("with the password before the rotation: %v\n%s", err, output)
	}
	r.kubectl("delete", "pod", "client")
	r.startClient()
	if got := r.query("SELECT 42"); got != "42\n" {
		t.Errorf("with the password after the rotation: %q", got)
	}
}

// TestDocsBackup: a dump made by hand is restored beside the database, and over it.
func TestDocsBackup(t *testing.T) {
	t.Parallel()
	p := openPage(t, "docs/backup.md", "# Backup")
	r := newReader(t, p)
	r.createCredentials("disable")
	r.createBucket()
	r.start(r.render(onlyPostgres, toBucket, p.block(t, "yaml", "retention")))
	const postgres = "demo-postgres-0"
	r.psql(postgres, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n")

	if got := r.run("kubectl create job", ""); !strings.Contains(got, "made banhbaoring-") {
		t.Errorf("the log of the dump:\n%s", got)
	}
	r.eventually("the CronJob knows of its success", func() bool { return r.run("lastSuccessfulTime", "") != "" })
	dump := strings.TrimSpace(r.kubectl("exec", "deployment/s3", "--", "find", "/buckets", "-name", "*.dump"))
	r.file("banhbaoring-20260102T020000Z.dump", r.kubectl("exec", "deployment/s3", "--", "cat", dump))

	r.psql(postgres, "DELETE FROM kept")
	r.run("createdb", "")
	if got := r.run("kubectl exec -it", "SELECT sum(n) FROM kept"); !strings.Contains(got, "500500") {
		t.Errorf("restored beside the database: %q", got)
	}
	r.run("RENAME TO", "")
	if got := r.psql(postgres, "SELECT sum(n) FROM kept"); got != "500500\n" {
		t.Errorf("after the two were swapped: %q", got)
	}
	r.psql(postgres, "DELETE FROM kept")
	r.run("--clean", "")
	if got := r.psql(postgres, "SELECT sum(n) FROM kept"); got != "500500\n" {
		t.Errorf("restored over the database: %q", got)
	}
}

// TestDocsRedisCluster: the Job that joins the nodes may run again, as the page says.
func TestDocsRedisCluster(t *testing.T) {
	t.Parallel()
	p := openPage(t, "docs/redis-cluster.md", "# Redis Cluster")
	r := newReader(t, p)
	r.createCredentials("disable")
	manifests := r.render(p.block(t, "yaml", "mode: cluster"))
	r.start(manifests)
	r.exec("demo-redis-0", "", "redis-cli", "-c", "set", "kept", "42")
	for _, object := range parse(t, manifests) {
		if object.GetKind() == "Job" {
			r.run("kubectl delete job", "", "<cluster>-redis-join-<hash>", object.GetName())
		}
	}
	r.start(manifests)
	if got := r.exec("demo-redis-5", "", "redis-cli", "-c", "get", "kept"); got != "42\n" {
		t.Errorf("another node of Redis has %q", got)
	}
}

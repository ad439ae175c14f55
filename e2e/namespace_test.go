package e2e

import (
	"context"
	"crypto/rand"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait; no test is about speed.
const patience = 10 * time.Minute

// namespace is where a test does everything that it does on the cluster.
type namespace struct {
	t    *testing.T
	name string
}

// newNamespace makes a namespace that enforces a level of Pod Security. With
// the test it goes; if the test failed, it explains itself before.
func newNamespace(t *testing.T, level string) *namespace {
	t.Helper()
	n := &namespace{t, "e2e-" + strings.ToLower(rand.Text()[:8])}
	t.Cleanup(func() {
		if t.Failed() {
			n.explain()
		}
		n.delete()
	})
	n.command(strings.NewReplacer("${NAME}", n.name, "${LEVEL}", level).Replace(read(t, "testdata/namespace.yaml")),
		"kubectl", "apply", "--filename=-")
	return n
}

// delete does not wait for servers to stop in good order: CloudNativePG gives
// each minutes for it.
func (n *namespace) delete() {
	for _, args := range [][]string{
		{"delete", "namespace", n.name, "--ignore-not-found", "--wait=false"},
		{"--namespace", n.name, "delete", "pods", "--all", "--grace-period=1", "--wait=false"},
		{"wait", "--for=delete", "namespace/" + n.name, "--timeout=" + patience.String()},
	} {
		if output, err := n.try("", "kubectl", args...); err != nil {
			n.t.Errorf("kubectl %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
}

// kubectl runs kubectl in the namespace and returns its output.
func (n *namespace) kubectl(args ...string) string {
	n.t.Helper()
	return n.pipe("", args...)
}

// pipe is kubectl with something on its stdin.
func (n *namespace) pipe(stdin string, args ...string) string {
	n.t.Helper()
	return n.command(stdin, "kubectl", append([]string{"--namespace", n.name}, args...)...)
}

// command runs any program, and fails the test if it fails.
func (n *namespace) command(stdin, program string, args ...string) string {
	n.t.Helper()
	output, err := n.try(stdin, program, args...)
	if err != nil {
		n.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, output)
	}
	return output
}

// try returns a program's stdout, or all of its output with the error.
func (n *namespace) try(stdin, program string, args ...string) (string, error) {
	// Not the test's context, which has ended when the cleanup runs.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr strings.Builder
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}

// apply is a server-side apply that takes no unknown field.
func (n *namespace) apply(manifests string) {
	n.t.Helper()
	n.pipe(manifests, "apply", "--server-side", "--validate=strict", "--filename=-")
}

// manifest applies a file of testdata with its variables, name by name, replaced.
func (n *namespace) manifest(file string, variables ...string) {
	n.t.Helper()
	n.apply(strings.NewReplacer(variables...).Replace(read(n.t, "testdata/"+file)))
}

// exec runs a command in a pod's first container.
func (n *namespace) exec(pod, stdin string, command ...string) string {
	n.t.Helper()
	return n.pipe(stdin, append([]string{"exec", "--stdin", pod, "--"}, command...)...)
}

// psql runs SQL inside the pod of a PostgreSQL and returns bare rows.
func (n *namespace) psql(pod, sql string) string {
	n.t.Helper()
	return n.exec(pod, sql, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "banhbaoring", "-d", "banhbaoring")
}

// eventually asks until the answer is yes.
func (n *namespace) eventually(what string, answer func() bool) {
	n.t.Helper()
	for deadline := time.Now().Add(patience); !answer(); time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			n.t.Fatalf("never happened: %s", what)
		}
	}
}

// explain prints what tells why a test failed.
func (n *namespace) explain() {
	show := func(args ...string) {
		if output, err := n.try("", "kubectl", append([]string{"--namespace", n.name}, args...)...); err == nil && output != "" {
			n.t.Logf("kubectl %s\n%s", strings.Join(args, " "), output)
		}
	}
	show("get", "pods,statefulsets,jobs,persistentvolumeclaims", "--output=wide")
	show("describe", "pods")
	show("get", "events", "--sort-by=.metadata.creationTimestamp")
	pods, _ := n.try("", "kubectl", "--namespace", n.name, "get", "pods", "--output=name")
	for pod := range strings.FieldsSeq(pods) {
		show("logs", pod, "--all-containers", "--prefix", "--tail=50")
		show("logs", pod, "--all-containers", "--prefix", "--tail=50", "--previous") // of a container that restarted
	}
}

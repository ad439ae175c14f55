package e2e

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStatusFollows: status tells when a cluster starts, is ready and loses a pod, and
// writes that into the live BanhBaoRingCluster, where what others report stays; its CRD
// stays too.
func TestStatusFollows(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	file := filepath.Join(t.TempDir(), "cluster.yaml")
	write(t, c.edit(), file)
	c.createResource(file)

	c.writeStatus(file)
	first := c.condition("False")
	c.createCredentials("disable")
	c.start(c.render())
	c.writeStatus(file)
	started := c.condition("True")
	c.writeStatus(file)
	if again := c.condition("True"); again != started {
		t.Errorf("the time of the condition went from %s to %s", started, again)
	}
	c.kubectl("delete", "pod", "demo-redis-0", "--wait=false")
	c.eventually("the lost pod is noticed", func() bool { return !c.writeStatus(file) })
	lost := c.condition("False")
	c.eventually("the pod is back", func() bool { return c.writeStatus(file) })
	if back := c.condition("True"); first > started || started > lost || lost > back {
		t.Errorf("times are out of order: %s, %s, %s, %s", first, started, lost, back)
	}
	if phase := c.kubectl("get", "banhbaoringcluster", c.name, "--output=jsonpath={.status.phase}"); phase != "Installing" {
		t.Errorf("the phase of another controller is %q", phase)
	}
}

// createResource installs the CRD, which stays, and creates the cluster with
// something in its status.
func (c cluster) createResource(file string) {
	c.t.Helper()
	c.kubectl("apply", "--server-side", "--filename=../api/v1/crd/banhbaoring.io_banhbaoringclusters.yaml")
	c.kubectl("wait", "--for=condition=Established", "crd/banhbaoringclusters.banhbaoring.io")
	c.kubectl("create", "--filename="+file)
	c.kubectl("patch", "banhbaoringcluster", c.name, "--subresource=status", "--type=merge", `--patch={"status": {"phase": "Installing"}}`)
}

// writeStatus does what the README says, and tells whether all is ready.
func (c cluster) writeStatus(file string) bool {
	c.t.Helper()
	live := c.kubectl("get", "statefulsets,jobs,pods,secrets,banhbaoringclusters", "--output=yaml")
	filled, err := c.try(live, "generate-data-layer", "status", "--output=yaml", file)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		c.t.Fatalf("status: %v\n%s", err, filled)
	}
	c.pipe(filled, "replace", "--subresource=status", "--filename=-")
	return err == nil
}

// condition returns since when DatabaseReady is as wanted.
func (c cluster) condition(want string) string {
	c.t.Helper()
	const path = `{.status.conditions[?(@.type=="DatabaseReady")]['status', 'lastTransitionTime']}`
	status, since, _ := strings.Cut(c.kubectl("get", "banhbaoringcluster", c.name, "--output=jsonpath="+path), " ")
	if status != want || since == "" {
		c.t.Errorf("DatabaseReady is %q since %q, want %s", status, since, want)
	}
	return since
}

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// outage is how long clients may be refused in a row.
const outage = 30 * time.Second

// served is how long at least each pod is watched while it serves.
const served = 5 * time.Second

// TestRestartsRefuseBriefly: while PostgreSQL restarts, by hand and for an edit, a client
// that reconnects every 10 milliseconds sees connection errors alone, for less than 30
// seconds in a row, and a pod that is Ready, and not being deleted, refuses nobody.
func TestRestartsRefuseBriefly(t *testing.T) {
	t.Parallel()
	c := cluster{newNamespace(t, "restricted"), "minimal", "demo"}
	c.createCredentials("disable")
	c.startClient()
	c.copyReconnect()
	pods := watchPods(c)
	c.start(c.render(onlyPostgres))
	c.startReconnect("demo-postgres")
	restarts := map[string]func(){
		"rollout restart": func() { c.kubectl("rollout", "restart", "statefulset", "demo-postgres") },
		"edit":            func() { c.apply(c.render(onlyPostgres, `spec: {database: {parameters: {max_connections: "60"}}}`)) },
	}
	for _, restart := range restarts {
		c.waitForSuccess()
		time.Sleep(served)
		c.replace("demo-postgres-0", restart)
	}
	c.waitForSuccess()
	time.Sleep(served)
	c.checkOutage(c.attempts("demo-postgres"))
	ready := pods.ready()
	if len(ready) != 1+len(restarts) {
		t.Errorf("there were %d pods that were ready, one after the other", len(ready))
	}
	for _, period := range ready {
		c.checkServes(period)
	}
}

// checkOutage looks for the longest time between two successes through the Service.
func (c cluster) checkOutage(attempts []attempt) {
	c.t.Helper()
	var longest time.Duration
	failed, last := 0, attempts[0].Began // of what succeeded
	for _, a := range attempts {
		if a.Error == "" {
			longest, last = max(longest, a.Ended.Sub(last)), a.Ended
			continue
		}
		failed++
		// Of what PostgreSQL itself says, class 57P is that it starts or stops.
		if strings.Contains(a.Error, "SQLSTATE") && !strings.Contains(a.Error, "SQLSTATE 57P") {
			c.t.Errorf("no connection error: %s", a.Error)
		}
	}
	c.t.Logf("%d of %d attempts failed, for %s at most", failed, len(attempts), longest.Round(time.Millisecond))
	if failed == 0 || longest >= outage {
		c.t.Errorf("of %d attempts %d failed, for %s at most", len(attempts), failed, longest)
	}
}

// checkServes looks for connections to a pod itself that failed while it was ready.
func (c cluster) checkServes(period readyPeriod) {
	c.t.Helper()
	var failed []attempt
	successes := 0
	for _, a := range c.attempts(period.address) {
		switch {
		case a.Began.Before(period.since) || a.Ended.After(period.until):
		case a.Error == "":
			successes++
		default:
			failed = append(failed, a)
		}
	}
	c.t.Logf("ready for %s, and served %d connections", period.until.Sub(period.since).Round(time.Millisecond), successes)
	if successes == 0 {
		c.t.Errorf("nobody connected to %s while it was ready", period.address)
	}
	if len(failed) > 0 {
		c.t.Errorf("a pod refused %d connections while it was ready, the first after %s: %s", len(failed), failed[0].Began.Sub(period.since), failed[0].Error)
	}
}

// attempt is a line of the program in reconnect.
type attempt struct {
	Began, Ended time.Time
	Error        string
}

// copyReconnect compiles the program, and brings it into the client's pod.
func (c cluster) copyReconnect() {
	c.t.Helper()
	program := filepath.Join(c.t.TempDir(), "reconnect")
	c.command("", "env", "CGO_ENABLED=0", "go", "build", "-ldflags=-s -w", "-o", program, "./reconnect")
	c.exec("client", read(c.t, program), "sh", "-c", "cat >/tmp/reconnect && chmod +x /tmp/reconnect")
}

// startReconnect leaves the program running there, with a host to connect to. It does
// not look for a certificate, as psql would, where the server has none.
func (c cluster) startReconnect(host string) {
	c.t.Helper()
	c.exec("client", "", "sh", "-c", `env -u PGSSLROOTCERT setsid /tmp/reconnect "$1" >"/tmp/$1" 2>&1 </dev/null &`, "sh", host)
}

// attempts returns those for a host so far.
func (c cluster) attempts(host string) []attempt {
	c.t.Helper()
	var attempts []attempt
	for lines := json.NewDecoder(strings.NewReader(c.exec("client", "", "sed", "-n", "/}$/p", "/tmp/"+host))); lines.More(); {
		var a attempt
		if err := lines.Decode(&a); err != nil {
			c.t.Fatal(err)
		}
		attempts = append(attempts, a)
	}
	return attempts
}

// waitForSuccess waits for the next one through the Service.
func (c cluster) waitForSuccess() {
	c.t.Helper()
	from := time.Now()
	c.eventually("a connection through the Service", func() bool {
		var a attempt
		line := c.exec("client", "", "sh", "-c", "tail -n 2 /tmp/demo-postgres | head -n 1")
		if strings.HasPrefix(line, "reconnect: ") {
			c.t.Fatal(line)
		}
		return json.Unmarshal([]byte(line), &a) == nil && a.Error == "" && a.Began.After(from)
	})
}

// podWatch follows the pods of PostgreSQL, and has the client connect to the address of
// each from the moment on that it has one.
type podWatch struct {
	c       cluster
	kubectl *exec.Cmd
	ended   chan struct{}
	states  []podState // to be read once the watch has ended
}

// podState is what a pod had come to when that was heard of.
type podState struct {
	heard time.Time
	pod   *unstructured.Unstructured
}

func watchPods(c cluster) *podWatch {
	c.t.Helper()
	w := &podWatch{c: c, ended: make(chan struct{})}
	w.kubectl = exec.Command("kubectl", "--namespace", c.namespace.name, "get", "pods", "--watch", "--output=json",
		"--selector=app.kubernetes.io/component=postgres")
	stdout, err := w.kubectl.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := w.kubectl.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(w.stop)
	go func() {
		defer close(w.ended)
		w.follow(json.NewDecoder(stdout))
	}()
	return w
}

// follow ends with the watch, in the middle of a pod perhaps.
func (w *podWatch) follow(pods *json.Decoder) {
	met := map[string]bool{"": true} // before it has an address
	for {
		pod := &unstructured.Unstructured{}
		var raw json.RawMessage
		if pods.Decode(&raw) != nil || pod.UnmarshalJSON(raw) != nil {
			return
		}
		w.states = append(w.states, podState{time.Now(), pod})
		if address := podAddress(pod); !met[address] {
			met[address] = true
			w.c.startReconnect(address)
		}
	}
}

func (w *podWatch) stop() {
	_ = w.kubectl.Process.Kill()
	<-w.ended
	_ = w.kubectl.Wait()
}

// readyPeriod is a time in which a pod was Ready and not being deleted, which is what has
// Services send it connections.
type readyPeriod struct {
	address      string
	since, until time.Time
}

// ready ends the watch and returns the periods of all pods.
func (w *podWatch) ready() []readyPeriod {
	w.stop()
	var periods []readyPeriod
	open := map[string]*readyPeriod{}
	for _, s := range w.states {
		address := podAddress(s.pod)
		until, over := notReadySince(s.pod)
		switch period := open[address]; {
		case period == nil && !over:
			open[address] = &readyPeriod{address: address, since: s.heard}
		case period != nil && over:
			period.until = until
			periods = append(periods, *period)
			delete(open, address)
		}
	}
	for _, period := range open {
		period.until = time.Now()
		periods = append(periods, *period)
	}
	return periods
}

// notReadySince tells whether a pod is deleted or not Ready, and since when: not as it
// was heard of here, which may be later than the server heard of it, but as those say who
// decided it. They do so in whole seconds, rounded down, so no server has any excuse.
func notReadySince(pod *unstructured.Unstructured) (time.Time, bool) {
	if deleted := pod.GetDeletionTimestamp(); deleted != nil { // when its grace is over
		return deleted.Add(-time.Duration(*pod.GetDeletionGracePeriodSeconds()) * time.Second), true
	}
	if isReady(pod) {
		return time.Time{}, false
	}
	conditions, _, _ := unstructured.NestedSlice(pod.Object, "status", "conditions")
	for _, condition := range conditions {
		if c := condition.(map[string]any); c["type"] == "Ready" {
			since, _ := time.Parse(time.RFC3339, c["lastTransitionTime"].(string))
			return since, true
		}
	}
	return time.Time{}, true
}

func podAddress(pod *unstructured.Unstructured) string {
	address, _, _ := unstructured.NestedString(pod.Object, "status", "podIP")
	return address
}

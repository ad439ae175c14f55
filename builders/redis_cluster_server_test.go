package builders

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// The tests of Redis Cluster run the container's command for each node, and the
// Job's for all. The nodes share the loopback interface, where each has a port,
// and moves to another as a pod does to another address.

// redisNode is a node of a Redis Cluster, and its host name.
type redisNode struct {
	*testCluster
	name string
	dir  string // its programs, its data and its log
	port string
	stop func(syscall.Signal)
}

// testCluster is what becomes a Redis Cluster.
type testCluster struct {
	nodes     []*redisNode
	container []string
	// ports has a file for each host name with its port, as the DNS has addresses.
	ports string
	// bin has what the image of Alpine has.
	bin string
	secured
}

// secured is how the servers are, as files: not at all, where there are none.
type secured struct{ passwordFile, tlsDir string }

// environment is what the scripts know of it.
func (s secured) environment() []string {
	return []string{"REDIS_PASSWORD_FILE=" + s.passwordFile, "REDIS_TLS_DIR=" + s.tlsDir}
}

// newTestCluster starts nodes that know nothing of each other.
func newTestCluster(t *testing.T, nodes int, secured secured) *testCluster {
	t.Helper()
	if os.Getenv("CI") != "true" {
		t.Skip("clusters take minutes to form and to heal: set CI=true to run them")
	}
	spec := clusterOf(3, 1)
	if secured.passwordFile != "" {
		spec.Spec.Redis.Credentials.SecretRef = &v1.RedisSecretRef{Name: "password"}
	}
	if secured.tlsDir != "" {
		spec.Spec.Redis.TLS = &v1.TLSSpec{SecretName: "certificate"}
	}
	container := redisClusterContainer(spec.Default(), redisAccess(spec.Default(), CertificateKeys()...))
	c := &testCluster{
		container: append(container.Command, container.Args...),
		ports:     t.TempDir(),
		bin:       alpine(t),
		secured:   secured,
	}
	c.grow(t, nodes)
	return c
}

func clusterOf(shards, replicasPerShard int32) *v1.BanhBaoRingCluster {
	c := &v1.BanhBaoRingCluster{}
	c.Name = "c"
	c.Spec.Redis.Mode = v1.RedisCluster
	c.Spec.Redis.Replicas, c.Spec.Redis.ReplicasPerShard = &shards, &replicasPerShard
	return c.Default()
}

// alpine is a directory with the programs of the image: busybox's, and Redis's.
func alpine(t *testing.T) string {
	t.Helper()
	bin := publicDir(t)
	if output, code := finish(t, exec.Command(need(t, "busybox"), "--install", "-s", bin)); code != 0 {
		t.Fatalf("busybox: exit code %d\n%s", code, output)
	}
	// Debian's busybox has no flock.
	for _, program := range []string{"redis-cli", "flock"} {
		if err := os.Symlink(need(t, program), filepath.Join(bin, program)); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

// grow starts more nodes.
func (c *testCluster) grow(t *testing.T, nodes int) {
	t.Helper()
	for len(c.nodes) < nodes {
		n := &redisNode{testCluster: c, name: fmt.Sprintf("c-redis-%d", len(c.nodes)), dir: publicDir(t)}
		c.nodes = append(c.nodes, n)
		writeProgram(t, n.dir, "docker-entrypoint.sh", `exec "$@"`)
		writeProgram(t, n.dir, "redis-cli", `shift; case $1 in 127.0.0.1) host=`+n.name+` ;; *) host=${1%%.*} ;; esac; shift 3; exec `+
			filepath.Join(c.bin, "redis-cli")+` -p "$(cat `+c.ports+`/"$host")" "$@"`)
		n.start(t)
	}
	c.await(t, "all nodes answer", func(n *redisNode) bool { return n.cli(t, "ping") == "PONG\n" })
}

// start starts the node at a port that it never had.
func (n *redisNode) start(t *testing.T) {
	t.Helper()
	n.listen(t, nodePort(t))
}

func (n *redisNode) listen(t *testing.T, port string) {
	t.Helper()
	n.port = port
	if err := os.WriteFile(filepath.Join(n.ports, n.name), []byte(n.port), 0o644); err != nil {
		t.Fatal(err)
	}
	option := "--port"
	if n.tlsDir != "" {
		option = "--tls-port"
	}
	writeProgram(t, n.dir, "redis-server", strings.Join([]string{
		`exec`, need(t, "redis-server"), `"$@"`, option, n.port, `--cluster-port`, nodePort(t), `--dir`, n.dir,
		`--cluster-node-timeout 3000 --save "''"`,
	}, " "))
	environment := append(n.environment(), "PATH="+n.dir+":"+n.bin)
	n.stop = launch(t, containerCommand(n.command(), environment...), filepath.Join(n.dir, "log"), syscall.SIGKILL)
}

// nodePort is a free port that no connection gets as its own: those of the many
// clients come from higher ones.
func nodePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(10000 + rand.IntN(20000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// command is the container's, with the variables as the kubelet fills them in.
func (n *redisNode) command() []string {
	var command []string
	for _, word := range onVolume(n.container, n.dir) {
		command = append(command, strings.NewReplacer(
			"$(POD_IP)", "127.0.0.1", "$(POD_NAME)", n.name, "$(POD_NAMESPACE)", "test", redisTLSDir, n.tlsDir,
		).Replace(word))
	}
	return command
}

// cli sends commands to the node, a line each, and returns the answers.
func (n *redisNode) cli(t *testing.T, commands ...string) string {
	t.Helper()
	command := n.redisCLI("-p", n.port)
	command.Stdin = strings.NewReader(strings.Join(commands, "\n"))
	output, _ := finish(t, command)
	return output
}

func (c *testCluster) redisCLI(args ...string) *exec.Cmd {
	if c.tlsDir != "" {
		args = append(args, "--tls", "--cacert", filepath.Join(c.tlsDir, tlsAuthority))
	}
	command := exec.Command(filepath.Join(c.bin, "redis-cli"), args...)
	if c.passwordFile != "" {
		password, _ := os.ReadFile(c.passwordFile)
		command.Env = append(os.Environ(), "REDISCLI_AUTH="+string(password))
	}
	return command
}

// join runs the Job on all nodes.
func (c *testCluster) join(t *testing.T, shards, tries int) (output string, code int) {
	t.Helper()
	var nodes []string
	for _, n := range c.nodes {
		nodes = append(nodes, "127.0.0.1:"+n.port)
	}
	job := redisJoinSpec(clusterOf(3, 1)).Template.Spec.Containers[0].Command
	return finish(t, containerCommand(job, append(c.environment(), "PATH="+c.bin, "NODES="+strings.Join(nodes, " "),
		"SHARDS="+strconv.Itoa(shards), "MAX_TRIES="+strconv.Itoa(tries))...))
}

func (c *testCluster) mustJoin(t *testing.T, shards int) string {
	t.Helper()
	output, code := c.join(t, shards, 60)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, output)
	}
	return output
}

// await waits until something holds for all nodes together.
func (c *testCluster) await(t *testing.T, what string, holds func(*redisNode) bool) {
	t.Helper()
	eventually(t, what, func() bool {
		return !slices.ContainsFunc(c.nodes, func(n *redisNode) bool { return !holds(n) })
	})
}

// awaitHealed waits until every node reaches every other. The state alone is not
// enough: it is ok for a while after a start, until the others are missed.
func (c *testCluster) awaitHealed(t *testing.T) {
	t.Helper()
	c.await(t, "every node reaches the others", func(n *redisNode) bool {
		nodes := n.cli(t, "cluster nodes")
		return strings.Count(nodes, " connected") == len(c.nodes) && !strings.Contains(strings.ReplaceAll(nodes, "nofailover", ""), "fail") && n.isReady(t)
	})
}

// shard is a master as the cluster sees it.
type shard struct{ slots, replicas int }

// shards returns the masters, by id.
func (c *testCluster) shards(t *testing.T) map[string]shard {
	t.Helper()
	shards := map[string]shard{}
	for line := range strings.Lines(c.nodes[0].cli(t, "cluster nodes")) {
		fields := strings.Fields(line)
		id := fields[0]
		if master := fields[3]; master != "-" {
			s := shards[master]
			s.replicas++
			shards[master] = s
			continue
		}
		s := shards[id]
		for _, slots := range fields[8:] {
			s.slots += countSlots(t, slots)
		}
		shards[id] = s
	}
	return shards
}

// countSlots counts 7 or 0-5460.
func countSlots(t *testing.T, slots string) int {
	t.Helper()
	first, last, isRange := strings.Cut(slots, "-")
	if !isRange {
		last = first
	}
	from, fromErr := strconv.Atoi(first)
	to, toErr := strconv.Atoi(last)
	if fromErr != nil || toErr != nil {
		t.Fatalf("no slots: %s", slots)
	}
	return to - from + 1
}

// checkShards compares what there is with shards of equal size, replicas included.
func (c *testCluster) checkShards(t *testing.T, count, replicas int) {
	t.Helper()
	shards := c.shards(t)
	if len(shards) != count {
		t.Errorf("%d shards, want %d", len(shards), count)
	}
	for id, s := range shards {
		// redis-cli leaves alone what is two in a hundred off.
		if even := 16384 / count; s.slots < even*98/100 || s.slots > even*102/100 || s.replicas != replicas {
			t.Errorf("shard %s has %d slots and %d replicas, want about %d and %d", id, s.slots, s.replicas, even, replicas)
		}
	}
}

const keys = 2000

// fill writes keys, each by the master of its slot.
func (c *testCluster) fill(t *testing.T) {
	t.Helper()
	c.eachKey(t, func(key int) string { return fmt.Sprintf("set key:%d value:%d", key, key) }, func(int) string { return "OK" })
}

// checkKeys reads them all back.
func (c *testCluster) checkKeys(t *testing.T) {
	t.Helper()
	c.eachKey(t, func(key int) string { return fmt.Sprintf("get key:%d", key) }, func(key int) string { return fmt.Sprintf("value:%d", key) })
}

// eachKey asks every master in one go, since a client that follows redirections
// would have to resolve host names; a key is where one of them answers.
func (c *testCluster) eachKey(t *testing.T, command, answer func(key int) string) {
	t.Helper()
	var commands []string
	for key := range keys {
		commands = append(commands, command(key))
	}
	answered := make([]string, keys)
	for _, n := range c.nodes {
		if !strings.Contains(n.cli(t, "role"), "master") {
			continue
		}
		answers := slices.DeleteFunc(strings.Split(n.cli(t, commands...), "\n"), func(line string) bool { return line == "" })
		if len(answers) != keys {
			t.Fatalf("%s gives %d answers to %d commands: it lacks keys of its slots", n.name, len(answers), keys)
		}
		for key, line := range answers {
			if !strings.HasPrefix(line, "MOVED") {
				answered[key] = line
			}
		}
	}
	for key, got := range answered {
		if want := answer(key); got != want {
			t.Fatalf("%s: %q, want %q", commands[key], got, want)
		}
	}
}

func TestRedisClusterForms(t *testing.T) {
	t.Parallel()
	for name, secured := range map[string]secured{
		"open":     {},
		"password": {passwordFile: passwordFile(t, `p "w\ $1`)},
		"TLS":      {passwordFile: passwordFile(t, "secret"), tlsDir: certificateDir(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTestCluster(t, 6, secured)
			c.mustJoin(t, 3)
			c.checkShards(t, 3, 1)
			c.fill(t)

			before := c.shards(t)
			if output := c.mustJoin(t, 3); strings.Contains(output, "redis-join:") || strings.Contains(output, "Moving") {
				t.Errorf("a second run does something:\n%s", output)
			}
			if after := c.shards(t); fmt.Sprint(before) != fmt.Sprint(after) {
				t.Errorf("a second run changes %v to %v", before, after)
			}

			c.grow(t, 8)
			c.mustJoin(t, 4)
			c.checkShards(t, 4, 1)
			c.checkKeys(t)
		})
	}
}

// passwordFile is a file with the password, or nothing without one.
func passwordFile(t *testing.T, password string) string {
	t.Helper()
	if password == "" {
		return ""
	}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRedisClusterHeals moves all nodes at once: to addresses that none of them
// ever had, and to those of the others.
func TestRedisClusterHeals(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 6, secured{passwordFile(t, "secret"), certificateDir(t)})
	c.mustJoin(t, 3)
	c.fill(t)
	c.awaitHealed(t)
	for _, move := range []struct {
		name string
		to   func(t *testing.T, ports []string) []string
	}{
		{"new addresses", func(t *testing.T, ports []string) []string {
			for i := range ports {
				ports[i] = nodePort(t)
			}
			return ports
		}},
		{"each other's addresses", func(_ *testing.T, ports []string) []string { return append(ports[1:], ports[0]) }},
	} {
		var ports []string
		for _, n := range c.nodes {
			ports = append(ports, n.port)
			n.stop(syscall.SIGTERM)
		}
		for i, port := range move.to(t, ports) {
			c.nodes[i].listen(t, port)
		}
		c.awaitHealed(t)
		c.checkKeys(t)
		if t.Failed() {
			t.Fatalf("after a move to %s", move.name)
		}
	}
}

func (n *redisNode) isReady(t *testing.T) bool {
	t.Helper()
	probe := redisClusterContainer(clusterOf(3, 1), access{}).ReadinessProbe.Exec.Command
	_, code := finish(t, containerCommand(probe, append(n.environment(), "PATH="+n.dir+":"+n.bin)...))
	return code == 0
}

// TestRedisClusterKeepsToItself answers a node's name with one of another cluster,
// as stale DNS may. A MEET would make one cluster of the two.
func TestRedisClusterKeepsToItself(t *testing.T) {
	t.Parallel()
	ours, theirs := newTestCluster(t, 3, secured{}), newTestCluster(t, 3, secured{})
	ours.mustJoin(t, 3)
	theirs.mustJoin(t, 3)
	ours.nodes[2].stop(syscall.SIGTERM)
	if err := os.WriteFile(filepath.Join(ours.ports, "c-redis-2"), []byte(theirs.nodes[2].port), 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the node is missed", func() bool {
		return strings.Contains(ours.nodes[0].cli(t, "cluster info"), "cluster_state:fail")
	})
	for _, n := range append(ours.nodes[:2], theirs.nodes...) {
		if info := n.cli(t, "cluster info"); !strings.Contains(info, "cluster_known_nodes:3") {
			t.Errorf("the clusters have met:\n%s", info)
		}
	}
}

// TestRedisClusterReplacesEmptyNode brings a node back without its volume.
func TestRedisClusterReplacesEmptyNode(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 6, secured{})
	c.mustJoin(t, 3)
	c.fill(t)
	c.awaitHealed(t)
	lost := c.nodes[0]
	lost.stop(syscall.SIGKILL)
	for _, file := range []string{"nodes.conf", "appendonlydir"} {
		if err := os.RemoveAll(filepath.Join(lost.dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "its replica takes over", func() bool {
		return regexp.MustCompile(`master,fail[, ]`).MatchString(c.nodes[1].cli(t, "cluster nodes")) &&
			strings.Contains(c.nodes[1].cli(t, "cluster info"), "cluster_state:ok")
	})
	lost.start(t)
	eventually(t, "it answers", func() bool { return lost.cli(t, "ping") == "PONG\n" })
	c.mustJoin(t, 3)
	c.checkShards(t, 3, 1)
	c.checkKeys(t)
	if info := c.nodes[1].cli(t, "cluster info"); !strings.Contains(info, "cluster_known_nodes:6") {
		t.Errorf("the node's former self is still there:\n%s", info)
	}
}

// TestRedisJoinGoesOn runs the Job after one that was interrupted.
func TestRedisJoinGoesOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		interrupt func(*testing.T, *testCluster)
	}{
		{"some nodes have met", func(t *testing.T, c *testCluster) {
			c.meet(t, c.nodes[0], c.nodes[1])
		}},
		{"some slots are shared", func(t *testing.T, c *testCluster) {
			c.meet(t, c.nodes[0], c.nodes[1])
			c.nodes[0].cli(t, "cluster addslotsrange 0 5460")
		}},
		{"a slot is half-way", func(t *testing.T, c *testCluster) {
			c.mustJoin(t, 3)
			from, to := c.nodes[0], c.nodes[1]
			from.cli(t, "set {06S}:a 1", "set {06S}:b 2") // slot 0
			to.cli(t, "cluster setslot 0 importing "+from.id(t))
			from.cli(t, "cluster setslot 0 migrating "+to.id(t), "migrate 127.0.0.1 "+to.port+" {06S}:a 0 5000")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newTestCluster(t, 6, secured{})
			test.interrupt(t, c)
			c.mustJoin(t, 3)
			c.checkShards(t, 3, 1)
			for _, n := range c.nodes {
				if strings.Contains(n.cli(t, "cluster nodes"), "[") {
					t.Errorf("%s still has a slot half-way", n.name)
				}
			}
		})
	}
}

func (n *redisNode) id(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(n.cli(t, "cluster myid"))
}

// meet makes two nodes one cluster.
func (c *testCluster) meet(t *testing.T, one, other *redisNode) {
	t.Helper()
	_, bus, _ := strings.Cut(strings.Fields(other.cli(t, "cluster nodes"))[1], "@")
	bus, _, _ = strings.Cut(bus, ",")
	one.cli(t, "cluster meet 127.0.0.1 "+other.port+" "+bus)
	eventually(t, "the nodes know each other", func() bool {
		return strings.Contains(one.cli(t, "cluster nodes"), other.id(t)) && strings.Contains(other.cli(t, "cluster nodes"), one.id(t))
	})
}

// TestRedisJoinRefuses runs the Job where it could only guess. It says which node
// is in the way, and leaves all of them as they are.
func TestRedisJoinRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare func(*testing.T, *testCluster)
		want    string
	}{
		{"a node is missing", func(_ *testing.T, c *testCluster) { c.nodes[4].stop(syscall.SIGTERM) }, "answers"},
		{"a node holds keys", func(t *testing.T, c *testCluster) {
			c.nodes[4].cli(t, "cluster addslotsrange 0 16383")
			eventually(t, "it takes keys", func() bool { return c.nodes[4].cli(t, "set key value") == "OK\n" })
		}, "is in no cluster and holds keys (1)"},
		{"a node holds slots", func(t *testing.T, c *testCluster) { c.nodes[4].cli(t, "cluster addslotsrange 0 10") }, "is in no cluster and holds slots"},
		{"nodes of two clusters", func(t *testing.T, c *testCluster) {
			c.meet(t, c.nodes[0], c.nodes[1])
			c.meet(t, c.nodes[4], c.nodes[5])
		}, "is in another cluster"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newTestCluster(t, 6, secured{})
			test.prepare(t, c)
			output, code := c.join(t, 3, 3)
			port := c.nodes[4].port
			if code == 0 || !strings.Contains(output, test.want) || !strings.Contains(output, "127.0.0.1:"+port) {
				t.Errorf("exit code %d, want a failure that names port %s and says %q:\n%s", code, port, test.want, output)
			}
			if info := c.nodes[2].cli(t, "cluster info"); !strings.Contains(info, "cluster_known_nodes:1\r") {
				t.Errorf("a node that was alone knows others now:\n%s", info)
			}
		})
	}
}

// TestRedisJoinRefusesToShrink runs the Job for fewer shards than there are.
func TestRedisJoinRefusesToShrink(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t, 4, secured{})
	c.mustJoin(t, 4)
	if output, code := c.join(t, 3, 60); code == 0 || !strings.Contains(output, "more shards than the 3 wanted") {
		t.Errorf("exit code %d\n%s", code, output)
	}
	c.checkShards(t, 4, 0)
}

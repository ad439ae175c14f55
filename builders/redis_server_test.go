package builders

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

func TestRedisArgs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name              string
		change            func(*v1.RedisSpec)
		maxMemory, policy string
	}{
		// 256 MiB are half of the memory limit.
		{"defaults", func(*v1.RedisSpec) {}, "268435456", "allkeys-lru"},
		{"maxMemory", func(r *v1.RedisSpec) { r.MaxMemory = new(resource.MustParse("100Mi")) }, "104857600", "allkeys-lru"},
		{"maxMemoryPolicy", func(r *v1.RedisSpec) { r.MaxMemoryPolicy = "noeviction" }, "268435456", "noeviction"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec := minimalCluster().Spec.Redis
			test.change(&spec)
			server := startRedis(t, redisArgs(spec))
			got := strings.Fields(server.cli(t, "config get appendonly", "config get maxmemory", "config get maxmemory-policy"))
			want := []string{"appendonly", "yes", "maxmemory", test.maxMemory, "maxmemory-policy", test.policy}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRedisKeepsData ends the server in the kubelet's two ways. Only the
// append-only file survives the second, which leaves no time to save anything.
func TestRedisKeepsData(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			server := startRedis(t, redisArgs(minimalCluster().Spec.Redis))
			server.cli(t, "set session alive")
			server.stop(signal)
			server.start(t)
			server.await(t, "PONG")
			if got := server.cli(t, "get session"); got != "alive\n" {
				t.Errorf("get session: %q", got)
			}
		})
	}
}

func TestRedisProbes(t *testing.T) {
	t.Parallel()
	container := redisContainer(minimalCluster().Spec.Redis, access{})
	for _, test := range []struct {
		state       string
		reach       func(*testing.T, *redisServer)
		answer      string
		ready, live bool
	}{
		{state: "up", reach: func(*testing.T, *redisServer) {}, answer: "PONG", ready: true, live: true},
		{state: "down", reach: kill, answer: "Could not connect"},
		{state: "loading its data", reach: loadSlowly, answer: "LOADING", live: true},
		{state: "waiting for its master", reach: loseMaster, answer: "MASTERDOWN", live: true},
		{state: "unable to save", reach: loseDisk, answer: "MISCONF", live: true},
		{state: "asking for a password", reach: setPassword, answer: "NOAUTH", live: true},
	} {
		t.Run(test.state, func(t *testing.T) {
			t.Parallel()
			server := startRedis(t, container.Args)
			test.reach(t, server)
			server.await(t, test.answer)
			for _, probe := range []struct {
				name    string
				command []string
				want    bool
			}{
				{"readiness", container.ReadinessProbe.Exec.Command, test.ready},
				{"liveness", container.LivenessProbe.Exec.Command, test.live},
				{"startup", container.StartupProbe.Exec.Command, test.live},
			} {
				if output, code := finish(t, containerCommand(probe.command, path(server.bin))); (code == 0) != probe.want {
					t.Errorf("%s: exit code %d, want success to be %t\n%s", probe.name, code, probe.want, output)
				}
			}
		})
	}
}

func kill(_ *testing.T, server *redisServer) {
	server.stop(syscall.SIGKILL)
}

// loadSlowly restarts the server with a thousand keys to load, ten in a second.
// Redis answers in between only where the file is a rewritten one, and only
// after so many bytes of it: hence the large values, uncompressed.
func loadSlowly(t *testing.T, server *redisServer) {
	server.cli(t,
		`eval "for key = 1, 1000 do redis.call('set', key, string.rep('x', 2000)) end" 0`,
		"config set rdbcompression no", "bgrewriteaof")
	eventually(t, "the append-only file is rewritten", func() bool {
		return strings.Contains(server.cli(t, "info persistence"), "aof_rewrite_in_progress:0")
	})
	server.stop(syscall.SIGTERM)
	server.start(t, "--key-load-delay 100000", "--loading-process-events-interval-bytes 1024")
}

func loseMaster(t *testing.T, server *redisServer) {
	server.cli(t, "config set replica-serve-stale-data no", "replicaof 127.0.0.1 "+freePort(t))
}

// loseDisk makes saving fail, as a full volume does.
func loseDisk(t *testing.T, server *redisServer) {
	if err := os.RemoveAll(server.data); err != nil {
		t.Fatal(err)
	}
	server.cli(t, "bgsave")
}

func setPassword(t *testing.T, server *redisServer) {
	server.cli(t, "config set requirepass hunter2")
}

// TestRedisConfig reads directives back from the server, with one argument, with
// several, and with none.
func TestRedisConfig(t *testing.T) {
	t.Parallel()
	spec := minimalCluster().Spec.Redis
	spec.Config = map[string]string{
		"save": "900 1 300 10", "hz": "20", "notify-keyspace-events": "",
		"client-output-buffer-limit": "pubsub 1048576 524288 30",
	}
	server := startRedis(t, redisArgs(spec))
	got := server.cli(t, "config get save", "config get hz", "config get notify-keyspace-events", "config get client-output-buffer-limit")
	want := "save\n900 1 300 10\nhz\n20\nnotify-keyspace-events\n\n" +
		"client-output-buffer-limit\nnormal 0 0 0 slave 268435456 67108864 60 pubsub 1048576 524288 30\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// allowedCalls are the system calls that a render makes, and what for. There is none for
// a network, a process, randomness, or a file other than allowedFiles. The clock that
// the runtime reads is no system call; the linter keeps it out of a render.
func allowedCalls() map[string][]string {
	return map[string][]string{
		"the start":            {"execve", "arch_prctl", "prlimit64", "uname"},
		"memory":               {"brk", "madvise", "mmap", "munmap", "prctl"},
		"threads":              {"clone", "clone3", "exit", "exit_group", "futex", "getpid", "gettid", "nanosleep", "rseq", "sched_getaffinity", "sched_yield", "set_robust_list", "tgkill"},
		"signals":              {"restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"},
		"waiting for a stream": {"epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2"},
		"a file that is open":  {"close", "fcntl", "fstat", "pread64", "read", "write"},
		"a file":               {"openat", "readlinkat"},
	}
}

// allowedFiles are those that are opened before the function begins, and by whom.
func allowedFiles(binary string) map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"Go's runtime, for the size of pages":              regexp.MustCompile(`^/sys/kernel/mm/transparent_hugepage/hpage_pmd_size$`),
		"Go's runtime, for the number of threads":          regexp.MustCompile(`^/proc/self/(cgroup|mountinfo)$|^/sys/fs/cgroup/(.+/)?cpu\.(max|cfs_quota_us|cfs_period_us)$`),
		"Go's package os, for the path of the program":     regexp.MustCompile(`^/proc/self/exe$`),
		"protobuf, of kube-openapi, for a hash of its own": regexp.MustCompile(`^` + regexp.QuoteMeta(binary) + `$`),
	}
}

// TestSystemCalls lets strace write down every system call of the function.
func TestSystemCalls(t *testing.T) {
	need(t, "strace")
	binary := filepath.Join(binaryDir(t), "generate-data-layer")
	inputs := map[string]string{
		"nothing":                "",
		"no ResourceList":        handWritten,
		"the production example": resourceList(read(t, filepath.Join(examples, "production", "kpt", "cluster.yaml")), ""),
	}
	for _, name := range []string{"minimal", "secret-external", "credentials-sealed", "merge-in-place", "cloudnativepg", "redis-cluster-auth", "cluster-many-errors"} {
		inputs["the case "+name] = read(t, filepath.Join(testdata, name, "input.yaml"))
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			// A file of its own for each thread keeps calls in one line.
			log := filepath.Join(t.TempDir(), "log")
			command := exec.Command("strace", "-ff", "-qq", "-y", "-o", log, binary)
			command.Stdin = strings.NewReader(input)
			if output, err := command.CombinedOutput(); command.ProcessState.ExitCode() > 1 || strings.Contains(string(output), "strace: ") {
				t.Fatalf("%v\n%s", err, output)
			}
			logs, err := filepath.Glob(log + ".*")
			if err != nil || len(logs) == 0 {
				t.Fatalf("strace wrote nothing: %v", err)
			}
			var calls []string
			for _, log := range logs {
				calls = append(calls, strings.Split(strings.TrimSpace(read(t, log)), "\n")...)
			}
			checkCalls(t, binary, calls)
		})
	}
}

func checkCalls(t *testing.T, binary string, calls []string) {
	t.Helper()
	var allowed []string
	for _, names := range allowedCalls() {
		allowed = append(allowed, names...)
	}
	written := false
	for _, call := range calls {
		name, arguments, isCall := strings.Cut(call, "(")
		switch {
		case !isCall || strings.HasPrefix(call, "---"): // a signal, such as to a thread
			continue
		case !slices.Contains(allowed, name):
			t.Errorf("a render must not call %s", call)
		case name == "execve" && !strings.HasPrefix(arguments, `"`+binary+`"`):
			t.Errorf("a render must not start %s", call)
		case name == "openat" || name == "readlinkat":
			checkFile(t, binary, call)
		case name == "read" && !strings.HasPrefix(arguments, "0<") && !isOfStart(arguments):
			t.Errorf("a render must not read %s", call)
		case name == "write" && !regexp.MustCompile(`^[12]<|^\d+<anon_inode:\[eventfd\]>`).MatchString(arguments):
			t.Errorf("a render must not write %s", call)
		}
		written = written || name == "write"
	}
	if !written {
		t.Error("strace saw nothing written")
	}
}

// isOfStart tells a read of Go's runtime at its start from others.
func isOfStart(arguments string) bool {
	return regexp.MustCompile(`^\d+<(/sys/|/proc/)`).MatchString(arguments)
}

func checkFile(t *testing.T, binary, call string) {
	t.Helper()
	path := regexp.MustCompile(`"([^"]*)"`).FindStringSubmatch(call)
	if path == nil || strings.Contains(call, "O_WRONLY") || strings.Contains(call, "O_RDWR") {
		t.Errorf("a render must not open %s", call)
		return
	}
	for _, allowed := range allowedFiles(binary) {
		if allowed.MatchString(path[1]) {
			return
		}
	}
	t.Errorf("a render must not open %s", call)
}

// TestEnvironment: a render is the same in any environment, and in any directory.
func TestEnvironment(t *testing.T) {
	input := read(t, filepath.Join(testdata, "minimal", "input.yaml"))
	want, _, _ := run(input)
	for name, environment := range map[string][]string{
		"none":   {},
		"others": {"HOME=/nowhere", "KUBECONFIG=/nowhere", "TZ=Asia/Tokyo", "LANG=vi_VN.UTF-8", "HTTPS_PROXY=http://127.0.0.1:9", "NO_COLOR=1", "PATH=/nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			command := exec.Command(filepath.Join(binaryDir(t), "generate-data-layer"))
			command.Env, command.Dir, command.Stdin = environment, t.TempDir(), strings.NewReader(input)
			stdout, err := command.Output()
			if err != nil || string(stdout) != want {
				t.Errorf("%v, stdout:\n%s", err, stdout)
			}
			if entries, err := os.ReadDir(command.Dir); err != nil || len(entries) > 0 {
				t.Errorf("something was left behind: %v %v", entries, err)
			}
		})
	}
}

package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkFunction is one call as an orchestrator makes it, without the start
// of the process.
func BenchmarkFunction(b *testing.B) {
	input := resourceList(read(b, filepath.Join(examples, "production", "kpt", "cluster.yaml")), "")
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		if _, stderr, code := run(input); code != 0 {
			b.Fatal(stderr)
		}
	}
}

// BenchmarkProcess runs whole processes, ours and the floor in turn: a function that
// calls the SDK and changes nothing. docs/performance.md has what came out.
func BenchmarkProcess(b *testing.B) {
	ours, floor := filepath.Join(binaryDir(b), "generate-data-layer"), buildFloor(b)
	directory := b.TempDir()
	for _, c := range []struct {
		name  string
		input func(io.Writer)
	}{
		{"one-cluster", generatorInput},
		{"one-cluster-among-10000-objects", func(w io.Writer) { clusters(w, 1); deployments(w, 10_000) }},
		{"100-clusters", func(w io.Writer) { clusters(w, 100) }},
		{"1000-clusters", func(w io.Writer) { clusters(w, 1000) }},
	} {
		input, rendered := filepath.Join(directory, c.name), filepath.Join(directory, c.name+".rendered")
		writeInput(b, input, c.input)
		first := process{input, []string{ours}}
		measure(b, first, rendered)
		b.Run(c.name, func(b *testing.B) { compare(b, first, process{input, []string{floor}}) })
		b.Run(c.name+"-again", func(b *testing.B) {
			compare(b, process{rendered, []string{ours}}, process{rendered, []string{floor}}, first)
		})
	}
}

// BenchmarkHelm runs Helm on charts of the same servers, in turn with the function. The
// variable CHARTS has the directory in which the charts postgresql and redis are.
func BenchmarkHelm(b *testing.B) {
	charts := os.Getenv("CHARTS")
	if charts == "" {
		b.Skip("set CHARTS to the directory of the charts postgresql and redis, and have helm on PATH")
	}
	input := filepath.Join(b.TempDir(), "input")
	writeInput(b, input, generatorInput)
	all := inTurn(b,
		process{input, []string{filepath.Join(binaryDir(b), "generate-data-layer")}},
		process{os.DevNull, []string{"helm", "template", "c0", filepath.Join(charts, "postgresql")}},
		process{os.DevNull, []string{"helm", "template", "c0", filepath.Join(charts, "redis")}})
	ours, helm := all[0].milliseconds(), all[1].milliseconds()+all[2].milliseconds()
	b.ReportMetric(ours, "ms")
	b.ReportMetric(helm, "helm-ms")
	b.ReportMetric(helm/ours, "x-faster")
}

// writeInput keeps lists out of this process, whose memory counts as its children's
// until they begin.
func writeInput(b *testing.B, path string, write func(io.Writer)) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	write(file)
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

// compare tells how long the function takes, and how many times the floor, and where it
// is a second render, how many times the first.
func compare(b *testing.B, ours, floor process, first ...process) {
	all := inTurn(b, append([]process{ours, floor}, first...)...)
	b.ReportMetric(all[0].milliseconds(), "ms")
	b.ReportMetric(all[0].megabytes(), "MB")
	b.ReportMetric(all[1].milliseconds(), "floor-ms")
	b.ReportMetric(all[1].megabytes(), "floor-MB")
	b.ReportMetric(all[0].milliseconds()/all[1].milliseconds(), "x-floor")
	for _, earlier := range all[2:] {
		b.ReportMetric(all[0].milliseconds()/earlier.milliseconds(), "x-first")
	}
}

// inTurn measures processes one after the other, and that at least eleven times.
func inTurn(b *testing.B, processes ...process) []measurements {
	all := make([]measurements, len(processes))
	for b.Loop() {
		for range 11 {
			for i, p := range processes {
				all[i] = append(all[i], measure(b, p, os.DevNull))
			}
		}
	}
	b.ReportMetric(0, "ns/op") // it is of all
	return all
}

// buildFloor builds it with the modules, and the flags, of the function.
func buildFloor(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "floor")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./testdata/floor")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return binary
}

type measurement struct {
	wall      time.Duration
	kilobytes int64 // resident, at most
}

// process is a program with its arguments, and the file that it reads.
type process struct {
	input string
	args  []string
}

func measure(b *testing.B, p process, output string) measurement {
	b.Helper()
	in, err := os.Open(p.input)
	if err != nil {
		b.Fatal(err)
	}
	out, err := os.Create(output)
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(p.args[0], p.args[1:]...)
	command.Stdin, command.Stdout = in, out
	start := time.Now()
	err = command.Run()
	wall := time.Since(start)
	if err := errors.Join(err, in.Close(), out.Close()); err != nil {
		b.Fatal(err)
	}
	return measurement{wall, command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss}
}

type measurements []measurement

// milliseconds is the median.
func (m measurements) milliseconds() float64 {
	slices.SortFunc(m, func(a, b measurement) int { return int(a.wall - b.wall) })
	return m[len(m)/2].wall.Seconds() * 1000
}

func (m measurements) megabytes() float64 {
	most := slices.MaxFunc(m, func(a, b measurement) int { return int(a.kilobytes - b.kilobytes) })
	return float64(most.kilobytes) / 1024
}

const benchCluster = `apiVersion: banhbaoring.io/v1
kind: BanhBaoRingCluster
metadata:
  name: %s
  namespace: keys
spec:
  domain: keys.example.com
`

const benchDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-%[1]d
  namespace: shop
  labels:
    app.kubernetes.io/name: app-%[1]d # the shop's
  annotations:
    config.kubernetes.io/index: '0'
    config.kubernetes.io/path: 'apps/app-%[1]d.yaml'
    internal.config.kubernetes.io/index: '0'
    internal.config.kubernetes.io/path: 'apps/app-%[1]d.yaml'
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app-%[1]d
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-%[1]d
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.%[1]d
        args: ["--port", "8080"]
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
`

const benchList = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"

// generatorInput is what kustomize gives a generator: its config twice.
func generatorInput(w io.Writer) {
	clusters(w, 1)
	fmt.Fprintf(w, "functionConfig:\n  %s\n", indented(fmt.Sprintf(benchCluster, "c0"), "  "))
}

func clusters(w io.Writer, n int) {
	fmt.Fprint(w, benchList)
	for i := range n {
		fmt.Fprintf(w, "- %s\n", indented(fmt.Sprintf(benchCluster, fmt.Sprintf("c%d", i)), "  "))
	}
}

func deployments(w io.Writer, n int) {
	for i := range n {
		fmt.Fprintf(w, "- %s\n", indented(fmt.Sprintf(benchDeployment, i), "  "))
	}
}

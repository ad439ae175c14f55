package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tests are two of which one has cases that run at the same time.
const tests = `package p

import "testing"

// TestA: rows | keys
// are kept.
func TestA(t *testing.T) {}

// TestB: B is kept.
func TestB(t *testing.T) {}

func TestMain(m *testing.M) {}
`

const passes = `
{"Action":"run","Test":"TestA"}
{"Action":"output","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"attr","Test":"TestA","Key":"Kubernetes","Value":"1.36.3"}
{"Action":"output","Test":"TestA","Output":"    a_test.go:1: well\n"}
{"Action":"pass","Test":"TestA/slow","Elapsed":9.4}
{"Action":"pass","Test":"TestA/quick","Elapsed":2}
{"Action":"pass","Test":"TestA","Elapsed":0.01}
{"Action":"pass","Test":"TestB","Elapsed":3}
{"Action":"output","Output":"ok\n"}
{"Action":"pass","Elapsed":12}
`

const fails = `
{"Action":"pass","Test":"TestA","Elapsed":1}
{"Action":"output","Test":"TestB/case","Output":"    b_test.go:1: gone\n"}
{"Action":"fail","Test":"TestB/case","Elapsed":1}
{"Action":"output","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Test":"TestB","Elapsed":0}
{"Action":"fail","Elapsed":12}
`

const dies = `
{"Action":"pass","Test":"TestA","Elapsed":1}
{"Action":"output","Test":"TestB","Output":"panic: timed out\n"}
{"Action":"fail","Elapsed":12}
`

func TestReport(t *testing.T) {
	cases := map[string]struct {
		tests, events string
		err, stdout   string
		rows          string // the page's last lines, or the whole page where it stays
	}{
		"passes": {
			tests: tests, events: passes,
			stdout: "--- PASS: TestA (9.4s)\n--- PASS: TestB (3s)\nok\n",
			rows: "| --- | --- | --- | --- |\n| rows \\| keys are kept. | `TestA` | kept | 9s |\n| B is kept. | `TestB` | kept | 3s |\n" +
				"\nIt ran against:\n\n| | |\n| --- | --- |\n| Kubernetes | 1.36.3 |\n",
		},
		"fails": {
			tests: tests, events: fails, err: "not every promise is kept",
			stdout: "--- PASS: TestA (1s)\n    b_test.go:1: gone\n--- FAIL: TestB (0.00s)\n",
			rows: "| rows \\| keys are kept. | `TestA` | kept | 1s |\n| B is kept. | `TestB` | **broken** | 1s |\n" +
				"\nIt ran against:\n\n| | |\n| --- | --- |\n",
		},
		"dies": {
			tests: tests, events: dies, err: "not every promise is kept",
			stdout: "--- PASS: TestA (1s)\npanic: timed out\nnot a whole run, so PAGE stays as it is: 1 tests did not end\n",
			rows:   "earlier",
		},
		"a part": {
			tests: tests, events: `{"Action":"pass","Test":"TestA","Elapsed":1}`,
			stdout: "--- PASS: TestA (1s)\nnot a whole run, so PAGE stays as it is: 1 tests did not end\n",
			rows:   "earlier",
		},
		"does not compile": {
			tests: tests, events: `{"Action":"build-output","Output":"syntax error\n"}{"Action":"build-fail"}`, err: "not every promise is kept",
			stdout: "syntax error\nnot a whole run, so PAGE stays as it is: 2 tests did not end\n",
			rows:   "earlier",
		},
		"promises nothing": {
			tests: tests + "\n// TestC tests.\nfunc TestC(t *testing.T) {}\n", events: passes,
			err: `TESTS/p_test.go: TestC promises nothing: begin its comment with "TestC: "`, rows: "earlier",
		},
		"no tests": {tests: "package p\n", events: "", err: "TESTS: no tests", rows: "earlier"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			page := filepath.Join(directory, "page.md")
			write(t, filepath.Join(directory, "p_test.go"), test.tests)
			write(t, page, "earlier")
			var stdout strings.Builder
			err := report(strings.NewReader(test.events), &stdout, directory, page)
			message := ""
			if err != nil {
				message = strings.ReplaceAll(err.Error(), directory, "TESTS")
			}
			if message != test.err {
				t.Errorf("error %q, want %q", message, test.err)
			}
			if diff := cmp.Diff(test.stdout, strings.ReplaceAll(stdout.String(), page, "PAGE")); diff != "" {
				t.Errorf("stdout (-want +got):\n%s", diff)
			}
			if got := read(t, page); !strings.HasSuffix(got, test.rows) || test.rows == "earlier" && got != "earlier" {
				t.Errorf("the page is\n%s\nwant it to end with\n%s", got, test.rows)
			}
		})
	}
}

// TestPageHasEveryPromise: the page that is committed tells of all tests beside this
// directory and of no other, in their words.
func TestPageHasEveryPromise(t *testing.T) {
	promises, err := readPromises("..")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, p := range promises {
		want = append(want, row(p))
	}
	for line := range strings.Lines(read(t, "../../docs/promises.md")) {
		if cells := strings.Split(line, " | "); len(cells) == 4 && strings.HasPrefix(cells[1], "`Test") {
			got = append(got, strings.Join(cells[:2], " | "))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("make e2e writes docs/promises.md (-want +got):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

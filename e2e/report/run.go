package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// event is a line of go test -json, as go doc test2json describes it.
type event struct {
	Action, Test, Output, Key, Value string
	Elapsed                          float64
}

// run is what became of the tests.
type run struct {
	results map[string]result
	// attributes are what the tests say that they ran on.
	attributes map[string]string
	failed     bool
}

type result struct {
	outcome string
	// took is the time of the slowest case, where cases run at the same time: those are
	// not part of the test's own.
	took time.Duration
}

// follow prints what go test would, as it comes: of a test that passes, that it did.
func follow(events io.Reader, stdout io.Writer) (run, error) {
	r := run{map[string]result{}, map[string]string{}, false}
	output := map[string]string{} // of the tests that have not ended
	for lines := json.NewDecoder(events); ; {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return run{}, fmt.Errorf("go test -json: %w", err)
		}
		test, _, _ := strings.Cut(e.Test, "/")
		if e.Action == "output" || e.Action == "build-output" {
			keep(output, stdout, test, e.Output)
			continue
		}
		r.add(e, test)
		if ended := r.results[test]; ended.outcome != "" && e.Test == test {
			r.print(stdout, test, output[test])
			delete(output, test)
		}
	}
	for _, test := range slices.Sorted(maps.Keys(output)) {
		fmt.Fprint(stdout, output[test])
	}
	return r, nil
}

// keep prints at once what is not of a test.
func keep(output map[string]string, stdout io.Writer, test, line string) {
	switch {
	case test == "":
		fmt.Fprint(stdout, line)
	case !strings.HasPrefix(line, "=== "):
		output[test] += line
	}
}

func (r *run) add(e event, test string) {
	switch e.Action {
	case "attr":
		r.attributes[e.Key] = e.Value
	case "build-fail":
		r.failed = true
	case "pass", "fail", "skip":
		r.failed = r.failed || e.Action == "fail"
		if test == "" {
			return
		}
		so := r.results[test]
		so.took = max(so.took, time.Duration(e.Elapsed*1000)*time.Millisecond)
		if e.Test == test {
			so.outcome = e.Action
		}
		r.results[test] = so
	}
}

func (r *run) print(stdout io.Writer, test, output string) {
	so := r.results[test]
	if so.outcome == "pass" {
		output = fmt.Sprintf("--- PASS: %s (%s)\n", test, so.took)
	}
	fmt.Fprint(stdout, output)
}

// missing returns the promises whose tests did not end.
func (r *run) missing(promises []promise) []promise {
	return slices.DeleteFunc(slices.Clone(promises), func(p promise) bool { return r.results[p.test].outcome != "" })
}

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const introduction = `# Promises

What the manifests do once they are applied, as [tests on a cluster](../e2e/README.md) showed.
The last whole run of ` + "`make e2e`" + ` wrote this page, and the words are the comments of the tests; do not edit it.
`

// render returns the page.
func render(promises []promise, r run) string {
	var page strings.Builder
	page.WriteString(introduction)
	page.WriteString("\n| Promise | Test | Result | Time |\n| --- | --- | --- | --- |\n")
	for _, p := range promises {
		so := r.results[p.test]
		fmt.Fprintf(&page, "%s | %s | %s |\n", row(p), words(so.outcome), so.took.Round(time.Second))
	}
	page.WriteString("\nIt ran against:\n\n| | |\n| --- | --- |\n")
	for _, key := range slices.Sorted(maps.Keys(r.attributes)) {
		fmt.Fprintf(&page, "| %s | %s |\n", key, r.attributes[key])
	}
	return page.String()
}

// row is how a promise's begins.
func row(p promise) string {
	return fmt.Sprintf("| %s | `%s`", strings.ReplaceAll(p.text, "|", `\|`), p.test)
}

func words(outcome string) string {
	return map[string]string{"pass": "kept", "fail": "**broken**", "skip": "not tested"}[outcome]
}

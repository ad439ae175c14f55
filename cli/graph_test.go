package cli_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

// TestGoldenGraphs draws every example on docs/graphs.md.
func TestGoldenGraphs(t *testing.T) {
	var page strings.Builder
	page.WriteString(graphsIntroduction)
	for _, name := range packages(t) {
		stdout, stderr, code := run("", "graph", filepath.Join(examples, name, "kpt"))
		if code != 0 {
			t.Fatal(stderr)
		}
		page.WriteString("\n## " + name + "\n\n```mermaid\n" + stdout + "```\n")
	}
	golden.Check(t, "../docs/graphs.md", page.String())
}

const graphsIntroduction = `# Graphs

What the [examples](../examples) render to, and what refers to what, as ` + "`generate-data-layer graph`" + ` prints it for any cluster.
An arrow leads from an object to what it refers to, from a Service and a policy to pods. Each component has a box; what is dashed is not rendered: it is yours, or an operator or Kubernetes makes it.
`

// TestGraphIsWhole draws every case: each object that is rendered is one solid
// node, and edges lead from nodes to nodes.
func TestGraphIsWhole(t *testing.T) {
	node := regexp.MustCompile(`^ +(\w+)[\[({>].*"[\])}/]+(:::outside)?$`)
	edge := regexp.MustCompile(`^  (\w+) -->(?:\|"[^"|]+"\|)? (\w+)$`)
	drawn := 0
	for _, name := range cases(t) {
		input := filepath.Join(testdata, name, "input.yaml")
		rendered, _, code := run("", "render", input)
		if code != 0 {
			continue
		}
		drawn++
		t.Run(name, func(t *testing.T) {
			var solid int
			var nodes []string
			stdout, _, _ := run("", "graph", input)
			for line := range strings.Lines(stdout) {
				line = strings.TrimSuffix(line, "\n")
				isNode, isEdge := node.FindStringSubmatch(line), edge.FindStringSubmatch(line)
				switch {
				case isNode != nil:
					nodes = append(nodes, isNode[1])
					if isNode[2] == "" {
						solid++
					}
				case isEdge != nil && (!slices.Contains(nodes, isEdge[1]) || !slices.Contains(nodes, isEdge[2])):
					t.Errorf("leads nowhere: %s", line)
				case isEdge == nil && !slices.Contains([]string{"flowchart", "subgraph", "end", "classDef"}, strings.Fields(line)[0]):
					t.Errorf("neither node nor edge: %s", line)
				}
			}
			if want := len(parse(t, rendered)); solid != want {
				t.Errorf("%d objects are rendered, %d are drawn", want, solid)
			}
			if slices.Sort(nodes); len(slices.Compact(nodes)) < len(nodes) {
				t.Errorf("two nodes have one name: %v", nodes)
			}
		})
	}
	if drawn == 0 {
		t.Error("no case is drawn")
	}
}

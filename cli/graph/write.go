package graph

import (
	"fmt"
	"slices"
	"strings"
)

// write prints the flowchart: the boxes in the order of their first objects, then
// what is outside, then the edges in the order of the nodes.
func write(g *graph) string {
	var text strings.Builder
	text.WriteString("flowchart LR\n")
	ids, namespaces := identifiers(g.nodes), countNamespaces(g.nodes)
	for i, part := range parts(g.nodes) {
		indent := "  "
		if part != "" {
			fmt.Fprintf(&text, "  subgraph part%d[%s]\n", i, quote(part))
			indent = "    "
		}
		for _, n := range g.nodes {
			if n.part == part {
				text.WriteString(indent + ids[n] + shaped(n.kind, quote(n.kind, n.title(namespaces))) + class(n) + "\n")
			}
		}
		if part != "" {
			text.WriteString("  end\n")
		}
	}
	for _, n := range g.nodes {
		for _, e := range g.edges {
			if e.from == n {
				fmt.Fprintf(&text, "  %s -->%s %s\n", ids[n], e.label(), ids[e.to])
			}
		}
	}
	text.WriteString("  classDef outside stroke-dasharray: 5 5\n")
	return text.String()
}

// parts are the boxes, and at the end what is in none.
func parts(nodes []*node) []string {
	var found []string
	for _, n := range nodes {
		if n.part != "" && !slices.Contains(found, n.part) {
			found = append(found, n.part)
		}
	}
	return append(found, "")
}

func countNamespaces(nodes []*node) int {
	found := map[string]bool{}
	for _, n := range nodes {
		if n.namespace != "" {
			found[n.namespace] = true
		}
	}
	return len(found)
}

// identifiers are unique, and made of letters, digits and underscores alone. They
// begin with the kind, so that none is a word of Mermaid's own, such as end.
func identifiers(nodes []*node) map[*node]string {
	taken := map[string]bool{}
	ids := map[*node]string{}
	for _, n := range nodes {
		id := strings.Map(func(r rune) rune {
			if isWord(r) {
				return r
			}
			return '_'
		}, strings.TrimSuffix(n.kind+"_"+n.name, "_"))
		unique := id
		for i := 2; taken[unique]; i++ {
			unique = fmt.Sprintf("%s_%d", id, i)
		}
		taken[unique] = true
		ids[n] = unique
	}
	return ids
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// shaped puts a label into the shape of its kind.
func shaped(kind, label string) string {
	switch kind {
	case "StatefulSet", "Cluster", "Pooler":
		return "[[" + label + "]]"
	case "Job", "CronJob", "ScheduledBackup":
		return "[/" + label + "/]"
	case "Service":
		return "([" + label + "])"
	case "Secret", "SealedSecret", "ExternalSecret", "Certificate", "Password":
		return "{{" + label + "}}"
	case "PersistentVolumeClaim", "ObjectStore":
		return "[(" + label + ")]"
	case "NetworkPolicy", "PodDisruptionBudget":
		return ">" + label + "]"
	case "pods with", "addresses", "any address":
		return "(" + label + ")"
	default:
		return "[" + label + "]"
	}
}

func class(n *node) string {
	if n.outside {
		return ":::outside"
	}
	return ""
}

func (e *edge) label() string {
	if len(e.labels) == 0 {
		return ""
	}
	return "|" + quote(e.labels...) + "|"
}

// quote writes lines of text as Mermaid takes them for text alone: everything
// that could end them, or be Markdown or HTML, by its number.
func quote(lines ...string) string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line == "" })
	var text strings.Builder
	for _, r := range strings.Join(lines, "\n") {
		switch {
		case r == '\n':
			text.WriteString("<br/>")
		case isWord(r) || strings.ContainsRune(" -./:=,()", r):
			text.WriteRune(r)
		default:
			fmt.Fprintf(&text, "#%d;", r)
		}
	}
	return `"` + text.String() + `"`
}

package fn

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxExpandedNodes bounds what the aliases of one item may expand to. The
// largest objects that an API server stores are far below it.
const maxExpandedNodes = 100_000

// resolveAliases returns node to be written, and a view of it to be read, in
// which every alias and merge key is replaced by a copy of what it stands for.
// Aliases of anchors within node stay in the one that is written. An anchor in
// another item may be gone by then, so such a node is written as its view.
func resolveAliases(node *yaml.RNode) (written, view *yaml.RNode, err error) {
	aliases := aliasesBelow(node.YNode())
	if len(aliases) == 0 {
		return node, node, nil
	}
	if size := expandedSize(node.YNode(), map[*yaml.Node]int{}); size > maxExpandedNodes {
		return nil, nil, fmt.Errorf("its aliases expand to more than %d nodes", maxExpandedNodes)
	}
	view = yaml.NewRNode(expanded(node.YNode()))
	// The aliases are gone by now; this resolves the merge keys.
	if err := view.DeAnchor(); err != nil {
		return nil, nil, fmt.Errorf("its aliases cannot be resolved: %w", err)
	}
	for _, alias := range aliases {
		if !contains(node.YNode(), alias.Alias) {
			return view, view, nil
		}
	}
	untagMergeKeys(node.YNode())
	return node, view, nil
}

// untagMergeKeys keeps the encoder from writing !!merge before each <<.
func untagMergeKeys(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!merge" {
		node.Tag = ""
	}
	for _, child := range node.Content {
		untagMergeKeys(child)
	}
}

func aliasesBelow(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.AliasNode {
		return []*yaml.Node{node}
	}
	var aliases []*yaml.Node
	for _, child := range node.Content {
		aliases = append(aliases, aliasesBelow(child)...)
	}
	return aliases
}

func contains(node, wanted *yaml.Node) bool {
	if node == wanted {
		return true
	}
	for _, child := range node.Content {
		if contains(child, wanted) {
			return true
		}
	}
	return false
}

// expandedSize counts the nodes of expanded(node), each anchor once and up to a
// little over the maximum: aliases of aliases grow exponentially.
func expandedSize(node *yaml.Node, known map[*yaml.Node]int) int {
	if size, ok := known[node]; ok {
		return size
	}
	if node.Anchor != "" {
		known[node] = maxExpandedNodes + 1 // an anchor within itself has no end
	}
	if node.Kind == yaml.AliasNode {
		return expandedSize(node.Alias, known)
	}
	size := 1
	for _, child := range node.Content {
		size = min(size+expandedSize(child, known), maxExpandedNodes+1)
	}
	if node.Anchor != "" {
		known[node] = size
	}
	return size
}

// expanded copies node with a copy of the anchor in place of every alias.
// kyaml's own copies share the anchors, and resolving those changes the original.
func expanded(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return expanded(node.Alias)
	}
	clone := *node
	clone.Anchor = ""
	clone.Content = make([]*yaml.Node, len(node.Content))
	for i, child := range node.Content {
		clone.Content[i] = expanded(child)
	}
	return &clone
}

package fn

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// parse reads any ResourceList there is, as nodes, and writes it anew.
func parse(text string) (*resourceList, error) {
	root, err := parseDocument(text)
	if err != nil {
		return nil, err
	}
	if err := checkHeader(root); err != nil {
		return nil, err
	}
	keepValues(root.YNode(), false)
	list := &resourceList{itemsKey: "items"}
	if config := root.Field("functionConfig"); !config.IsNilOrEmpty() {
		written, view, err := resolveAliases(config.Value)
		if err != nil {
			return nil, fmt.Errorf("functionConfig: %w", err)
		}
		if list.functionConfig, err = viewedItem(view); err != nil {
			return nil, fmt.Errorf("functionConfig: %w", err)
		}
		config.Value.SetYNode(written.YNode())
	}
	if list.items, err = parseItems(root.Field("items")); err != nil {
		return nil, err
	}
	return list, list.setFields(root.YNode())
}

func parseDocument(text string) (*yaml.RNode, error) {
	var documents []*yaml.RNode
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the input %w", notYAML(err))
		}
		if node := yaml.NewRNode(&document); !node.IsTaggedNull() { // as after a last ---
			documents = append(documents, node)
		}
	}
	switch len(documents) {
	case 0:
		return nil, errors.New("the input is empty: " + expected)
	case 1:
		return documents[0], nil
	default:
		return nil, errors.New("the input has more than one document: expected one ResourceList")
	}
}

// expected helps those who meant another command.
const expected = "expected a ResourceList; to render files, run: generate-data-layer render FILE"

func checkHeader(root *yaml.RNode) error {
	if root.YNode().Kind != yaml.MappingNode {
		return errors.New("the input is not an object: " + expected)
	}
	if name := repeatedKey(root.YNode()); name != "" {
		return fmt.Errorf("%s: is given twice", name)
	}
	if kind := root.GetKind(); kind != kio.ResourceListKind {
		return fmt.Errorf("the input has kind %q: %s", kind, expected)
	}
	if apiVersion := root.GetApiVersion(); !strings.HasPrefix(apiVersion, listGroup) {
		return fmt.Errorf("apiVersion: must be %s, got %q", kio.ResourceListAPIVersion, apiVersion)
	}
	return nil
}

// repeatedKey returns a key that the mapping itself has twice.
func repeatedKey(mapping *yaml.Node) string {
	seen := map[string]bool{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i].Value
		if seen[key] {
			return key
		}
		seen[key] = true
	}
	return ""
}

func parseItems(field *yaml.MapNode) ([]*item, error) {
	if field.IsNilOrEmpty() {
		return nil, nil
	}
	nodes, err := field.Value.Elements()
	if err != nil {
		return nil, errors.New("items: must be a list of objects")
	}
	items := make([]*item, len(nodes))
	for i, node := range nodes {
		if items[i], err = parseItem(node); err != nil {
			return nil, fmt.Errorf("items[%d]: %w", i, err)
		}
	}
	return items, nil
}

func parseItem(node *yaml.RNode) (*item, error) {
	written, view, err := resolveAliases(node)
	if err != nil {
		return nil, err
	}
	i, err := viewedItem(view)
	if err != nil {
		return nil, err
	}
	i.text, err = encode(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{written.YNode()}})
	return i, err
}

// keepValues changes how those are written whose values the encoder would change. A
// null that is nothing at all and is a key or in a flow collection, as in {a: , b}, it
// would put in quotes, and so make text of it. To folded lines it would add one before
// a line that begins with white space.
func keepValues(node *yaml.Node, quoted bool) {
	quoted = quoted || node.Style&yaml.FlowStyle != 0
	if quoted && node.Tag == yaml.NodeTagNull && node.Value == "" {
		node.Value = "null"
	}
	if node.Style&yaml.FoldedStyle != 0 && (strings.Contains(node.Value, "\n ") || strings.Contains(node.Value, "\n\t")) {
		node.Style = yaml.LiteralStyle
	}
	for i, child := range node.Content {
		isKey := node.Kind == yaml.MappingNode && i%2 == 0
		keepValues(child, quoted || isKey)
	}
}

// setFields writes the fields around the items, and the comments around their key.
func (l *resourceList) setFields(root *yaml.Node) (err error) {
	before, after := *root, yaml.Node{Kind: yaml.MappingNode}
	before.Content = nil
	before.Style = 0 // what is added to a list in JSON reads better as a block
	side := &before
	var key yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		switch root.Content[i].Value {
		case "items":
			key, side = *root.Content[i], &after
		case "results":
		default:
			side.Content = append(side.Content, root.Content[i:i+2]...)
		}
	}
	if l.before, err = encode(&before); err != nil {
		return err
	}
	if len(after.Content) > 0 {
		l.after, err = encode(&after)
	}
	l.before += asLine(key.HeadComment)
	l.after = asLine(key.FootComment) + l.after
	if key.Style&yaml.DoubleQuotedStyle != 0 { // in JSON
		l.itemsKey = `"items"`
	}
	return err
}

func asLine(comment string) string {
	if comment == "" {
		return ""
	}
	return comment + "\n"
}

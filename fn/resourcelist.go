package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// resourceList is a ResourceList as the function works on it.
type resourceList struct {
	// root is the whole mapping as it came; write replaces its items and results.
	root           *yaml.RNode
	items          []*item
	functionConfig *item // nil when absent
	results        results
}

// readResourceList reads one ResourceList. Results that an earlier function left
// in it are dropped: each run reports its own.
func readResourceList(r io.Reader) (*resourceList, error) {
	root, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	if err := checkHeader(root); err != nil {
		return nil, err
	}
	list := &resourceList{root: root}
	if config := root.Field("functionConfig"); !config.IsNilOrEmpty() {
		if list.functionConfig, err = newItem(config.Value); err != nil {
			return nil, fmt.Errorf("functionConfig: %w", err)
		}
		config.Value.SetYNode(list.functionConfig.node.YNode())
	}
	list.items, err = newItems(root.Field("items"))
	return list, err
}

func readDocument(r io.Reader) (*yaml.RNode, error) {
	input, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the ResourceList: %w", err)
	}
	// Windows line ends mean the same, but the parser loses comments before them.
	input = bytes.ReplaceAll(input, []byte("\r\n"), []byte("\n"))
	var documents []*yaml.RNode
	for decoder := yaml.NewDecoder(bytes.NewReader(input)); ; {
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
	if apiVersion := root.GetApiVersion(); !strings.HasPrefix(apiVersion, "config.kubernetes.io/") {
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

func newItems(field *yaml.MapNode) ([]*item, error) {
	if field.IsNilOrEmpty() {
		return nil, nil
	}
	nodes, err := field.Value.Elements()
	if err != nil {
		return nil, errors.New("items: must be a list of objects")
	}
	items := make([]*item, len(nodes))
	for i, node := range nodes {
		if items[i], err = newItem(node); err != nil {
			return nil, fmt.Errorf("items[%d]: %w", i, err)
		}
	}
	return items, nil
}

// write encodes the list with its items in their order. The items are there
// even when there are none: kustomize reads a list without as a resource.
func (l *resourceList) write(w io.Writer) error {
	items := &yaml.Node{Kind: yaml.SequenceNode}
	for _, i := range l.items {
		items.Content = append(items.Content, i.node.YNode())
	}
	if err := l.root.PipeE(yaml.FieldSetter{Name: "items", Value: yaml.NewRNode(items), OverrideStyle: true}); err != nil {
		return err
	}
	if err := l.writeResults(); err != nil {
		return err
	}
	// What is added to a list in JSON, or to items: [], reads better as a block.
	l.root.YNode().Style = 0
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(l.root.YNode()); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (l *resourceList) writeResults() error {
	if len(l.results.Results) == 0 {
		return l.root.PipeE(yaml.Clear("results"))
	}
	results := &yaml.Node{}
	if err := results.Encode(l.results.Results); err != nil {
		return err
	}
	return l.root.PipeE(yaml.FieldSetter{Name: "results", Value: yaml.NewRNode(results), OverrideStyle: true})
}

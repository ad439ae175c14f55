package fn

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// toNode converts a typed object to YAML in the order of its API's fields.
func toNode(object builders.Object) (*yaml.RNode, error) {
	node, err := blockYAML(object)
	if err != nil {
		return nil, err
	}
	tidy(node)
	return yaml.NewRNode(node), nil
}

// tidy drops what the types of Kubernetes have and an API server fills in, at any
// depth, and puts apiVersion first.
func tidy(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		dropStatus(node)
		apiVersionFirst(node)
	}
	for _, child := range node.Content {
		tidy(child)
	}
}

// blockYAML goes from JSON to nodes, never through numbers: the SDK's way makes
// float64 of them, and 1209600 becomes 1.2096e+06.
func blockYAML(value any) (*yaml.Node, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return readNode(decoder)
}

// readNode reads one value of JSON into the YAML that people write. A parser of
// YAML would do so too, and take most of a render's time.
func readNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		return readCollection(decoder, token)
	case string:
		return stringNode(token), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: numberTag(token.String()), Value: token.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(token)}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}, nil
	}
}

// readCollection reads the members of an object, keys and values in turn, or the
// elements of an array.
func readCollection(decoder *json.Decoder, start json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if start == '{' {
		node = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	}
	for decoder.More() {
		child, err := readNode(decoder)
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, child)
	}
	if len(node.Content) == 0 { // {} and [] have no other style
		node.Style = yaml.FlowStyle
	}
	_, err := decoder.Token() // the end
	return node, err
}

// stringNode has quotes only where a reader of YAML 1.1 such as kubectl takes the
// text for something else, yes for true and 1_000 for a number, and where the
// encoder would make a block of lines that no parser reads: its first line says how
// far all are indented, and must not begin with white space itself.
func stringNode(text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text}
	isOddBlock := strings.Contains(text, "\n") && strings.TrimLeft(text, " \t\n\r") != text
	if isOddBlock || ambiguous(text) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

func numberTag(number string) string {
	if strings.ContainsAny(number, ".eE") {
		return yaml.NodeTagFloat
	}
	return yaml.NodeTagInt
}

// ambiguous asks kyaml, which parses the text, only when it has to: of what starts
// with a letter only a few words are special, and no path is.
func ambiguous(text string) bool {
	switch {
	case text == "":
		return false // the encoder quotes it anyway
	case isLetter(text[0]):
		return slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(text))
	case text[0] == '/':
		return false
	}
	return yaml.IsYaml1_1NonString(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// dropStatus drops the status that the types of Kubernetes always have, of an
// object and of a claim template alike: it is the API server's.
func dropStatus(mapping *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == "status" && mapping.Content[i+1].Kind == yaml.MappingNode {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}

// apiVersionFirst puts apiVersion before kind, as everyone writes them; in the
// types of Kubernetes it is the other way round.
func apiVersionFirst(mapping *yaml.Node) {
	c := mapping.Content
	if len(c) >= 4 && c[0].Value == "kind" && c[2].Value == "apiVersion" {
		c[0], c[1], c[2], c[3] = c[2], c[3], c[0], c[1]
	}
}

package fn

import (
	"encoding/json"
	"slices"
	"unicode"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// toNode converts a typed object to YAML in the order of its API's fields. It
// goes from JSON to nodes, never through numbers: the SDK's way makes float64
// of them, and 1209600 becomes 1.2096e+06.
func toNode(object builders.Object) (*yaml.RNode, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	tidy(&document)
	return yaml.NewRNode(document.Content[0]), nil
}

// tidy turns JSON's flow style into the YAML that people write.
func tidy(node *yaml.Node) {
	switch node.Kind {
	case yaml.ScalarNode:
		tidyScalar(node)
		return
	case yaml.MappingNode:
		dropStatus(node)
		apiVersionFirst(node)
	}
	if len(node.Content) > 0 { // {} and [] have no other style
		node.Style = 0
	}
	for _, child := range node.Content {
		tidy(child)
	}
}

// tidyScalar takes the quotes off, except from strings that a reader of YAML 1.1
// such as kubectl takes for something else: yes is true there, and 1_000 a number.
func tidyScalar(node *yaml.Node) {
	if node.Tag == yaml.NodeTagString && !ambiguous(node.Value) {
		node.Style = 0
	}
}

// ambiguous asks kyaml, which parses the text, only when it has to: of what
// starts with a letter nothing longer than "false" is special.
func ambiguous(text string) bool {
	if len(text) > len("false") && unicode.IsLetter(rune(text[0])) {
		return false
	}
	return yaml.IsYaml1_1NonString(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
}

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

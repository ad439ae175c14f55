package fn

import (
	"errors"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// identity is what makes two resources the same object of a Kubernetes cluster.
// The version does not: it is only a way to see the object.
type identity struct{ group, kind, namespace, name string }

func (id identity) String() string {
	if id.namespace == "" {
		return id.kind + " " + id.name
	}
	return id.kind + " " + id.namespace + "/" + id.name
}

// item is one resource of the list.
type item struct {
	// node is the YAML as it came, and as it goes unless it is ours.
	node *yaml.RNode
	// view is the same without aliases, for reading alone.
	view        *yaml.RNode
	id          identity
	apiVersion  string
	annotations map[string]string
	// path and index say which document of which file it was read from; the
	// path is empty where the orchestrator does not tell.
	path  string
	index int
}

// newItem reads what identifies a resource. The error says what is wrong with
// the node, not where it is.
func newItem(node *yaml.RNode) (*item, error) {
	node, view, err := resolveAliases(node)
	if err != nil {
		return nil, err
	}
	if view.YNode().Kind != yaml.MappingNode {
		return nil, errors.New("must be an object")
	}
	apiVersion := view.GetApiVersion()
	group, _, hasGroup := strings.Cut(apiVersion, "/")
	if !hasGroup {
		group = ""
	}
	annotations := view.GetAnnotations()
	path, index := fileOf(annotations)
	return &item{
		node:        node,
		view:        view,
		id:          identity{group, view.GetKind(), view.GetNamespace(), view.GetName()},
		apiVersion:  apiVersion,
		annotations: annotations,
		path:        path,
		index:       index,
	}, nil
}

// isFromFile tells whether the item is in a file as it is here. kustomize gives
// paths to what its generators make, and none to what it reads; all of its items
// have an id.
func (i *item) isFromFile() bool {
	_, fromKustomize := i.annotations["kustomize.config.k8s.io/id"]
	return i.path != "" && !fromKustomize
}

// fileOf reads the annotations by which orchestrators tell where an item is from.
func fileOf(annotations map[string]string) (path string, index int) {
	index, err := strconv.Atoi(annotations[kioutil.IndexAnnotation])
	if err != nil {
		index = 0
	}
	return annotations[kioutil.PathAnnotation], index
}

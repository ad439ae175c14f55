package fn

import (
	"cmp"
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
		return strings.TrimSpace(id.kind + " " + id.name)
	}
	return strings.TrimSpace(id.kind + " " + id.namespace + "/" + id.name)
}

// item is one resource of the list.
type item struct {
	// text is the YAML as it came, and as it goes unless it is ours: an element of
	// the list, with its dash and what is around it. What is not in a list has none.
	text string
	// nodes are the same without aliases, for reading alone; view returns them.
	nodes       *yaml.RNode
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
	_, view, err := resolveAliases(node)
	if err != nil {
		return nil, err
	}
	return viewedItem(view)
}

// viewedItem is newItem where the aliases are resolved.
func viewedItem(view *yaml.RNode) (*item, error) {
	if view.YNode().Kind != yaml.MappingNode {
		return nil, errors.New("must be an object, with apiVersion, kind and metadata")
	}
	i := &item{nodes: view}
	i.apiVersion = text(i, "apiVersion")
	i.id = identity{"", text(i, "kind"), text(i, "metadata", "namespace"), text(i, "metadata", "name")}
	i.annotations = texts(i, "metadata", "annotations")
	i.identify()
	return i, nil
}

// identify reads the group from the apiVersion, and the file from the annotations.
func (i *item) identify() {
	if group, _, hasGroup := strings.Cut(i.apiVersion, "/"); hasGroup {
		i.id.group = group
	}
	i.path, i.index = fileOf(i.annotations)
}

// view returns the nodes of the item. Only a scan leaves them to be read when they
// are wanted: it knows that they can be.
func (i *item) view() *yaml.RNode {
	if i.nodes == nil {
		i.nodes = yaml.NewMapRNode(nil)
		if list, err := yaml.Parse(i.text); err == nil && len(list.Content()) == 1 {
			i.nodes = yaml.NewRNode(list.Content()[0])
		}
	}
	return i.nodes
}

// text returns the scalar at a path, or nothing. kyaml's getters for metadata
// take the elements of a list for members, and panic on an odd number.
func text(i *item, path ...string) string {
	node, err := i.view().Pipe(yaml.Lookup(path...))
	if err != nil {
		return ""
	}
	return yaml.GetValue(node)
}

// texts returns the members of the object at a path, and none of anything else.
func texts(i *item, path ...string) map[string]string {
	all := map[string]string{}
	node, err := i.view().Pipe(yaml.Lookup(path...))
	if err != nil || node.IsNil() || node.YNode().Kind != yaml.MappingNode {
		return all
	}
	members := node.Content()
	for m := 0; m+1 < len(members); m += 2 {
		all[members[m].Value] = members[m+1].Value
	}
	return all
}

// isFromFile tells whether the item is in a file as it is here. kustomize gives
// paths to what its generators make, and none to what it reads; all of its items
// have an id.
func (i *item) isFromFile() bool {
	_, fromKustomize := i.annotations["kustomize.config.k8s.io/id"]
	return i.path != "" && !fromKustomize
}

// fileOf reads the annotations by which orchestrators tell where an item is
// from: kustomize and kpt their internal ones, others those that these replace.
func fileOf(annotations map[string]string) (path string, index int) {
	path = cmp.Or(annotations[kioutil.PathAnnotation], annotations["config.kubernetes.io/path"])
	index, err := strconv.Atoi(cmp.Or(annotations[kioutil.IndexAnnotation], annotations["config.kubernetes.io/index"]))
	if err != nil {
		index = 0
	}
	return path, index
}

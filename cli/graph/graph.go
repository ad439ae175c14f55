// Package graph draws the objects of a render and what refers to what, as text of
// Mermaid. It is pure: from objects to text.
package graph

import (
	"slices"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// graph is what is drawn.
type graph struct {
	nodes []*node
	edges []*edge
	pods  []pods
}

// node is an object, or what objects refer to.
type node struct {
	kind, namespace, name string
	// part is the box that the node is drawn in; none is beside all boxes.
	part string
	// outside tells that no manifest of the render has it.
	outside bool
}

// edge leads from what refers to what is referred to.
type edge struct {
	from, to *node
	labels   []string
}

// Mermaid returns a flowchart: a box for each component, and dashed what is not
// rendered.
func Mermaid(objects []fn.Object) string {
	g := &graph{}
	several := clusters(objects) > 1
	for _, object := range objects {
		g.nodes = append(g.nodes, &node{
			kind:      object.Text("kind"),
			namespace: object.Text("metadata", "namespace"),
			name:      object.Text("metadata", "name"),
			part:      part(object, several),
		})
	}
	// What objects make belongs to them, whoever refers to it first.
	for i, object := range objects {
		g.makes(g.nodes[i], object)
		g.findPods(g.nodes[i], object)
	}
	for i, object := range objects {
		g.refers(g.nodes[i], object)
		g.selects(g.nodes[i], object)
		g.admits(g.nodes[i], object)
		g.waits(g.nodes[i], object)
		g.names(g.nodes[i], object)
	}
	return write(g)
}

func clusters(objects []fn.Object) int {
	found := map[string]bool{}
	for _, object := range objects {
		found[owner(object)] = true
	}
	return len(found)
}

func owner(object fn.Object) string {
	return object.Text("metadata", "annotations", builders.GeneratedFrom)
}

// part is the component, with its cluster where there are several.
func part(object fn.Object, several bool) string {
	if several {
		return owner(object) + ": " + component(object)
	}
	return component(object)
}

func component(object fn.Object) string {
	return object.Text("metadata", "labels", componentLabel)
}

const componentLabel = "app.kubernetes.io/component"

// find returns the node of an object, which is outside if it is not there yet.
func (g *graph) find(kind, namespace, name, part string) *node {
	at := slices.IndexFunc(g.nodes, func(n *node) bool {
		return n.kind == kind && n.namespace == namespace && n.name == name
	})
	if at >= 0 {
		return g.nodes[at]
	}
	added := &node{kind: kind, namespace: namespace, name: name, part: part, outside: true}
	g.nodes = append(g.nodes, added)
	return added
}

// connect draws one edge between two nodes, with all that it stands for.
func (g *graph) connect(from, to *node, label string) {
	at := slices.IndexFunc(g.edges, func(e *edge) bool { return e.from == from && e.to == to })
	if at < 0 {
		at = len(g.edges)
		g.edges = append(g.edges, &edge{from: from, to: to})
	}
	if e := g.edges[at]; label != "" && !slices.Contains(e.labels, label) {
		e.labels = append(e.labels, label)
	}
}

// makes draws what a controller makes of an object, and the volume claims of a
// StatefulSet.
func (g *graph) makes(n *node, object fn.Object) {
	switch n.kind {
	case "StatefulSet":
		for _, claim := range objectsAt(object, "spec", "volumeClaimTemplates") {
			name := claim.Text("metadata", "name") + "-" + n.name + "-*"
			g.connect(n, g.find("PersistentVolumeClaim", n.namespace, name, n.part), "keeps its data in")
		}
	case "SealedSecret":
		g.connect(n, g.find("Secret", n.namespace, n.name, n.part), "makes")
	case "ExternalSecret":
		g.connect(n, g.find("Secret", n.namespace, object.Text("spec", "target", "name"), n.part), "makes")
	case "Certificate":
		g.connect(n, g.find("Secret", n.namespace, object.Text("spec", "secretName"), n.part), "makes")
	case "Cluster":
		for _, service := range objectsAt(object, "spec", "managed", "services", "additional") {
			g.makesService(n, service.Text("serviceTemplate", "metadata", "name"))
		}
	case "Pooler":
		g.makesService(n, n.name)
	}
}

// makesService draws a Service that an operator makes.
func (g *graph) makesService(n *node, name string) {
	g.connect(n, g.find("Service", n.namespace, name, n.part), "makes")
}

// objectsAt returns the elements of a list that are objects.
func objectsAt(object fn.Object, path ...string) []fn.Object {
	list, _ := object.At(path...).([]any)
	var all []fn.Object
	for _, element := range list {
		if members, ok := element.(map[string]any); ok {
			all = append(all, members)
		}
	}
	return all
}

// title is the name, with the namespace where there are several.
func (n *node) title(namespaces int) string {
	if namespaces > 1 && n.namespace != "" && !strings.Contains(n.kind, " ") {
		return n.namespace + "/" + n.name
	}
	return n.name
}

package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// pods are those of a workload, as selectors see them.
type pods struct {
	*node
	labels           map[string]string
	owner, component string
}

// isServer tells whether the pods are PostgreSQL's or Redis's own.
func (p pods) isServer() bool { return p.kind == "StatefulSet" || p.kind == "Cluster" }

// findPods knows the labels of the pods of what has any. An operator gives those
// that it makes labels of its own.
func (g *graph) findPods(n *node, object fn.Object) {
	var labels map[string]string
	switch n.kind {
	case "StatefulSet", "Job":
		labels = texts(object.At("spec", "template", "metadata", "labels"))
	case "CronJob":
		labels = texts(object.At("spec", "jobTemplate", "spec", "template", "metadata", "labels"))
	case "Cluster":
		labels = map[string]string{"cnpg.io/cluster": n.name}
	case "Pooler":
		labels = map[string]string{"cnpg.io/poolerName": n.name}
	default:
		return
	}
	g.pods = append(g.pods, pods{n, labels, owner(object), component(object)})
}

// selected returns the workloads whose pods have the labels.
func (g *graph) selected(namespace string, selector map[string]string) []pods {
	return slices.DeleteFunc(slices.Clone(g.pods), func(p pods) bool {
		if p.namespace != namespace || len(selector) == 0 {
			return true
		}
		for key, value := range selector {
			if p.labels[key] != value {
				return true
			}
		}
		return false
	})
}

// selects draws the pods behind a Service, and those that a budget protects.
func (g *graph) selects(n *node, object fn.Object) {
	switch n.kind {
	case "Service":
		for _, p := range g.selected(n.namespace, texts(object.At("spec", "selector"))) {
			g.connect(n, p.node, ports(object.At("spec", "ports")))
		}
	case "PodDisruptionBudget":
		for _, p := range g.selected(n.namespace, texts(object.At("spec", "selector", "matchLabels"))) {
			g.connect(n, p.node, "protects")
		}
	}
}

// admits draws whose pods a NetworkPolicy guards, whom it lets in, and where it
// lets them go.
func (g *graph) admits(n *node, object fn.Object) {
	if n.kind != "NetworkPolicy" {
		return
	}
	for _, p := range g.selected(n.namespace, texts(object.At("spec", "podSelector", "matchLabels"))) {
		g.connect(n, p.node, "guards")
	}
	for _, rule := range objectsAt(object, "spec", "ingress") {
		for _, peer := range g.peers(n, rule, "from") {
			g.connect(n, peer, strings.TrimSpace("lets in "+onPorts(rule)))
		}
	}
	for _, rule := range objectsAt(object, "spec", "egress") {
		for _, peer := range g.peers(n, rule, "to") {
			g.connect(n, peer, strings.TrimSpace("lets out to "+onPorts(rule)))
		}
	}
}

func onPorts(rule fn.Object) string { return ports(rule["ports"]) }

// peers are a workload that is rendered, others by their labels or addresses, or
// anyone.
func (g *graph) peers(n *node, rule fn.Object, field string) []*node {
	all := objectsAt(rule, field)
	if len(all) == 0 {
		return []*node{g.find("any address", "", "", "")}
	}
	var found []*node
	for _, peer := range all {
		selector := texts(peer.At("podSelector", "matchLabels"))
		matching := g.selected(n.namespace, selector)
		switch cidr := peer.Text("ipBlock", "cidr"); {
		case cidr != "":
			found = append(found, g.find("addresses", "", cidr, ""))
		case peer["namespaceSelector"] == nil && peer.At("podSelector", "matchExpressions") == nil && len(matching) == 1 && ownLabels(matching[0], selector):
			found = append(found, matching[0].node)
		default:
			found = append(found, g.find("pods with", n.namespace, describe(peer), ""))
		}
	}
	return found
}

// ownLabels tells whether a selector means one workload, rather than whatever
// there is of a cluster.
func ownLabels(p pods, selector map[string]string) bool {
	return selector[componentLabel] != "" || maps.Equal(selector, p.labels)
}

// describe spells out the selectors of a peer.
func describe(peer fn.Object) string {
	text := "any labels"
	if selector := selectorText(peer["podSelector"]); selector != "" {
		text = selector
	}
	switch namespaces := selectorText(peer["namespaceSelector"]); {
	case namespaces != "":
		text += " in namespaces with " + namespaces
	case peer["namespaceSelector"] != nil:
		text += " in any namespace"
	}
	return text
}

func selectorText(selector any) string {
	members, _ := selector.(map[string]any)
	labels := texts(members["matchLabels"])
	var all []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, strings.TrimPrefix(key, "app.kubernetes.io/")+"="+labels[key])
	}
	for _, expression := range objectsAt(members, "matchExpressions") {
		values, _ := expression["values"].([]any)
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", expression.Text("key"), expression.Text("operator"), strings.Trim(fmt.Sprint(values), "[]"))))
	}
	return strings.Join(all, ", ")
}

// ports lists the numbers of ports.
func ports(list any) string {
	elements, _ := list.([]any)
	var numbers []string
	for _, element := range elements {
		port, _ := element.(map[string]any)
		if number, ok := port["port"].(json.Number); ok && !slices.Contains(numbers, number.String()) {
			numbers = append(numbers, number.String())
		}
	}
	return strings.Join(numbers, ", ")
}

// texts returns the members of an object that are strings.
func texts(value any) map[string]string {
	members, _ := value.(map[string]any)
	all := map[string]string{}
	for key, member := range members {
		if text, ok := member.(string); ok {
			all[key] = text
		}
	}
	return all
}

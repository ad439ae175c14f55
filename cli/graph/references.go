package graph

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// referred is the kind that a field refers to by name, whatever object it is in:
// Kubernetes and the operators name their references alike. It has the name, or an
// object or a list of objects that do.
func referred(field string) string {
	switch field {
	case "secretName", "secretRef", "secretRefs", "secretKeyRef", "secret", "imagePullSecrets",
		"accessKeyId", "secretAccessKey", "applicationCredentials",
		"serverTLSSecret", "serverCASecret", "clientCASecret", "replicationTLSSecret":
		return "Secret"
	case "configMapRef", "configMapRefs", "configMapKeyRef", "configMap":
		return "ConfigMap"
	case "serviceAccountName":
		return "ServiceAccount"
	case "claimName":
		return "PersistentVolumeClaim"
	case "cluster":
		return "Cluster"
	case "barmanObjectName":
		return "ObjectStore"
	default:
		return ""
	}
}

// refers draws the references of an object by its fields.
func (g *graph) refers(n *node, object fn.Object) {
	walk(object["spec"], func(field string, value any) {
		switch field {
		case "issuerRef", "secretStoreRef", "generatorRef", "imageCatalogRef":
			g.refersByKind(n, value)
			return
		}
		kind := referred(field)
		if kind == "" {
			return
		}
		for _, name := range namesIn(value) {
			if to := g.find(kind, n.namespace, name, ""); !g.connected(n, to) {
				g.connect(n, to, "")
			}
		}
	})
}

// refersByKind draws a reference that says itself which kind it is of. It may be
// one without a namespace.
func (g *graph) refersByKind(n *node, reference any) {
	members, ok := reference.(map[string]any)
	if !ok {
		return
	}
	to := fn.Object(members)
	namespace := n.namespace
	if strings.HasPrefix(to.Text("kind"), "Cluster") {
		namespace = ""
	}
	g.connect(n, g.find(to.Text("kind"), namespace, to.Text("name"), ""), "")
}

func (g *graph) connected(from, to *node) bool {
	return slices.ContainsFunc(g.edges, func(e *edge) bool { return e.from == from && e.to == to })
}

// namesIn returns the names that a reference has.
func namesIn(reference any) []string {
	switch reference := reference.(type) {
	case string:
		if reference != "" {
			return []string{reference}
		}
	case map[string]any:
		if name := fn.Object(reference).Text("name"); name != "" {
			return []string{name}
		}
	case []any:
		var all []string
		for _, element := range reference {
			all = append(all, namesIn(element)...)
		}
		return all
	}
	return nil
}

// walk visits all fields below a value, by name.
func walk(value any, visit func(field string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			visit(name, value[name])
			walk(value[name], visit)
		}
	case []any:
		for _, element := range value {
			walk(element, visit)
		}
	}
}

// waits draws what a Job waits for: its containers that do say so by their names,
// such as wait-for-postgres.
func (g *graph) waits(n *node, object fn.Object) {
	walk(object["spec"], func(field string, value any) {
		if field != "initContainers" {
			return
		}
		for _, name := range namesIn(value) {
			server, ok := strings.CutPrefix(name, "wait-for-")
			if !ok {
				continue
			}
			for _, p := range g.pods {
				if p.isServer() && p.component == server && p.owner == owner(object) {
					g.connect(n, p.node, "waits for")
				}
			}
		}
	})
}

// names draws the Services whose host names are in the settings of an object, or
// in a URL of a Secret. Nothing else of the text leaves this function.
func (g *graph) names(n *node, object fn.Object) {
	label := "names"
	if n.kind == "Job" { // which waits for what it connects to
		label = "waits for"
	}
	var words []string
	for _, text := range settings(object) {
		words = append(words, strings.FieldsFunc(text, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
		})...)
	}
	for _, service := range slices.Clone(g.nodes) {
		if service.kind == "Service" && service.namespace == n.namespace && slices.Contains(words, service.name) {
			g.connect(n, service, label)
		}
	}
}

// settings are the texts that configure something: variables, arguments, and the
// values of ConfigMaps and Secrets.
func settings(object fn.Object) []string {
	isSecret := object.Text("kind") == "Secret"
	var all []string
	walk(map[string]any(object), func(field string, value any) {
		switch field {
		case "value":
			if text, ok := value.(string); ok {
				all = append(all, text)
			}
		case "args", "dnsNames":
			all = append(all, namesIn(value)...)
		case "data":
			members, _ := value.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(members)) {
				text, _ := members[name].(string)
				if isSecret {
					decoded, _ := base64.StdEncoding.DecodeString(text)
					text = string(decoded)
				}
				all = append(all, text)
			}
		}
	})
	return all
}

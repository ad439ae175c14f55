package fn

import (
	"maps"
	"slices"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// generated is an object as it is to be among the items.
type generated struct {
	*item
	typed builders.Object
	from  cluster
	// was is what an earlier run made in its place, or nil.
	was *item
	// err tells why it has no text.
	err error
}

// build returns the objects of all valid clusters, cluster by cluster.
func (l *resourceList) build(clusters []cluster) []generated {
	var all []generated
	for _, c := range clusters {
		l.tellRequirements(c)
		external := l.checkSecrets(c)
		if !c.valid {
			continue
		}
		objects, problems := builders.Build(c.BanhBaoRingCluster, external)
		l.results.addProblems(c.item, problems)
		for _, object := range objects {
			all = append(all, generated{item: itemOf(object), typed: object, from: c})
		}
	}
	return all
}

func itemOf(object builders.Object) *item {
	i := &item{id: identity{namespace: object.GetNamespace(), name: object.GetName()}}
	i.apiVersion, i.id.kind = object.GroupVersionKind().ToAPIVersionAndKind()
	i.identify()
	return i
}

// findFormer finds what an earlier run made of these clusters and the wanted objects
// take the place of; of several with one identity, the first.
func findFormer(items []*item, wanted []generated, owners owners) {
	byID := byIdentity(wanted)
	for _, i := range items {
		if g := byID[i.id]; g != nil && g.was == nil && owners.own(i) {
			g.was = i
		}
	}
}

func byIdentity(wanted []generated) map[identity]*generated {
	byID := make(map[identity]*generated, len(wanted))
	for n := range wanted {
		byID[wanted[n].id] = &wanted[n]
	}
	return byID
}

// writeElements makes the elements of the list from the objects. What is as it was
// shares the text with it.
func (l *resourceList) writeElements(wanted []generated) {
	inShares(wanted, func(share []generated) {
		writer := newYAMLWriter()
		for i := range share {
			share[i].writeElement(writer, l.indent)
		}
	})
	for _, g := range wanted {
		if g.err != nil {
			l.results.add(sdk.Error, g.from.item, "", "%s cannot be written: %s", g.id, g.err)
		}
	}
}

func (g *generated) writeElement(writer *yamlWriter, indent int) {
	var text []byte
	text, g.err = writer.writeElement(g.typed, indent)
	if g.was != nil && g.was.text == string(text) {
		g.text = g.was.text
	} else {
		g.text = string(text)
	}
}

// merge returns the items with the wanted objects among them: in the place of
// what an earlier run made of them, or at the end. What an earlier run made of
// these clusters and is not wanted any more goes. Everything else stays as it
// is, in its order; where it is in the way, that is an error.
func (l *resourceList) merge(wanted []generated, owners owners) (merged, pruned []*item) {
	byID := byIdentity(wanted)
	for _, i := range l.items {
		switch g := byID[i.id]; {
		case g != nil && g.was == i:
			merged = append(merged, g.item)
		case owners.own(i):
			pruned = append(pruned, i)
		case g != nil:
			l.results.add(sdk.Error, i, "metadata.name", "is the name of an object that %s makes, but it did not make this one: rename it, remove it, or have it replaced by annotating it with %s: %s", g.from.item.id, builders.GeneratedFrom, builders.Owner(g.from.BanhBaoRingCluster))
			fallthrough
		default:
			merged = append(merged, i)
		}
	}
	for _, g := range wanted {
		if g.was == nil {
			merged = append(merged, g.item)
		}
	}
	return merged, pruned
}

// owners are clusters by their names. Those of one name are in several namespaces.
type owners map[string][]cluster

func ownersAmong(clusters []cluster) owners {
	all := owners{}
	for _, c := range clusters {
		all[c.Name] = append(all[c.Name], c)
	}
	return all
}

// own tells whether one of the clusters made the object in an earlier run.
func (o owners) own(i *item) bool {
	_, ok := o.of(i)
	return ok
}

// of returns the cluster that made the object in an earlier run, if any.
func (o owners) of(i *item) (owner cluster, ok bool) {
	_, name, _ := strings.Cut(i.annotations[builders.GeneratedFrom], "/")
	at := slices.IndexFunc(o[name], func(c cluster) bool { return c.owns(i) })
	if at < 0 {
		return cluster{}, false
	}
	return o[name][at], true
}

// owns compares an object's owner with a cluster. A later step of a pipeline,
// such as set-namespace, may have moved both since; only the annotation stays.
func (c cluster) owns(i *item) bool {
	owner, isMarked := i.annotations[builders.GeneratedFrom]
	namespace, name, _ := strings.Cut(owner, "/")
	return isMarked && name == c.Name && (namespace == c.Namespace || i.id.namespace == c.Namespace)
}

// keepAnnotations leaves the objects the annotations with some prefixes of those
// that they take the place of. To keep the owner, where a later step moved the
// cluster, is as good as the new one, and changes nothing.
func keepAnnotations(wanted []generated, prefixes ...string) {
	inShares(wanted, func(share []generated) {
		for _, g := range share {
			g.keepAnnotations(prefixes)
		}
	})
}

func (g generated) keepAnnotations(prefixes []string) {
	if g.was == nil || maps.Equal(g.was.annotations, g.typed.GetAnnotations()) {
		return
	}
	// An object may have one map in two places.
	annotations := maps.Clone(g.typed.GetAnnotations())
	copyAnnotations(g.was.annotations, annotations, prefixes)
	g.typed.SetAnnotations(annotations)
}

func copyAnnotations(from, to map[string]string, prefixes []string) {
	for key, value := range from {
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			to[key] = value
		}
	}
}

// bookkeeping are the prefixes of annotations by which orchestrators find the
// file, the place and the identity of an item again.
func bookkeeping() []string {
	return []string{
		"config.kubernetes.io/index", "config.kubernetes.io/path",
		"internal.config.kubernetes.io/", "config.k8s.io/",
		"kustomize.config.k8s.io/", "internal.kpt.dev/",
	}
}

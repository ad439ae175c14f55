package fn

import (
	"slices"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// generated is an object as it is to be among the items.
type generated struct {
	*item
	from cluster
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
			node, err := toNode(object)
			if err != nil {
				l.results.add(sdk.Error, c.item, "", "%s cannot be written: %s", object.GetName(), err)
				continue
			}
			i, err := newItem(node)
			if err != nil {
				l.results.add(sdk.Error, c.item, "", "%s cannot be written: %s", object.GetName(), err)
				continue
			}
			all = append(all, generated{i, c})
		}
	}
	return all
}

// merge returns the items with the wanted objects among them: in the place of
// what an earlier run made of them, or at the end. What an earlier run made of
// these clusters and is not wanted any more goes. Everything else stays as it
// is, in its order; where it is in the way, that is an error.
func (l *resourceList) merge(wanted []generated, clusters []cluster) (merged, pruned []*item) {
	byID := map[identity]generated{}
	for _, g := range wanted {
		byID[g.id] = g
	}
	placed := map[identity]bool{}
	for _, i := range l.items {
		g, isWanted := byID[i.id]
		switch owned := ownedByAny(i, clusters); {
		case isWanted && owned && !placed[i.id]:
			merged = append(merged, replacing(i, g.item))
			placed[i.id] = true
		case isWanted && !owned:
			l.results.add(sdk.Error, i, "metadata.name", "is the name of an object that %s makes, but it did not make this one: rename it, remove it, or have it replaced by annotating it with %s: %s", g.from.item.id, builders.GeneratedFrom, builders.Owner(g.from.BanhBaoRingCluster))
			merged = append(merged, i)
		case owned:
			pruned = append(pruned, i)
		default:
			merged = append(merged, i)
		}
	}
	for _, g := range wanted {
		if !placed[g.id] {
			merged = append(merged, g.item)
		}
	}
	return merged, pruned
}

// ownedByAny tells whether one of the clusters made the object in an earlier run.
func ownedByAny(i *item, clusters []cluster) bool {
	_, ok := ownerOf(i, clusters)
	return ok
}

// ownerOf returns the cluster that made the object in an earlier run, if any.
func ownerOf(i *item, clusters []cluster) (owner cluster, ok bool) {
	mark, ok := i.annotations[builders.GeneratedFrom]
	if !ok {
		return cluster{}, false
	}
	at := slices.IndexFunc(clusters, func(c cluster) bool { return owns(c, mark, i) })
	if at < 0 {
		return cluster{}, false
	}
	return clusters[at], true
}

// owns compares an object's owner with a cluster. A later step of a pipeline,
// such as set-namespace, may have moved both since; only the annotation stays.
func owns(c cluster, owner string, i *item) bool {
	namespace, name, _ := strings.Cut(owner, "/")
	return name == c.Name && (namespace == c.Namespace || i.id.namespace == c.Namespace)
}

// bookkeeping are the prefixes of annotations by which orchestrators find the
// file, the place and the identity of an item again, and by which this function
// finds it: where a later step moved the cluster, its former namespace is as good
// and changes nothing.
func bookkeeping() []string {
	return []string{
		builders.GeneratedFrom,
		"config.kubernetes.io/index", "config.kubernetes.io/path",
		"internal.config.kubernetes.io/", "config.k8s.io/",
		"kustomize.config.k8s.io/", "internal.kpt.dev/",
	}
}

// replacing returns the new object in the place of the old.
func replacing(old, replacement *item) *item {
	annotations := replacement.node.GetAnnotations()
	for key, value := range old.annotations {
		if slices.ContainsFunc(bookkeeping(), func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			annotations[key] = value
		}
	}
	_ = replacement.node.SetAnnotations(annotations)
	return replacement
}

package fn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// Object is an object as its JSON has it, with numbers as json.Number.
type Object map[string]any

// Text returns the string at a path, or nothing.
func (o Object) Text(path ...string) string {
	found, _ := o.At(path...).(string)
	return found
}

// At returns the value at a path, or nil.
func (o Object) At(path ...string) any {
	var value any = map[string]any(o)
	for _, name := range path {
		members, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = members[name]
	}
	return value
}

// Objects expands the clusters in files as Render does, and returns what was made
// of them.
func Objects(files []File, log io.Writer) ([]Object, error) {
	wanted, err := render(files, log)
	if err != nil {
		return nil, err
	}
	return objectsOf(wanted)
}

// Comparison is what clusters became in an earlier render, and what they become
// now, each in its order.
type Comparison struct {
	Was []Earlier
	Now []Object
}

// Earlier is an object of an earlier render.
type Earlier struct {
	Object Object
	// Notes are what the guards object to, and where the data of what goes stays.
	Notes []string
}

// Compare expands the clusters in files, and finds what was made of the same
// clusters among an earlier render. Guards do not stop it: what they object to is
// part of the comparison.
func Compare(files, earlier []File, log io.Writer) (Comparison, error) {
	items, err := readFiles(files)
	if err != nil {
		return Comparison{}, err
	}
	before, err := readFiles(earlier)
	if err != nil {
		return Comparison{}, err
	}
	list := &resourceList{items: items}
	clusters := list.findClusters()
	owners := ownersAmong(clusters)
	wanted := list.build(clusters)
	findFormer(before, wanted, owners)
	keepAnnotations(wanted, builders.GeneratedFrom)
	list.writeElements(wanted)
	now, err := objectsOf(wanted)
	if err != nil {
		return Comparison{}, err
	}
	list.merge(wanted, owners) // reports what is in the way
	list.results.log(log)
	if n := list.results.errorCount(); n > 0 {
		return Comparison{}, fmt.Errorf("nothing was compared, errors: %d", n)
	}
	was, err := earlierObjects(before, wanted, owners)
	return Comparison{was, now}, err
}

func earlierObjects(items []*item, wanted []generated, owners owners) ([]Earlier, error) {
	workloads := workloadsAmong(wanted)
	seen := map[identity]*item{}
	var all []Earlier
	for _, i := range items {
		if !owners.own(i) || isMade(i, items) {
			continue
		}
		if first, ok := seen[i.id]; ok {
			return nil, fmt.Errorf("%s: %s is there already%s: name one render", i.path, i.id, inFile(first))
		}
		seen[i.id] = i
		object, err := applied(i).object()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.path, err)
		}
		dropServersFields(object)
		all = append(all, Earlier{object, notesOn(i, wanted, workloads)})
	}
	return all, nil
}

// isMade tells whether a controller made an object of another. It has the
// annotation too where it is copied, as the Secret of a SealedSecret has.
func isMade(i *item, items []*item) bool {
	return text(i, "metadata", "ownerReferences", "0", "kind") != "" ||
		slices.ContainsFunc(items, func(other *item) bool { return other.id != i.id && secretOf(other) == i.id })
}

// notesOn says what to mind when an object becomes what is wanted in its place.
func notesOn(was *item, wanted []generated, workloads workloads) []string {
	var notes []string
	if isWorkload(was) {
		for _, o := range objections(was, workloads.successor(was)) {
			notes = append(notes, fmt.Sprintf("guard %s: %s: %s", o.guard, o.change, o.instead))
		}
	}
	stays := slices.ContainsFunc(wanted, func(g generated) bool { return g.id == was.id })
	if left := leftBehind(was); left != "" && !stays {
		notes = append(notes, "removed: "+left)
	}
	return notes
}

// lastApplied holds an object as kubectl applied it.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// applied is the object as it was rendered, where it came from an API server,
// which fills in defaults.
func applied(i *item) *item {
	nodes, err := yaml.Parse(i.annotations[lastApplied])
	if err != nil {
		return i
	}
	before, err := newItem(nodes)
	if err != nil || before.id != i.id {
		return i
	}
	return before
}

// dropServersFields drops what no render writes: what an API server adds, and the
// annotations by which tools keep books.
func dropServersFields(object Object) {
	delete(object, "status")
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return
	}
	for _, name := range []string{"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"} {
		delete(metadata, name)
	}
	annotations, ok := metadata["annotations"].(map[string]any)
	if !ok {
		return
	}
	maps.DeleteFunc(annotations, func(key string, _ any) bool {
		return key == lastApplied || slices.ContainsFunc(bookkeeping(), func(prefix string) bool { return strings.HasPrefix(key, prefix) })
	})
}

func objectsOf(wanted []generated) ([]Object, error) {
	var all []Object
	for _, g := range wanted {
		object, err := g.object()
		if err != nil {
			return nil, err
		}
		all = append(all, object)
	}
	return all, nil
}

// object is the item in JSON's types. An error never quotes it, for it may be a
// Secret.
func (i *item) object() (Object, error) {
	unreadable := errors.New(i.id.String() + " cannot be read")
	data, err := i.view().MarshalJSON()
	if err != nil {
		return nil, unreadable
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var object Object
	if err := decoder.Decode(&object); err != nil {
		return nil, unreadable
	}
	return object, nil
}

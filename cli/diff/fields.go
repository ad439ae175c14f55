package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// Field is a field that differs.
type Field struct {
	Action Action
	// Was and Now are the values; the first of what is added is nil, and so is the
	// second of what is removed.
	Was, Now any
	// Hidden tells that the values are secret or ciphertext, and not here.
	Hidden bool
	// path has the names of fields, and elements of lists in brackets.
	path []string
}

// Path is such as spec.template.spec.containers[redis].image.
func (f Field) Path() string {
	var all strings.Builder
	for _, step := range f.path {
		switch {
		case step[0] == '[':
			all.WriteString(step)
		case strings.ContainsAny(step, "./[] "):
			all.WriteString("[" + step + "]")
		default:
			all.WriteString("." + step)
		}
	}
	return strings.TrimPrefix(all.String(), ".")
}

// comparison collects the fields of one object that differ.
type comparison struct {
	hides  func(path []string) bool
	fields []Field
}

// compare returns the fields that differ, none only for equal objects.
func compare(was, now fn.Object) []Field {
	c := comparison{hides: func(path []string) bool { return hides(now, path) }}
	c.values(nil, map[string]any(was), map[string]any(now))
	return c.fields
}

// hides tells whether a field's value stays hidden: of a Secret everything that
// is not known to be harmless, and ciphertext, which tells nobody anything.
func hides(object fn.Object, path []string) bool {
	if len(path) == 0 {
		return false
	}
	switch object.Text("kind") {
	case "Secret":
		return !slices.Contains([]string{"apiVersion", "kind", "metadata", "type", "immutable"}, path[0])
	case "SealedSecret":
		return len(path) > 2 && path[1] == "encryptedData"
	default:
		return false
	}
}

func (c *comparison) values(path []string, was, now any) {
	if reflect.DeepEqual(was, now) {
		return
	}
	switch was := was.(type) {
	case map[string]any:
		if now, ok := now.(map[string]any); ok {
			c.objects(path, was, now)
			return
		}
	case []any:
		if now, ok := now.([]any); ok {
			c.lists(path, was, now)
			return
		}
	default:
		if isScalar(now) {
			c.add(Changed, path, was, now)
			return
		}
	}
	c.all(Removed, path, was)
	c.all(Added, path, now)
}

func (c *comparison) objects(path []string, was, now map[string]any) {
	names := maps.Clone(was)
	maps.Copy(names, now)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, isThere := was[name]
		after, stays := now[name]
		switch member := below(path, name); {
		case !isThere:
			c.all(Added, member, after)
		case !stays:
			c.all(Removed, member, before)
		default:
			c.values(member, before, after)
		}
	}
}

// all adds a value that comes or goes: on one line what fits there, and field by
// field what does not.
func (c *comparison) all(action Action, path []string, value any) {
	members, isObject := value.(map[string]any)
	elements, isList := value.([]any)
	switch key := mergeKey(elements); {
	case fits(value):
		c.one(action, path, value)
	case isObject:
		for _, name := range slices.Sorted(maps.Keys(members)) {
			c.all(action, below(path, name), members[name])
		}
	case isList && key != "":
		for _, element := range elements {
			c.element(action, path, key, element.(map[string]any))
		}
	case isList:
		for i, element := range elements {
			c.all(action, at(path, i), element)
		}
	default:
		c.one(action, path, value)
	}
}

// element adds a whole element of a list. Its key is in the path.
func (c *comparison) element(action Action, path []string, key string, element map[string]any) {
	rest := maps.Clone(element)
	delete(rest, key)
	if len(rest) == 0 {
		rest = element
	}
	c.all(action, keyed(path, element[key]), rest)
}

func (c *comparison) one(action Action, path []string, value any) {
	if action == Added {
		c.add(action, path, nil, value)
	} else {
		c.add(action, path, value, nil)
	}
}

func (c *comparison) add(action Action, path []string, was, now any) {
	if c.hides(path) {
		c.fields = append(c.fields, Field{Action: action, Hidden: true, path: path})
		return
	}
	c.fields = append(c.fields, Field{Action: action, Was: was, Now: now, path: path})
}

func (c *comparison) lists(path []string, was, now []any) {
	if key := mergeKey(was, now); key != "" {
		c.keyedLists(path, key, was, now)
		return
	}
	for _, h := range hunks(encoded(was), encoded(now)) {
		if len(h.was) == len(h.now) {
			for i := range h.was {
				c.values(at(path, h.nowAt+i), was[h.wasAt+i], now[h.nowAt+i])
			}
			continue
		}
		for i := range h.was {
			c.all(Removed, at(path, h.wasAt+i), was[h.wasAt+i])
		}
		for i := range h.now {
			c.all(Added, at(path, h.nowAt+i), now[h.nowAt+i])
		}
	}
}

// keyedLists compares the elements that have the same key, wherever they are. The
// order counts too: a variable can refer only to those before it.
func (c *comparison) keyedLists(path []string, key string, was, now []any) {
	before, after := byKey(key, was), byKey(key, now)
	var common []any
	for _, element := range was {
		element := element.(map[string]any)
		if other, ok := after[fmt.Sprint(element[key])]; ok {
			common = append(common, element[key])
			c.values(keyed(path, element[key]), element, other)
		} else {
			c.element(Removed, path, key, element)
		}
	}
	var order []any
	for _, element := range now {
		element := element.(map[string]any)
		if _, ok := before[fmt.Sprint(element[key])]; ok {
			order = append(order, element[key])
		} else {
			c.element(Added, path, key, element)
		}
	}
	if !reflect.DeepEqual(common, order) {
		c.add(Changed, append(slices.Clone(path), "[order]"), common, order)
	}
}

// mergeKey is the member by which all elements of the lists can be told apart, or
// nothing. The names are those by which Kubernetes does.
func mergeKey(lists ...[]any) string {
	for _, key := range []string{"name", "mountPath", "containerPort", "key", "secretKey", "topologyKey"} {
		elements := 0
		for _, list := range lists {
			elements += len(list)
			if len(byKey(key, list)) != len(list) {
				elements = -1
				break
			}
		}
		if elements > 0 {
			return key
		}
	}
	return ""
}

// byKey returns the elements that have a key, each once.
func byKey(key string, list []any) map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, element := range list {
		members, ok := element.(map[string]any)
		if value := members[key]; ok && value != nil && isScalar(value) {
			found[fmt.Sprint(value)] = members
		}
	}
	return found
}

func isScalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	default:
		return true
	}
}

// fits tells whether a value reads well on one line.
func fits(value any) bool {
	text := encode(value)
	return len(text) <= 100 && !strings.Contains(text, `\n`)
}

func encoded(list []any) []string {
	var all []string
	for _, element := range list {
		all = append(all, encode(element))
	}
	return all
}

// encode writes a value as JSON on one line; what came from JSON always can be.
func encode(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSuffix(text.String(), "\n")
}

func below(path []string, name string) []string {
	if name == "" || name[0] == '[' {
		name = strconv.Quote(name)
	}
	return append(slices.Clone(path), name)
}

func at(path []string, index int) []string { return keyed(path, index) }

func keyed(path []string, key any) []string {
	return append(slices.Clone(path), fmt.Sprintf("[%v]", key))
}

// Package diff tells what changes between two renders, object by object. It is
// pure: from objects to text.
package diff

import (
	"slices"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// Action is what happens to an object or a field, as it is printed.
type Action byte

// All that may happen.
const (
	Added   Action = '+'
	Removed Action = '-'
	Changed Action = '~'
)

// Change is what becomes of one object.
type Change struct {
	Action Action
	Object string // such as StatefulSet keys/demo-redis
	// Replaces is the name of the Job in whose place this one comes.
	Replaces string
	Fields   []Field // of a changed object
	Notes    []string
}

// Changes compares two renders: what is added or changed in the order of the
// later one, then what is removed in the order of the earlier.
func Changes(c fn.Comparison) []Change {
	replaced := replacedJobs(c)
	before := map[string]fn.Earlier{}
	for _, was := range c.Was {
		before[identity(was.Object)] = was
	}
	var changes []Change
	for _, now := range c.Now {
		id := identity(now)
		if job, ok := replaced[id]; ok {
			delete(before, identity(job.Object))
			changes = append(changes, replacedJob(job.Object, now))
			continue
		}
		was, ok := before[id]
		if !ok {
			changes = append(changes, Change{Action: Added, Object: title(now), Notes: notesOnAdded(now)})
			continue
		}
		delete(before, id)
		if fields := compare(was.Object, now); len(fields) > 0 {
			changes = append(changes, Change{Action: Changed, Object: title(now), Fields: fields, Notes: notesOnChanged(was, fields)})
		}
	}
	for _, was := range c.Was {
		if _, left := before[identity(was.Object)]; left {
			changes = append(changes, Change{Action: Removed, Object: title(was.Object), Notes: was.Notes})
		}
	}
	return changes
}

// replacedJobs finds the Jobs that differ only in the hash at the end of their
// names, by the identity of the new one: a Job cannot change, so another content
// is another Job.
func replacedJobs(c fn.Comparison) map[string]fn.Earlier {
	was, now := map[string]bool{}, map[string]bool{}
	for _, earlier := range c.Was {
		was[identity(earlier.Object)] = true
	}
	for _, object := range c.Now {
		now[identity(object)] = true
	}
	gone := map[string]fn.Earlier{}
	for _, earlier := range c.Was {
		if earlier.Object.Text("kind") == "Job" && !now[identity(earlier.Object)] {
			gone[stem(earlier.Object)] = earlier
		}
	}
	replaced := map[string]fn.Earlier{}
	for _, object := range c.Now {
		if earlier, ok := gone[stem(object)]; ok && !was[identity(object)] {
			replaced[identity(object)] = earlier
		}
	}
	return replaced
}

func replacedJob(was, now fn.Object) Change {
	fields := slices.DeleteFunc(compare(was, now), func(f Field) bool {
		return slices.Equal(f.path, []string{"metadata", "name"})
	})
	return Change{Action: Changed, Object: title(now), Replaces: was.Text("metadata", "name"), Fields: fields, Notes: notesOnAdded(now)}
}

// identity is what makes two objects the same. The version of an API is only a
// way to see it.
func identity(object fn.Object) string {
	return strings.Join([]string{group(object), object.Text("kind"), object.Text("metadata", "namespace"), object.Text("metadata", "name")}, "/")
}

// stem is the identity of a Job without the hash.
func stem(object fn.Object) string {
	id := identity(object)
	return id[:max(strings.LastIndexByte(id, '-'), 0)]
}

func group(object fn.Object) string {
	group, _, found := strings.Cut(object.Text("apiVersion"), "/")
	if !found {
		return ""
	}
	return group
}

func title(object fn.Object) string {
	name := object.Text("metadata", "name")
	if namespace := object.Text("metadata", "namespace"); namespace != "" {
		name = namespace + "/" + name
	}
	return object.Text("kind") + " " + name
}

package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// rule is what the API server refuses to change of a kind.
type rule struct {
	kind string
	// refuses judges a field by its name at the top of the spec or of the object.
	refuses func(was fn.Object, field string) bool
	instead string // with the object's name
}

// rules follow the validation of updates in Kubernetes 1.36, as far as a render
// has the kinds.
func rules() []rule {
	return []rule{
		{"StatefulSet", refusedOfStatefulSet, "kubectl delete statefulset %s --cascade=orphan, which leaves its pods running, then apply"},
		{"Job", refusedOfJob, "kubectl delete job %s, then apply, which runs it again"},
		{"Service", refusedOfService, "kubectl delete service %s, then apply; nobody finds it in between"},
		{"Secret", refusedOfSecret, "kubectl delete secret %s, then apply; pods that start in between wait for it"},
	}
}

// refusedOfStatefulSet knows the fields that may change; all others may not.
func refusedOfStatefulSet(_ fn.Object, field string) bool {
	return strings.HasPrefix(field, "spec") && !slices.Contains([]string{
		"spec.replicas", "spec.ordinals", "spec.template", "spec.updateStrategy", "spec.minReadySeconds",
		"spec.revisionHistoryLimit", "spec.persistentVolumeClaimRetentionPolicy",
	}, field)
}

func refusedOfJob(_ fn.Object, field string) bool {
	return slices.Contains([]string{
		"spec.completions", "spec.completionMode", "spec.selector", "spec.template", "spec.podFailurePolicy",
		"spec.successPolicy", "spec.backoffLimitPerIndex", "spec.managedBy",
	}, field)
}

func refusedOfService(_ fn.Object, field string) bool {
	return field == "spec.clusterIP" || field == "spec.clusterIPs"
}

func refusedOfSecret(was fn.Object, field string) bool {
	frozen := was["immutable"] == true
	return field == "type" || frozen && slices.Contains([]string{"data", "stringData", "immutable"}, field)
}

// notesOnChanged says what the API server and the controllers make of a change. A
// way around a refusal is for changes to which no guard objects: those may lose
// data, and the guard knows the safe way.
func notesOnChanged(was fn.Earlier, fields []Field) []string {
	kind, name := was.Object.Text("kind"), was.Object.Text("metadata", "name")
	notes := slices.Clone(was.Notes)
	for _, r := range rules() {
		if r.kind != kind {
			continue
		}
		refused := refusedFields(r, was.Object, fields)
		if len(refused) == 0 {
			continue
		}
		note := fmt.Sprintf("refused by Kubernetes: %s cannot change", strings.Join(refused, ", "))
		if len(was.Notes) == 0 {
			note += "; " + fmt.Sprintf(r.instead, name)
		}
		notes = append(notes, note)
	}
	switch {
	case slices.ContainsFunc(fields, func(f Field) bool { return restarts(kind, f.top()) }):
		notes = append(notes, fmt.Sprintf("restarts the pods of %s %s", kind, name))
	case slices.ContainsFunc(fields, func(f Field) bool { return kind == "Cluster" && f.top() == "spec.postgresql" }):
		notes = append(notes, fmt.Sprintf("restarts the pods of %s %s if PostgreSQL takes a parameter at its start alone", kind, name))
	}
	return notes
}

// refusedFields names each field once, whatever differs below it.
func refusedFields(r rule, was fn.Object, fields []Field) []string {
	var refused []string
	for _, f := range fields {
		if top := f.top(); r.refuses(was, top) && !slices.Contains(refused, top) {
			refused = append(refused, top)
		}
	}
	return refused
}

// top is the field of the spec, or of the object, that this one is part of.
func (f Field) top() string {
	if f.path[0] != "spec" {
		return f.path[0]
	}
	return strings.Join(f.path[:min(len(f.path), 2)], ".")
}

// restarts tells whether a field is part of the pods that a controller keeps
// running. CloudNativePG compares most of it with the pods that there are.
func restarts(kind, field string) bool {
	switch kind {
	case "StatefulSet", "Pooler":
		return field == "spec.template"
	case "Cluster":
		return slices.Contains([]string{
			"spec.imageName", "spec.imageCatalogRef", "spec.resources", "spec.affinity", "spec.topologySpreadConstraints",
		}, field)
	default:
		return false
	}
}

func notesOnAdded(object fn.Object) []string {
	if object.Text("kind") == "Job" {
		return []string{"a new Job runs"}
	}
	return nil
}

package status

import (
	"encoding/json"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// Status returns the status of the cluster with the report in it, and the
// resourceVersion that it is for. What others wrote stays: it is taken from the
// live cluster or, where that is not among the live objects or has no status,
// from the file. The resourceVersion is empty without a live cluster.
func (r *Report) Status(file map[string]any) (status map[string]any, resourceVersion string) {
	previous := file
	if r.cluster != nil {
		resourceVersion = r.cluster.ResourceVersion
		if r.cluster.cluster != nil {
			previous = r.cluster.cluster
		}
	}
	status = maps.Clone(previous)
	if status == nil {
		status = map[string]any{}
	}
	for _, field := range []string{"database", "redis", "migration", "credentials"} {
		delete(status, field)
	}
	for _, part := range r.Parts {
		if part.Ready != nil {
			status[part.field()] = v1.ComponentStatus{Ready: *part.Ready, Version: part.Version, Replicas: part.Replicas, Message: part.Message}
		}
	}
	delete(status, "conditions")
	if conditions := r.conditions(previous); len(conditions) > 0 {
		status["conditions"] = conditions
	}
	return status, resourceVersion
}

// field of the status that the part is written to.
func (p Part) field() string {
	switch p.Name {
	case "PostgreSQL":
		return "database"
	case "Redis":
		return "redis"
	default:
		return p.Name
	}
}

// conditions puts DatabaseReady among the conditions there are, or takes it
// away where nothing tells since when it is so.
func (r *Report) conditions(status map[string]any) []any {
	given, _ := status["conditions"].([]any)
	conditions := slices.Clone(given)
	isOurs := func(c any) bool {
		member, _ := c.(map[string]any)
		return member["type"] == v1.DatabaseReady
	}
	at := slices.IndexFunc(conditions, isOurs)
	if at < 0 {
		at = len(conditions)
		conditions = append(conditions, nil)
	}
	ours := r.condition(conditions[at])
	if ours.LastTransitionTime.IsZero() {
		return slices.Delete(conditions, at, at+1)
	}
	conditions[at] = ours
	return conditions
}

func (r *Report) condition(previous any) metav1.Condition {
	before := readCondition(previous)
	now := metav1.Condition{
		Type:               v1.DatabaseReady,
		Status:             metav1.ConditionFalse,
		LastTransitionTime: before.LastTransitionTime,
		Reason:             v1.ReasonNotReady,
		Message:            "Waiting for data layer",
	}
	if r.serving {
		now.Status, now.Reason, now.Message = metav1.ConditionTrue, v1.ReasonReady, "Database and Redis are ready"
	}
	if now.Status != before.Status || before.LastTransitionTime.IsZero() {
		now.LastTransitionTime = later(before.LastTransitionTime, r.since())
	}
	return now
}

// since is when the condition changed, as far as the objects tell: when the last
// of them did, or when the cluster came to be.
func (r *Report) since() metav1.Time {
	if r.changed.IsZero() && r.cluster != nil {
		return r.cluster.CreationTimestamp
	}
	return r.changed
}

// readCondition returns an empty condition for what is none.
func readCondition(value any) metav1.Condition {
	var c metav1.Condition
	data, err := json.Marshal(value)
	if err != nil || json.Unmarshal(data, &c) != nil {
		return metav1.Condition{}
	}
	return c
}

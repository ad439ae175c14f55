package e2e

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// replace does something to a pod that brings it a new container, and waits for
// the pod to be ready with that.
func (n *namespace) replace(pod string, blow func()) {
	n.t.Helper()
	old := containerID(n.get("pod", pod))
	blow()
	n.eventually(pod+" is ready with another container", func() bool {
		object := &unstructured.Unstructured{}
		output, err := n.try("", "kubectl", "--namespace", n.name, "get", "pod", pod, "--output=json")
		if err != nil || object.UnmarshalJSON([]byte(output)) != nil {
			return false // not there for a moment
		}
		id := containerID(object)
		return id != "" && id != old && isReady(object)
	})
}

// containerID is that of the first container, without the name of its runtime,
// or empty while there is none.
func containerID(pod *unstructured.Unstructured) string {
	statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
	if len(statuses) == 0 {
		return ""
	}
	id, _, _ := unstructured.NestedString(statuses[0].(map[string]any), "containerID")
	_, id, _ = strings.Cut(id, "://")
	return id
}

func isReady(pod *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(pod.Object, "status", "conditions")
	return slices.ContainsFunc(conditions, func(condition any) bool {
		c := condition.(map[string]any)
		return c["type"] == "Ready" && c["status"] == "True"
	})
}

// image is that of the first container.
func image(pod *unstructured.Unstructured) string {
	containers, _, _ := unstructured.NestedSlice(pod.Object, "spec", "containers")
	name, _, _ := unstructured.NestedString(containers[0].(map[string]any), "image")
	return name
}

package cli_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	dependsOn = "config.kubernetes.io/depends-on"
	syncWave  = "argocd.argoproj.io/sync-wave"
)

// TestDependenciesAreThere finds annotations for which kpt would wait in vain: an
// object that is not rendered, one that waits for this one too, and a Redis
// Cluster, which is not ready before the Job that joins its nodes.
func TestDependenciesAreThere(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		byPath := map[string]unstructured.Unstructured{}
		for _, object := range objects {
			byPath[dependencyPath(object)] = object
		}
		for _, object := range objects {
			for _, path := range dependencies(object) {
				other, ok := byPath[path]
				if !ok {
					t.Errorf("%s waits for %s, which is not there", dependencyPath(object), path)
				}
				if reaches(byPath, other, dependencyPath(object), len(objects)) {
					t.Errorf("%s and %s wait for each other", dependencyPath(object), path)
				}
				if wave(t, other) >= wave(t, object) && wave(t, object) != 0 {
					t.Errorf("%s waits for %s, whose wave is not before", dependencyPath(object), path)
				}
				if object.GetLabels()["app.kubernetes.io/component"] == "redis-join" && other.GetKind() == "StatefulSet" {
					t.Errorf("%s waits for the nodes, which wait for it", object.GetName())
				}
			}
		}
	})
}

// TestWavesOfJoin finds a Job that joins nodes after they should be ready.
func TestWavesOfJoin(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, job := range objects {
			if job.GetKind() != "Job" || job.GetLabels()["app.kubernetes.io/component"] != "redis-join" {
				continue
			}
			nodes := slices.IndexFunc(objects, func(o unstructured.Unstructured) bool {
				return o.GetKind() == "StatefulSet" && strings.HasPrefix(job.GetName(), o.GetName()+"-join-") && o.GetNamespace() == job.GetNamespace()
			})
			if nodes < 0 || wave(t, job) != wave(t, objects[nodes]) {
				t.Errorf("%s is not in the wave of its nodes", job.GetName())
			}
		}
	})
}

func dependencies(object unstructured.Unstructured) []string {
	return strings.FieldsFunc(object.GetAnnotations()[dependsOn], func(r rune) bool { return r == ',' })
}

func dependencyPath(object unstructured.Unstructured) string {
	return fmt.Sprintf("%s/namespaces/%s/%s/%s", object.GroupVersionKind().Group, object.GetNamespace(), object.GetKind(), object.GetName())
}

// reaches tells whether an object waits for a path, over a few others at most.
func reaches(byPath map[string]unstructured.Unstructured, from unstructured.Unstructured, path string, steps int) bool {
	return steps > 0 && slices.ContainsFunc(dependencies(from), func(next string) bool {
		return next == path || reaches(byPath, byPath[next], path, steps-1)
	})
}

func wave(t *testing.T, object unstructured.Unstructured) int {
	t.Helper()
	text := object.GetAnnotations()[syncWave]
	if text == "" {
		return 0
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		t.Error(err)
	}
	return number
}

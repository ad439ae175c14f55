package cli_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// manifests are the objects of one render.
type manifests []unstructured.Unstructured

// eachRender calls a check with the generated objects of every case and example,
// which golden files alone cannot show to be right.
func eachRender(t *testing.T, check func(t *testing.T, objects manifests)) {
	t.Helper()
	var files []string
	for _, pattern := range []string{testdata + "/*/output.yaml", examples + "/*/expected*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no files match %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			check(t, generated(parse(t, read(t, file))))
		})
	}
}

// parse reads documents, and the items of a ResourceList, as kubectl would.
func parse(t testing.TB, text string) manifests {
	t.Helper()
	objects := manifests{}
	for document := range strings.SplitSeq(text, "\n---\n") {
		var object unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(document+"\n"), &object.Object); err != nil {
			t.Fatal(err)
		}
		if len(object.Object) == 0 { // after a last ---
			continue
		}
		if object.GetKind() != "ResourceList" {
			objects = append(objects, object)
			continue
		}
		elements, _, err := unstructured.NestedSlice(object.Object, "items")
		if err != nil {
			t.Fatal(err)
		}
		for _, element := range elements {
			objects = append(objects, unstructured.Unstructured{Object: element.(map[string]any)})
		}
	}
	return objects
}

// generated leaves out what the function did not make.
func generated(all manifests) manifests {
	var objects manifests
	for _, object := range all {
		if object.GetAnnotations()["banhbaoring.io/generated-from"] != "" {
			objects = append(objects, object)
		}
	}
	return objects
}

// handMade leaves out what this function made, now or in an earlier run.
func handMade(all manifests) manifests {
	return slices.DeleteFunc(slices.Clone(all), func(object unstructured.Unstructured) bool {
		return object.GetAnnotations()["banhbaoring.io/generated-from"] != ""
	})
}

// typed returns the objects of one kind, converted strictly.
func typed[T any](t *testing.T, objects manifests, kind string) []T {
	t.Helper()
	var all []T
	for _, object := range objects {
		if object.GetKind() != kind {
			continue
		}
		var one T
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &one, true); err != nil {
			t.Errorf("%s %s: %v", kind, object.GetName(), err)
		}
		all = append(all, one)
	}
	return all
}

// workload is whatever makes pods.
type workload struct {
	name, namespace string
	template        corev1.PodTemplateSpec
	claims          []corev1.PersistentVolumeClaim
}

func workloads(t *testing.T, objects manifests) []workload {
	t.Helper()
	var all []workload
	for _, s := range typed[appsv1.StatefulSet](t, objects, "StatefulSet") {
		all = append(all, workload{s.Name, s.Namespace, s.Spec.Template, s.Spec.VolumeClaimTemplates})
	}
	for _, j := range typed[batchv1.Job](t, objects, "Job") {
		all = append(all, workload{j.Name, j.Namespace, j.Spec.Template, nil})
	}
	for _, j := range typed[batchv1.CronJob](t, objects, "CronJob") {
		all = append(all, workload{j.Name, j.Namespace, j.Spec.JobTemplate.Spec.Template, nil})
	}
	return all
}

// operatorsPods are the pods that CloudNativePG makes, with the labels and ports
// that its releases give them.
func operatorsPods(t *testing.T, objects manifests) []workload {
	t.Helper()
	made := func(name, namespace string, labels map[string]string, metrics int32, others ...int32) workload {
		container := corev1.Container{Ports: []corev1.ContainerPort{{Name: "metrics", ContainerPort: metrics}}}
		for _, port := range others {
			container.Ports = append(container.Ports, corev1.ContainerPort{ContainerPort: port})
		}
		return workload{name: name, namespace: namespace, template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{container}},
		}}
	}
	var all []workload
	for _, c := range typed[cnpgv1.Cluster](t, objects, "Cluster") {
		all = append(all, made("Cluster "+c.Name, c.Namespace, map[string]string{"cnpg.io/cluster": c.Name, "cnpg.io/podRole": "instance"}, 9187, 5432, 8000))
	}
	for _, p := range typed[cnpgv1.Pooler](t, objects, "Pooler") {
		all = append(all, made("Pooler "+p.Name, p.Namespace, map[string]string{"cnpg.io/cluster": p.Spec.Cluster.Name, "cnpg.io/poolerName": p.Name, "cnpg.io/podRole": "pooler"}, 9127, 5432))
	}
	return all
}

// secretKeys are the keys of Secrets that the pods cannot start without.
func (w workload) secretKeys() []corev1.SecretKeySelector {
	var refs []corev1.SecretKeySelector
	for _, volume := range w.template.Spec.Volumes {
		if s := volume.Secret; s != nil {
			for _, item := range s.Items {
				refs = append(refs, corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: s.SecretName}, Key: item.Key})
			}
		}
	}
	for _, c := range w.containers() {
		for _, variable := range c.Env {
			if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
				refs = append(refs, *from.SecretKeyRef)
			}
		}
	}
	return refs
}

func (w workload) containers() []corev1.Container {
	return append(append([]corev1.Container{}, w.template.Spec.InitContainers...), w.template.Spec.Containers...)
}

package cli_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func TestPodSecurityRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := podsecurity.LevelVersion{Level: podsecurity.LevelRestricted, Version: podsecurity.LatestVersion()}
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, w := range workloads(t, objects) {
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &w.template.ObjectMeta, &w.template.Spec))
			if !result.Allowed {
				t.Errorf("%s: %s: %s", w.name, result.ForbiddenReason(), result.ForbiddenDetail())
			}
		}
	})
}

// TestContainers holds every container to what the Pod Security levels leave open.
func TestContainers(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, w := range workloads(t, objects) {
			for _, c := range w.containers() {
				if readOnly := c.SecurityContext.ReadOnlyRootFilesystem; readOnly == nil || !*readOnly {
					t.Errorf("%s: container %s can write to its root file system", w.name, c.Name)
				}
				for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
					request, limit := c.Resources.Requests[name], c.Resources.Limits[name]
					if request.IsZero() || limit.IsZero() || request.Cmp(limit) > 0 {
						t.Errorf("%s: container %s: %s request %s, limit %s", w.name, c.Name, name, request.String(), limit.String())
					}
				}
			}
		}
		for _, s := range typed[appsv1.StatefulSet](t, objects, "StatefulSet") {
			for _, c := range s.Spec.Template.Spec.Containers {
				checkProbes(t, s.Name, c)
			}
		}
	})
}

// checkProbes wants all of them on a server, and none on what runs beside one: a
// probe that fails there would take the server out of its Service.
func checkProbes(t *testing.T, name string, c corev1.Container) {
	t.Helper()
	probes := []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe}
	isServer := slices.Contains([]string{"postgres", "redis"}, c.Name)
	for _, probe := range probes {
		if isServer && probe == nil {
			t.Errorf("%s: container %s lacks a probe", name, c.Name)
		}
		if c.Name == "exporter" && probe != nil {
			t.Errorf("%s: container %s has a probe", name, c.Name)
		}
	}
}

func TestSelectors(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		pods := workloads(t, objects)
		for _, s := range typed[appsv1.StatefulSet](t, objects, "StatefulSet") {
			checkSelector(t, s.Name, s.Spec.Selector.MatchLabels)
			if !labels.SelectorFromSet(s.Spec.Selector.MatchLabels).Matches(labels.Set(s.Spec.Template.Labels)) {
				t.Errorf("StatefulSet %s does not select its own pods", s.Name)
			}
		}
		for _, s := range typed[corev1.Service](t, objects, "Service") {
			checkSelector(t, s.Name, s.Spec.Selector)
			found := selected(pods, s.Namespace, s.Spec.Selector)
			if len(found) != 1 {
				t.Errorf("Service %s selects the pods of %d workloads, want 1", s.Name, len(found))
				continue
			}
			for _, port := range s.Spec.Ports {
				if !hasPort(found[0], port.TargetPort.StrVal) {
					t.Errorf("Service %s: no container has a port %s", s.Name, port.TargetPort.StrVal)
				}
			}
		}
	})
}

// TestNetworkPolicies finds policies that guard nothing, ports on which nothing
// listens, and pods that are left open.
func TestNetworkPolicies(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		policies := typed[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy")
		if filepath.Base(t.Name()) == "network-off" {
			if len(policies) > 0 {
				t.Errorf("%d NetworkPolicies are rendered though they are off", len(policies))
			}
			return
		}
		pods := append(workloads(t, objects), operatorsPods(t, objects)...)
		guards := map[string]int{}
		for _, p := range policies {
			found := selected(pods, p.Namespace, p.Spec.PodSelector.MatchLabels)
			if len(found) == 0 || len(p.Spec.PodSelector.MatchExpressions) > 0 {
				t.Errorf("NetworkPolicy %s selects no pods by their labels", p.Name)
			}
			for _, w := range found {
				guards[w.namespace+"/"+w.name]++
			}
			for _, rule := range p.Spec.Ingress {
				checkPorts(t, p.Name, rule.Ports, found)
			}
			for _, rule := range p.Spec.Egress {
				for _, peer := range rule.To {
					if peer.PodSelector != nil && peer.NamespaceSelector == nil {
						checkPorts(t, p.Name, rule.Ports, selected(pods, p.Namespace, peer.PodSelector.MatchLabels))
					}
				}
			}
		}
		for _, w := range pods {
			if n := guards[w.namespace+"/"+w.name]; n != 1 {
				t.Errorf("%d NetworkPolicies guard the pods of %s, want 1", n, w.name)
			}
		}
	})
}

// TestPodMonitors finds monitors of nothing, and pods with metrics that none is of.
func TestPodMonitors(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		pods := append(workloads(t, objects), operatorsPods(t, objects)...)
		monitors := typed[monitoringv1.PodMonitor](t, objects, "PodMonitor")
		monitored := map[string]int{}
		for _, m := range monitors {
			found := selected(pods, m.Namespace, m.Spec.Selector.MatchLabels)
			if len(found) != 1 {
				t.Errorf("PodMonitor %s selects the pods of %d workloads, want 1", m.Name, len(found))
				continue
			}
			monitored[found[0].name]++
			for _, endpoint := range m.Spec.PodMetricsEndpoints {
				if !hasPort(found[0], *endpoint.Port) {
					t.Errorf("PodMonitor %s: no container has a port %s", m.Name, *endpoint.Port)
				}
			}
		}
		for _, w := range pods {
			if len(monitors) > 0 && hasPort(w, "metrics") && monitored[w.name] != 1 {
				t.Errorf("%d PodMonitors are for the pods of %s, want 1", monitored[w.name], w.name)
			}
		}
	})
}

// checkPorts looks for the ports of a rule among those of the pods.
func checkPorts(t *testing.T, policy string, ports []networkingv1.NetworkPolicyPort, pods []workload) {
	t.Helper()
	for _, port := range ports {
		if !slices.ContainsFunc(pods, func(w workload) bool { return listensOn(w, port.Port.IntVal) }) {
			t.Errorf("NetworkPolicy %s: no container has the port %s", policy, port.Port)
		}
	}
}

func listensOn(w workload, number int32) bool {
	return slices.ContainsFunc(w.containers(), func(c corev1.Container) bool {
		return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == number })
	})
}

// checkSelector finds labels that a changed spec would change; a selector cannot.
func checkSelector(t *testing.T, name string, selector map[string]string) {
	t.Helper()
	for key := range selector {
		if !slices.Contains([]string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}, key) {
			t.Errorf("%s selects by %s", name, key)
		}
	}
}

func selected(pods []workload, namespace string, selector map[string]string) []workload {
	return slices.DeleteFunc(slices.Clone(pods), func(w workload) bool {
		return w.namespace != namespace || !labels.SelectorFromSet(selector).Matches(labels.Set(w.template.Labels))
	})
}

func hasPort(w workload, name string) bool {
	return slices.ContainsFunc(w.containers(), func(c corev1.Container) bool {
		return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.Name == name })
	})
}

// TestReferences resolves whatever names another object. A Secret that nothing
// here makes is the user's own.
func TestReferences(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		there := map[string]bool{}
		for _, object := range objects {
			there[fmt.Sprintf("%s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())] = true
		}
		for _, s := range typed[appsv1.StatefulSet](t, objects, "StatefulSet") {
			if !there[fmt.Sprintf("Service %s/%s", s.Namespace, s.Spec.ServiceName)] {
				t.Errorf("StatefulSet %s: there is no Service %s", s.Name, s.Spec.ServiceName)
			}
		}
		for _, w := range workloads(t, objects) {
			// Without one it is the namespace's own, "default".
			if name := w.template.Spec.ServiceAccountName; name != "" && !there[fmt.Sprintf("ServiceAccount %s/%s", w.namespace, name)] {
				t.Errorf("%s: there is no ServiceAccount %s", w.name, name)
			}
			volumes := map[string]bool{}
			for _, claim := range w.claims {
				volumes[claim.Name] = true
			}
			for _, volume := range w.template.Spec.Volumes {
				volumes[volume.Name] = true
				if m := volume.ConfigMap; m != nil && !there[fmt.Sprintf("ConfigMap %s/%s", w.namespace, m.Name)] {
					t.Errorf("%s: there is no ConfigMap %s", w.name, m.Name)
				}
			}
			checkMounts(t, w, volumes)
		}
	})
}

// TestSecretKeys finds keys that pods read and a Secret of ours will not have.
func TestSecretKeys(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		made := secretKeys(objects)
		for _, w := range workloads(t, objects) {
			for _, ref := range w.secretKeys() {
				keys, ours := made[w.namespace+"/"+ref.Name]
				if ours && !slices.Contains(keys, ref.Key) {
					t.Errorf("%s reads the key %s of Secret %s, which has only %v", w.name, ref.Key, ref.Name, keys)
				}
			}
		}
	})
}

// secretKeys returns the keys of the Secrets that are made, by namespace/name,
// whichever controller makes them.
func secretKeys(objects manifests) map[string][]string {
	made := map[string][]string{}
	for _, object := range objects {
		name := object.GetNamespace() + "/" + object.GetName()
		for _, path := range map[string][][]string{
			"Secret":         {{"data"}},
			"SealedSecret":   {{"spec", "encryptedData"}, {"spec", "template", "data"}},
			"ExternalSecret": {{"spec", "target", "template", "data"}},
		}[object.GetKind()] {
			data, _, _ := unstructured.NestedMap(object.Object, path...)
			made[name] = append(made[name], slices.Collect(maps.Keys(data))...)
		}
		if object.GetKind() == "ExternalSecret" {
			made[name] = append(made[name], externalSecretKey(object))
		}
	}
	return made
}

// externalSecretKey is the key of the fetched value; a generator's is password.
func externalSecretKey(object unstructured.Unstructured) string {
	data, _, _ := unstructured.NestedSlice(object.Object, "spec", "data")
	if len(data) == 0 {
		return "password"
	}
	return data[0].(map[string]any)["secretKey"].(string)
}

func checkMounts(t *testing.T, w workload, volumes map[string]bool) {
	t.Helper()
	unused := volumes
	for _, c := range w.containers() {
		for _, mount := range c.VolumeMounts {
			if !volumes[mount.Name] {
				t.Errorf("%s: container %s mounts %s, which is no volume", w.name, c.Name, mount.Name)
			}
		}
	}
	for _, c := range w.containers() {
		for _, mount := range c.VolumeMounts {
			delete(unused, mount.Name)
		}
	}
	for name := range unused {
		t.Errorf("%s: nothing mounts the volume %s", w.name, name)
	}
}

func TestNamesAndLabels(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		seen := map[string]bool{}
		for _, object := range objects {
			id := fmt.Sprintf("%s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
			for _, problem := range validation.IsDNS1035Label(object.GetName()) {
				t.Errorf("%s: %s", id, problem)
			}
			for _, err := range metav1validation.ValidateLabels(object.GetLabels(), field.NewPath("labels")) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

// TestNoDrift finds what an API server or a YAML reader would give back otherwise
// than it was written.
func TestNoDrift(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, object := range objects {
			walk(object.Object, "", func(path string, value any) {
				switch value := value.(type) {
				case float64:
					if value != float64(int64(value)) {
						t.Errorf("%s: %s is the number %v", object.GetName(), path, value)
					}
				case nil:
					t.Errorf("%s: %s is null", object.GetName(), path)
				case map[string]any:
					if strings.HasSuffix(path, ".status") || path == ".metadata.creationTimestamp" || path == ".stringData" {
						t.Errorf("%s: %s is not ours to write", object.GetName(), path)
					}
				}
			})
		}
	})
}

func walk(value any, path string, visit func(path string, value any)) {
	visit(path, value)
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			walk(member, path+"."+key, visit)
		}
	case []any:
		for i, element := range value {
			walk(element, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

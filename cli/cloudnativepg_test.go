package cli_test

import (
	"slices"
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestCloudNativePGReferences resolves what the operator's objects name.
func TestCloudNativePGReferences(t *testing.T) {
	eachRender(t, func(t *testing.T, objects manifests) {
		there := func(kind, namespace, name string) {
			t.Helper()
			if !slices.ContainsFunc(objects, func(o unstructured.Unstructured) bool {
				return o.GetKind() == kind && o.GetNamespace() == namespace && o.GetName() == name
			}) {
				t.Errorf("there is no %s %s/%s", kind, namespace, name)
			}
		}
		for _, c := range typed[cnpgv1.Cluster](t, objects, "Cluster") {
			if refs := c.Spec.Bootstrap.InitDB.PostInitApplicationSQLRefs; refs != nil {
				for _, ref := range refs.ConfigMapRefs {
					there("ConfigMap", c.Namespace, ref.Name)
				}
			}
			for _, plugin := range c.Spec.Plugins {
				there("ObjectStore", c.Namespace, plugin.Parameters["barmanObjectName"])
			}
			keys, ours := secretKeys(objects)[c.Namespace+"/"+c.Spec.Bootstrap.InitDB.Secret.Name]
			if ours && (!slices.Contains(keys, "username") || !slices.Contains(keys, "password")) {
				t.Errorf("Cluster %s needs the keys username and password, its Secret has only %v", c.Name, keys)
			}
		}
		for _, p := range typed[cnpgv1.Pooler](t, objects, "Pooler") {
			there("Cluster", p.Namespace, p.Spec.Cluster.Name)
		}
		for _, b := range typed[cnpgv1.ScheduledBackup](t, objects, "ScheduledBackup") {
			there("Cluster", b.Namespace, b.Spec.Cluster.Name)
		}
	})
}

// TestCloudNativePGIsNotPruned looks for the annotations that keep a Cluster,
// and the volumes that go with it, where Git loses it.
func TestCloudNativePGIsNotPruned(t *testing.T) {
	found := 0
	eachRender(t, func(t *testing.T, objects manifests) {
		for _, c := range typed[cnpgv1.Cluster](t, objects, "Cluster") {
			found++
			for key, want := range map[string]string{
				"argocd.argoproj.io/sync-options":         "Prune=false,Delete=false",
				"kustomize.toolkit.fluxcd.io/prune":       "disabled",
				"client.lifecycle.config.k8s.io/deletion": "detach",
			} {
				if got := c.Annotations[key]; got != want {
					t.Errorf("Cluster %s: annotation %s is %q, want %q", c.Name, key, got, want)
				}
			}
		}
	})
	if found == 0 {
		t.Error("nothing renders a Cluster")
	}
}

package builders

import (
	"encoding/json"
	"errors"

	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// podTemplates are the patches of the spec, by the component whose pods they are
// for, with the field that each comes from.
func podTemplates(c *v1.BanhBaoRingCluster) map[component]podTemplatePatch {
	return map[component]podTemplatePatch{
		componentPostgres:  {"spec.database.podTemplate", c.Spec.Database.PodTemplate},
		componentMigration: {"spec.database.migration.podTemplate", c.Spec.Database.Migration.PodTemplate},
		componentBackup:    {"spec.backup.podTemplate", c.Spec.Backup.PodTemplate},
		componentRedis:     {"spec.redis.podTemplate", c.Spec.Redis.PodTemplate},
		componentRedisJoin: {"spec.redis.join.podTemplate", c.Spec.Redis.Join.PodTemplate},
	}
}

type podTemplatePatch struct {
	field string
	patch *v1.PodTemplate
}

// patchPods lays the patches over the pod templates of the objects, and returns
// what is wrong with them.
func patchPods(c *v1.BanhBaoRingCluster, objects []Object) []v1.Problem {
	var problems []v1.Problem
	patches := podTemplates(c)
	for _, object := range objects {
		template := podTemplateOf(object)
		p := patches[componentOf(object)]
		if template == nil || p.patch == nil {
			continue
		}
		if err := p.apply(template); err != nil {
			problems = append(problems, v1.Problem{Severity: v1.Error, Field: p.field, Message: err.Error()})
		}
	}
	return problems
}

func podTemplateOf(object Object) *corev1.PodTemplateSpec {
	switch object := object.(type) {
	case *appsv1.StatefulSet:
		return &object.Spec.Template
	case *batchv1.Job:
		return &object.Spec.Template
	case *batchv1.CronJob:
		return &object.Spec.JobTemplate.Spec.Template
	default:
		return nil
	}
}

// apply changes the template, or leaves it and returns an error.
func (p podTemplatePatch) apply(template *corev1.PodTemplateSpec) error {
	original, err := runtime.DefaultUnstructuredConverter.ToUnstructured(template)
	if err != nil {
		return err
	}
	var patch map[string]any
	if err := json.Unmarshal(p.patch.Raw, &patch); err != nil {
		return err
	}
	merged, err := strategicpatch.StrategicMergeMapPatch(original, patch, corev1.PodTemplateSpec{})
	if err != nil { // which may quote the whole patch
		return errors.New("cannot be merged with the pod: each element of containers, volumes and the like needs the key that Kubernetes merges it by, such as name or mountPath")
	}
	patched := corev1.PodTemplateSpec{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(merged, &patched, true); err != nil {
		return fmt.Errorf("does not give a pod template: %s", strings.TrimPrefix(err.Error(), "strict decoding error: "))
	}
	if err := keepsLabels(template.Labels, patched.Labels); err != nil {
		return err
	}
	*template = patched
	return nil
}

// keepsLabels finds labels that are not as they were. Services, policies and the
// owner itself find the pods by them.
func keepsLabels(before, after map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if after[key] != before[key] {
			return fmt.Errorf("must leave the label %s as it is, since the pods are found by their labels", key)
		}
	}
	return nil
}

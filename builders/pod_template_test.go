package builders_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
)

// TestPodTemplateRenamesJob shows that a patch makes another Job: the template of
// the one that is there cannot change.
func TestPodTemplateRenamesJob(t *testing.T) {
	name := func(spec string) string {
		for _, object := range build(t, spec) {
			if job, ok := object.(*batchv1.Job); ok {
				return job.Name
			}
		}
		t.Fatalf("no Job in %s", spec)
		return ""
	}
	plain := name("{database: {migration: {enabled: true}}}")
	patched := name("{database: {migration: {enabled: true, podTemplate: {spec: {nodeSelector: {disk: ssd}}}}}}")
	if plain == patched {
		t.Errorf("the Job is %s with and without a patch", plain)
	}
	if diff := cmp.Diff(plain, name("{database: {migration: {enabled: true, podTemplate: {}}}}")); diff != "" {
		t.Errorf("an empty patch renames the Job:\n%s", diff)
	}
}

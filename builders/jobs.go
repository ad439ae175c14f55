package builders

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// nameJobs gives each Job the name of what it does: its template cannot change,
// so another content is another Job.
func nameJobs(objects []Object) {
	for _, object := range objects {
		if job, ok := object.(*batchv1.Job); ok {
			job.Name = hashedName(job.Name, job.Spec)
		}
	}
}

// smallResources suffice for a process that sends a few statements.
func smallResources() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Limits: corev1.ResourceList{
			corev1.ResourceCPU:              resource.MustParse("500m"),
			corev1.ResourceMemory:           resource.MustParse("256Mi"),
			corev1.ResourceEphemeralStorage: resource.MustParse("1Gi"),
		},
		Requests: corev1.ResourceList{
			corev1.ResourceCPU:              resource.MustParse("50m"),
			corev1.ResourceMemory:           resource.MustParse("64Mi"),
			corev1.ResourceEphemeralStorage: resource.MustParse("50Mi"),
		},
	}
}

// hash is a short digest of a value's JSON. Every type of a pod template
// marshals, with its maps in order.
func hash(value any) string {
	data, _ := json.Marshal(value)
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])[:10]
}

package builders

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
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
		Limits:   computeResources("500m", "256Mi", "1Gi"),
		Requests: computeResources("50m", "64Mi", "50Mi"),
	}
}

// hash is a short digest of a value's JSON. Every type of a pod template
// marshals, with its maps in order.
func hash(value any) string {
	data, _ := json.Marshal(value)
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])[:10]
}

// Package builders turns a defaulted and validated cluster into Kubernetes
// objects. It is pure: no I/O, clock or randomness, so the same cluster always
// gives the same objects, in the same order.
package builders

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// Object is a Kubernetes object with its apiVersion, kind and metadata set. It
// marshals to JSON as the API server wants it, in the order of its API's fields.
type Object interface {
	metav1.Object
	GroupVersionKind() schema.GroupVersionKind
}

// External is what the URLs of external services say, as far as their Secrets
// could be read. A nil Endpoint is an unknown one.
type External struct {
	Database *Endpoint
	Redis    *Endpoint
}

// Build returns the whole data layer of a cluster, which must be defaulted and
// have no errors, and the problems that only building it shows.
func Build(c *v1.BanhBaoRingCluster, external External) ([]Object, []v1.Problem) {
	objects := slices.Concat(
		credentials(c),
		postgres(c),
		redis(c),
		migration(c),
		backup(c),
		monitoring(c),
		dataLayer(c, external),
	)
	problems := patchPods(c, objects)
	nameJobs(objects)
	order(c, objects)
	return objects, problems
}

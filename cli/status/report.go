// Package status tells how the data layer of a cluster is, from what a
// Kubernetes cluster says of its objects. It is pure: what is wanted comes from
// builders, what is there from its caller, and times from nowhere else.
package status

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// Report is how the data layer of one cluster is.
type Report struct {
	Name string `json:"name"`
	// Namespace of the live objects, which is empty where none was found and the
	// cluster does not say.
	Namespace string `json:"namespace"`
	// Ready tells whether no part is known not to be.
	Ready bool   `json:"ready"`
	Parts []Part `json:"parts"`

	// serving tells whether PostgreSQL and Redis are ready, and changed since when
	// that may be so.
	serving bool
	changed metav1.Time
	cluster *object
}

// Part is how one part of the data layer is.
type Part struct {
	// Name is PostgreSQL, Redis, migration or credentials.
	Name string `json:"name"`
	// Ready is nil where the live objects do not tell.
	Ready *bool `json:"ready"`
	// Replicas that are ready, of those that are wanted, such as 1/1.
	Replicas string `json:"replicas"`
	// Version that is applied.
	Version string `json:"version"`
	// Message says why the part is not ready, or what there is to know of it.
	Message string `json:"message"`
}

// Of reports on a cluster, which must be defaulted and valid. The namespace is
// for one that names none; if it is empty too, the objects of the cluster are
// those of its names, which then must all be in one namespace.
func Of(c *v1.BanhBaoRingCluster, live *Live, namespace string) (*Report, error) {
	wanted, problems := builders.Build(c, builders.External{})
	for _, problem := range problems {
		if problem.Severity == v1.Error {
			return nil, fmt.Errorf("%s: %s", problem.Field, problem.Message)
		}
	}
	i := &inspector{wanted: wanted, live: live}
	var err error
	if i.namespace, err = i.settleNamespace(c, namespace); err != nil {
		return nil, err
	}
	servers := i.servers(c)
	report := &Report{
		Name:      c.Name,
		Namespace: i.namespace,
		serving:   ready(servers),
		changed:   i.changed(),
		cluster:   live.find(schema.GroupKind{Group: v1.Group, Kind: v1.Kind}, i.namespace, c.Name),
	}
	report.Parts = slices.Concat(servers, i.others(c))
	report.Ready = ready(report.Parts)
	return report, nil
}

// ready tells whether no part is known not to be.
func ready(parts []Part) bool {
	return !slices.ContainsFunc(parts, func(part Part) bool { return part.Ready != nil && !*part.Ready })
}

// settleNamespace returns the namespace in which to look.
func (i *inspector) settleNamespace(c *v1.BanhBaoRingCluster, namespace string) (string, error) {
	switch {
	case c.Namespace != "" && namespace != "" && c.Namespace != namespace:
		return "", fmt.Errorf("metadata.namespace: is %s, not %s as --namespace says", c.Namespace, namespace)
	case c.Namespace != "":
		return c.Namespace, nil
	case namespace != "":
		return namespace, nil
	}
	var found []string
	for _, o := range i.live.objects {
		if !slices.Contains(found, o.Namespace) && i.wants(o) {
			found = append(found, o.Namespace)
		}
	}
	if len(found) > 1 {
		slices.Sort(found)
		return "", fmt.Errorf("metadata.namespace: is missing, and there are objects of this cluster's names in %s: choose one with --namespace", strings.Join(found, ", "))
	}
	return strings.Join(found, ""), nil
}

// wants tells whether an object has the kind and name of one that is rendered.
func (i *inspector) wants(o *object) bool {
	return slices.ContainsFunc(i.wanted, func(wanted builders.Object) bool {
		return o.is(wanted.GroupVersionKind().GroupKind()) && o.Name == wanted.GetName()
	})
}

// servers are PostgreSQL and Redis.
func (i *inspector) servers(c *v1.BanhBaoRingCluster) []Part {
	parts := []Part{{Name: "PostgreSQL", Ready: new(true), Message: "Using external database"}}
	if *c.Spec.Database.Managed {
		parts[0] = i.part("PostgreSQL", "postgres")
	}
	if *c.Spec.Redis.Managed {
		parts = append(parts, i.part("Redis", "redis", "redis-join"))
	} else {
		parts = append(parts, Part{Name: "Redis", Ready: new(true), Message: "Using external Redis"})
	}
	return parts
}

func (i *inspector) others(c *v1.BanhBaoRingCluster) []Part {
	var parts []Part
	if c.Spec.Database.Migration.Enabled {
		parts = append(parts, i.part("migration", "migration"))
	}
	return append(parts, i.credentials(c))
}

// changed is the last moment at which anything that was looked at changed, or
// zero where nothing tells.
func (i *inspector) changed() metav1.Time {
	var last metav1.Time
	for _, o := range i.seen {
		for _, other := range append(i.live.podsOf(o), o) {
			for _, t := range other.times() {
				last = later(last, t)
			}
		}
	}
	return last
}

func later(a, b metav1.Time) metav1.Time {
	if a.Before(&b) {
		return b
	}
	return a
}

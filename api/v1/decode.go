package v1

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// Decoder reads clusters. It builds their schema once, for any number of them.
type Decoder struct {
	schema   *schema
	patterns map[string]*regexp.Regexp
}

// NewDecoder returns a Decoder.
func NewDecoder() *Decoder { return &Decoder{clusterSchema(), map[string]*regexp.Regexp{}} }

// Decode reads a cluster from JSON, fills in its defaults and returns it with
// all of its problems. The cluster is fit for use when none of them is an
// Error. As for an API server, a null is the same as nothing. The status is left
// out: no input is wrong because of what some controller reported of it.
func (d *Decoder) Decode(data []byte) (*BanhBaoRingCluster, []Problem) {
	tree := map[string]any{}
	if err := utiljson.Unmarshal(data, &tree); err != nil {
		return nil, []Problem{{Error, "", "cannot be read as an object: " + err.Error()}}
	}
	dropNulls(tree)
	delete(tree, "status")
	problems := append(d.checkSchema(tree), d.unknownSections(tree)...)
	cluster, err := typed(tree)
	if err != nil {
		return nil, append(problems, Problem{Error, "", err.Error()})
	}
	return cluster, append(problems, notReported(problems, cluster.Default().Validate())...)
}

// notReported leaves out what follows from a problem already reported: a field
// that was cut out for its type is also one that is missing, with all below it.
func notReported(reported, problems []Problem) []Problem {
	return slices.DeleteFunc(problems, func(p Problem) bool {
		return slices.ContainsFunc(reported, func(r Problem) bool {
			return p.Field == r.Field || strings.HasPrefix(p.Field, r.Field+".")
		})
	})
}

// checkSchema reports what breaks the schema, in the order of the fields.
func (d *Decoder) checkSchema(tree map[string]any) []Problem {
	problems := d.check(d.schema, "", tree)
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return problems
}

// typed reads field names as an API server does: another case is another field.
func typed(tree map[string]any) (*BanhBaoRingCluster, error) {
	cluster := &BanhBaoRingCluster{}
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(tree, cluster)
	return cluster, err
}

// unknownSections warns of keys directly under spec, which may belong to a tool
// that this version does not know of.
func (d *Decoder) unknownSections(tree map[string]any) []Problem {
	sections, _ := tree["spec"].(map[string]any)
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		known := d.schema.Properties["spec"].Properties
		if _, ok := known[name]; !ok {
			problems = append(problems, Problem{Warning, "spec." + name, "is not a section that this function knows" + didYouMean(name, known)})
		}
	}
	return problems
}

// dropNulls removes null members, at any depth.
func dropNulls(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if member == nil {
				delete(value, key)
			}
			dropNulls(member)
		}
	case []any:
		for _, element := range value {
			dropNulls(element)
		}
	}
}

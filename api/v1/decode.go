package v1

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	invalid "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

// Decoder reads clusters. It builds their schema once, for any number of them.
type Decoder struct{ schema *spec.Schema }

// NewDecoder returns a Decoder.
func NewDecoder() *Decoder { return &Decoder{schema: clusterSchema()} }

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

// checkSchema reports what breaks the schema and cuts it out of the tree, so
// that the rest can be decoded and validated in the same run.
func (d *Decoder) checkSchema(tree map[string]any) []Problem {
	var problems, others []Problem
	result := validate.NewSchemaValidator(d.schema, nil, "", strfmt.Default).Validate(tree)
	for _, err := range result.Errors {
		var violation *invalid.Validation
		if !errors.As(err, &violation) {
			others = append(others, Problem{Error, "", err.Error()})
			continue
		}
		problem := d.explain(violation)
		problems = append(problems, problem)
		cut(tree, problem.Field)
	}
	if len(problems) == 0 { // otherwise they say the same, in words that help nobody
		problems = others
	}
	// The validator walks maps, whose order differs from run to run.
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return slices.CompactFunc(problems, func(a, b Problem) bool { return a.Field == b.Field })
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

// cut removes the member at path, or the whole array of which it is an element.
func cut(tree map[string]any, path string) {
	name, rest, isBelow := strings.Cut(path, ".")
	if next, ok := tree[name].(map[string]any); ok && isBelow {
		cut(next, rest)
		return
	}
	delete(tree, path) // the name itself may hold dots, as that of a resource does
	name, _, _ = strings.Cut(name, "[")
	delete(tree, name)
}

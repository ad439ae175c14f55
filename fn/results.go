package fn

import (
	"fmt"
	"io"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// results collects what a run has to say, in the SDK's form.
type results struct{ sdk.Results }

// addGeneral reports on the package as a whole.
func (r *results) addGeneral(severity sdk.Severity, format string, args ...any) {
	r.Results = append(r.Results, &sdk.Result{Message: fmt.Sprintf(format, args...), Severity: severity})
}

// add reports on an item. The field is a path such as spec.redis.mode, or
// empty when the whole item is meant.
func (r *results) add(severity sdk.Severity, on *item, field, format string, args ...any) {
	result := &sdk.Result{
		Message:  fmt.Sprintf(format, args...),
		Severity: severity,
		ResourceRef: &sdk.ResourceRef{
			APIVersion: on.apiVersion,
			Kind:       on.id.kind,
			Name:       on.id.name,
			Namespace:  on.id.namespace,
		},
	}
	if field != "" {
		result.Field = &sdk.Field{Path: field}
	}
	if on.path != "" {
		result.File = &sdk.File{Path: on.path, Index: on.index}
	}
	r.Results = append(r.Results, result)
}

func (r *results) addProblems(on *item, problems []v1.Problem) {
	for _, problem := range problems {
		r.add(sdk.Severity(problem.Severity), on, problem.Field, "%s", problem.Message)
	}
}

func (r *results) errorCount() int {
	n := 0
	for _, result := range r.Results {
		if result.Severity == sdk.Error {
			n++
		}
	}
	return n
}

// log writes the errors and warnings, a line each. kustomize shows no results,
// and kpt only those of a run that failed.
func (r *results) log(w io.Writer) {
	for _, result := range r.Results {
		if result.Severity != sdk.Info {
			fmt.Fprintln(w, line(result))
		}
	}
}

// line is a result as a person reads it: what, where in the object, which
// object, which file.
func line(result *sdk.Result) string {
	text := string(result.Severity) + ": "
	if result.Field != nil {
		text += result.Field.Path + ": "
	}
	text += result.Message
	if ref := result.ResourceRef; ref != nil {
		text += " [" + identity{kind: ref.Kind, namespace: ref.Namespace, name: ref.Name}.String()
		if result.File != nil {
			text += " in " + result.File.Path
		}
		text += "]"
	}
	return text
}

package fn

import (
	"fmt"
	"io"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// maxResults is more than anyone reads, and maxMessage, in bytes, as well. Input
	// may be wrong in any number of places, and have a name of any length.
	maxResults = 1000
	maxMessage = 2000
	maxName    = 253
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
		Message:  shorten(fmt.Sprintf(format, args...), maxMessage),
		Severity: severity,
		ResourceRef: &sdk.ResourceRef{
			APIVersion: shorten(on.apiVersion, maxName),
			Kind:       shorten(on.id.kind, maxName),
			Name:       shorten(on.id.name, maxName),
			Namespace:  shorten(on.id.namespace, maxName),
		},
	}
	if field != "" {
		result.Field = &sdk.Field{Path: shorten(field, maxMessage)}
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

func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(text[:limit], ""), len(text))
}

func (r *results) errorCount() int { return r.count(sdk.Error) }

func (r *results) count(severity sdk.Severity) int {
	n := 0
	for _, result := range r.Results {
		if result.Severity == severity {
			n++
		}
	}
	return n
}

// shown are the first of the worst, in their order, and how many there are more.
func (r *results) shown() sdk.Results {
	if len(r.Results) <= maxResults {
		return r.Results
	}
	room := map[sdk.Severity]int{}
	left := maxResults
	for _, severity := range []sdk.Severity{sdk.Error, sdk.Warning, sdk.Info} {
		room[severity] = min(left, r.count(severity))
		left -= room[severity]
	}
	var shown sdk.Results
	for _, result := range r.Results {
		if room[result.Severity] > 0 {
			shown = append(shown, result)
			room[result.Severity]--
		}
	}
	return append(shown, &sdk.Result{
		Severity: sdk.Warning,
		Message:  fmt.Sprintf("%d of %d results are not shown, errors among all: %d", len(r.Results)-maxResults, len(r.Results), r.errorCount()),
	})
}

// log writes the errors and warnings, a line each. kustomize shows no results,
// and kpt only those of a run that failed.
func (r *results) log(w io.Writer) {
	for _, result := range r.shown() {
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

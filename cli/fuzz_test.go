package cli_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzFunction looks for input on which the function panics, hangs, fails without
// saying why, changes what is not its own, or is not content with its own output.
// It starts from the cases.
func FuzzFunction(f *testing.F) {
	inputs, err := filepath.Glob(testdata + "/*/input.yaml")
	if err != nil || len(inputs) == 0 {
		f.Fatalf("no inputs to start from: %v", err)
	}
	for _, input := range inputs {
		f.Add(read(f, input))
	}
	f.Add(resourceList("? # a null as key, which kubectl does not take\n: a", ""))
	f.Fuzz(func(t *testing.T, input string) {
		stdout, stderr, code := soon(t, input)
		switch {
		case code != 0 && stderr == "":
			t.Error("a run fails without saying why")
		case code == 0 && stdout == "":
			t.Error("a run succeeds without an output")
		case stdout != "":
			checkOutput(t, input, stdout, code, isGenerated)
		}
	})
}

// soon runs the function on what a person might wait for. Other work of the machine
// slows one run down; a hang slows every one.
func soon(t *testing.T, input string) (stdout, stderr string, code int) {
	t.Helper()
	const patience, size = time.Second, 64 << 10
	var took time.Duration
	for range 3 {
		start := time.Now()
		stdout, stderr, code = run(input)
		if took = time.Since(start); took < patience || len(input) > size {
			return stdout, stderr, code
		}
	}
	t.Errorf("%d bytes take %s", len(input), took)
	return stdout, stderr, code
}

// checkOutput holds a run to what others rely on, whatever the input was. Items that
// are ours it may change, unless it fails.
func checkOutput(t *testing.T, input, stdout string, code int, isOurs func(item string) bool) {
	t.Helper()
	if root, err := yaml.Parse(stdout); err != nil || root.GetKind() != "ResourceList" || root.Field("items") == nil {
		t.Fatalf("the output is no ResourceList: %v", err)
	}
	// What has aliases without end, or a key twice, has no values to compare.
	if before, err := readItems(input); err == nil {
		after, err := readItems(stdout)
		if err != nil {
			t.Fatalf("the output cannot be read: %v", err)
		}
		if code == 0 {
			before, after = slices.DeleteFunc(before, isOurs), slices.DeleteFunc(after, isOurs)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the run changes what it did not make:\n%s", diff)
		}
	}
	if code != 0 {
		return
	}
	again, stderr, code := run(stdout)
	if code != 0 {
		t.Fatalf("a second run fails: %s", stderr)
	}
	if diff := cmp.Diff(items(t, stdout), items(t, again)); diff != "" {
		t.Errorf("a second run changes the items:\n%s", diff)
	}
}

// readItems returns the values of the items of a ResourceList, without aliases and
// comments, as text that can be compared: NaN is unlike itself.
func readItems(list string) ([]string, error) {
	var values struct{ Items []any }
	if err := yaml.Unmarshal([]byte(list), &values); err != nil {
		return nil, err
	}
	all := []string{}
	for _, value := range values.Items {
		all = append(all, fmt.Sprintf("%#v", value))
	}
	return all, nil
}

func isGenerated(item string) bool {
	return strings.Contains(item, `"banhbaoring.io/generated-from":`)
}

// FuzzMerge renders into packages of all sorts: a script puts together what earlier
// renders left there, in whole or in part, what another cluster's did, and what people
// wrote.
func FuzzMerge(f *testing.F) {
	specs := []string{
		"{}",
		"{database: {managed: false, connectionString: {name: db, key: url}}, redis: {managed: false, connectionString: {name: cache, key: url}}}",
		"{database: {replicas: 3}, redis: {managed: false, connectionString: {name: cache, key: url}}}",
		"{database: {migration: {enabled: true}, credentials: {externalSecret: {generate: {}}}}, network: {enabled: false}}",
	}
	var renders []manifests
	for _, spec := range specs {
		stdout, stderr, code := run(resourceList(mergedCluster(spec), ""))
		if code != 0 {
			f.Fatal(stderr)
		}
		renders = append(renders, generated(parse(f, stdout)))
	}
	f.Add([]byte{})
	f.Add([]byte("\x02\x1a\x00\x9f~")) // a Service in the way of CloudNativePG's
	for spec := range byte(len(specs)) {
		for way := range byte(7) {
			f.Add([]byte{spec, 3, 0, 0, way, 2, 9, way, 0, 1, 0, 1, 4, way, 3, 8, 0})
		}
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		next := func(n int) int {
			if len(script) == 0 {
				return 0
			}
			choice := int(script[0]) % n
			script = script[1:]
			return choice
		}
		spec, at := next(len(specs)), next(8)
		list := []string{}
		for len(script) > 0 && len(list) < 10 { // it takes no more to try everything, only longer
			render := renders[next(len(renders))]
			list = append(list, leftover(t, &render[next(len(render))], next(8)))
		}
		list = slices.Insert(list, min(at, len(list)), mergedCluster(specs[spec]))
		checkMerge(t, list, renders[spec])
	})
}

// mergedCluster allows everything, so that no guard ends a merge.
func mergedCluster(spec string) string {
	return `{apiVersion: banhbaoring.io/v1, kind: BanhBaoRingCluster, metadata: {name: demo, namespace: keys, annotations: {banhbaoring.io/allow: ` +
		`"delete-postgres,change-postgres-engine,change-storage,shrink-redis,change-redis-mode"}}, spec: ` + spec + "}"
}

// leftover returns an object of an earlier render as it may be in a package by now.
func leftover(t *testing.T, object *unstructured.Unstructured, way int) string {
	t.Helper()
	object = object.DeepCopy()
	annotations := object.GetAnnotations()
	switch way {
	case 1: // in a file
		annotations["internal.config.kubernetes.io/path"] = "earlier.yaml"
	case 2: // edited since
		annotations["example.com/note"] = "by hand"
		object.Object["spec"] = map[string]any{"replicas": int64(7)}
	case 3: // of another release
		object.SetName(object.GetName() + "-former")
	case 4: // another cluster's
		annotations["banhbaoring.io/generated-from"] = "keys/other"
		object.SetName("other-" + object.GetName())
	case 5: // written by hand
		delete(annotations, "banhbaoring.io/generated-from")
		object.SetNamespace("elsewhere")
	case 6: // written by hand, and in the way
		delete(annotations, "banhbaoring.io/generated-from")
	}
	object.SetAnnotations(annotations)
	return asJSON(t, object.Object)
}

// checkMerge holds a merge to its promises: what is the cluster's is what a render
// into an empty package gives, and everything else as it was.
func checkMerge(t *testing.T, list []string, render manifests) {
	t.Helper()
	input := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.Join(list, "\n- ") + "\n"
	stdout, stderr, code := run(input)
	checkOutput(t, input, stdout, code, func(item string) bool {
		return strings.Contains(item, `"banhbaoring.io/generated-from":"keys/demo"`)
	})
	if code != 0 {
		if !strings.Contains(stderr, "error: metadata.name: is the name of a") { // one in the way
			t.Errorf("the run fails: %s", stderr)
		}
		return
	}
	ours := slices.DeleteFunc(parse(t, stdout), func(object unstructured.Unstructured) bool {
		return object.GetAnnotations()["banhbaoring.io/generated-from"] != "keys/demo"
	})
	if diff := cmp.Diff(sortedIDs(render), sortedIDs(ours)); diff != "" {
		t.Errorf("not what a render into an empty package gives:\n%s", diff)
	}
}

func sortedIDs(objects manifests) []string {
	var ids []string
	for _, object := range objects {
		ids = append(ids, object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName())
	}
	slices.Sort(ids)
	return ids
}

// FuzzStatus looks for live objects of which status tells nothing, or something that
// a terminal would act upon.
func FuzzStatus(f *testing.F) {
	clusters := map[string]string{}
	for _, name := range folders(f, statusTestdata) {
		c := readStatusCase(f, name)
		clusters[name] = c.cluster
		for document := range strings.SplitSeq(c.live, "\n- ") {
			f.Add("- " + document)
		}
	}
	f.Fuzz(func(t *testing.T, live string) {
		for _, name := range []string{"ready", "cloudnativepg-joining"} {
			stdout, stderr, code := run(live, "status", clusters[name])
			if (code == 2) != (stderr != "") || (code == 2) == (stdout != "") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if strings.ContainsAny(stdout+stderr, "\x1b\r\b\x00") {
				t.Errorf("a terminal would act upon this: %q", stdout+stderr)
			}
		}
	})
}

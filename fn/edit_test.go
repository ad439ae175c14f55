package fn_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

const clusterHead = "apiVersion: banhbaoring.io/v1\nkind: BanhBaoRingCluster\nmetadata: {name: demo}\n"

// FuzzClusterFile looks for a file in which an edit changes more than one line, loses
// a comment, or cannot be made a second time.
func FuzzClusterFile(f *testing.F) {
	commented, err := os.ReadFile("../cli/testdata/commented.yaml")
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := os.ReadFile("../cli/testdata/sealed.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(commented), string(sealed),
		clusterHead, // without an end of the spec
		strings.TrimSuffix(clusterHead, "\n"),
		strings.ReplaceAll(clusterHead+"spec:\n  redis: {}\n", "\n", "\r\n"),
		"\ufeff" + clusterHead,
		"a scalar",
		"---\n" + clusterHead + "spec:\n  database:\n# the end\n...\n",
		clusterHead + "spec: # nothing yet\n",
		clusterHead + "spec: {database: {version: \"16\"}, redis: } # in one line",
		clusterHead + "spec: {\n  database: {  # of ours\n  credentials: {sealed: {scope: 'strict'}}}}\n",
		clusterHead + "spec:\n  database:\n    credentials:\n      sealed:\n        scope: >-\n          strict # no comment\n",
		clusterHead + "spec:\n  database: &d\n    credentials: {}\n  redis: *d\n",
		clusterHead + "spec:\n  ? database\n  : version: |\n      16\n    é: \"ü\" # ø\n",
		`{"kind": "BanhBaoRingCluster", "metadata": {"name": "demo"}, "spec": {"database": {"credentials": {"sealed": {"scope": "strict"}}}}}`,
	} {
		for at := range editedPaths() {
			f.Add([]byte(text), uint(at))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, at uint) {
		file, err := fn.OpenClusterFile(text, "")
		if err != nil {
			return
		}
		path := editedPaths()[at%uint(len(editedPaths()))]
		if err := file.Set(path, "AgBy3i4OJSWK"); err != nil {
			if !bytes.Equal(file.Bytes(), text) {
				t.Error("an edit that fails changes the file")
			}
			return
		}
		edited := file.Bytes()
		checkEdit(t, text, edited)
		again, err := fn.OpenClusterFile(edited, "")
		if err != nil {
			t.Fatalf("cannot be opened again: %v\n%s", err, edited)
		}
		if err := again.Set(path, "AgBy3i4OJSWK"); err != nil {
			t.Fatalf("cannot be edited again: %v\n%s", err, edited)
		}
		if !bytes.Equal(again.Bytes(), edited) {
			t.Errorf("another edit to the same value changes the file:\n%s", again.Bytes())
		}
	})
}

// editedPaths are what seal writes.
func editedPaths() []string {
	return []string{
		"spec.database.credentials.sealed.encryptedData.password",
		"spec.database.credentials.sealed.encryptedData.url",
		"spec.database.credentials.sealed.scope",
		"spec.redis.credentials.sealed.sealedFor",
	}
}

// checkEdit finds what is gone between the beginning and the end that two texts have
// in common: a former value, and never a comment or a line.
func checkEdit(t *testing.T, before, after []byte) {
	t.Helper()
	common := func(a, b []byte) int {
		n := 0
		for n < min(len(a), len(b)) && a[n] == b[n] {
			n++
		}
		return n
	}
	start := common(before, after)
	was, is := slices.Clone(before[start:]), slices.Clone(after[start:])
	slices.Reverse(was)
	slices.Reverse(is)
	end := common(was, is)
	if gone := before[start : len(before)-end]; bytes.ContainsAny(gone, "\n#") {
		t.Errorf("an edit loses %q:\n%s", gone, after)
	}
	if bytes.HasSuffix(before, []byte("\n")) != bytes.HasSuffix(after, []byte("\n")) {
		t.Errorf("an edit changes how the file ends:\n%q", after)
	}
}

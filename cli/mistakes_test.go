package cli_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/internal/golden"
)

// mistake is one that people make, and what they are told: a newcomer must know from
// it what to type next.
type mistake struct {
	Name string
	// Spec is that of a minimal cluster in cluster.yaml.
	Spec string
	// File is cluster.yaml as a whole instead.
	File string
	// Run is the command line, and without one: render cluster.yaml.
	Run   *string
	Stdin string
	// Says is what comes on stderr.
	Says string
}

// TestGoldenMistakes makes the mistakes of testdata/errors, in a directory with
// cluster.yaml, the cert.pem of a controller, and notes, a directory without YAML.
func TestGoldenMistakes(t *testing.T) {
	paths, err := filepath.Glob(testdata + "/errors/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	certificate := read(t, newController(t, time.Now().AddDate(1, 0, 0)).certificate)
	seen := map[string]bool{}
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			text := read(t, path)
			var mistakes []mistake
			if err := yaml.UnmarshalStrict([]byte(text), &mistakes); err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, m := range mistakes {
				if seen[m.Name] {
					t.Errorf("%s: is there already", m.Name)
				}
				seen[m.Name] = true
				said = append(said, m.make(t, certificate))
			}
			golden.Check(t, path, withSaid(t, text, said))
		})
	}
	if len(seen) < 100 {
		t.Errorf("there are %d mistakes, and shall be 100 at least", len(seen))
	}
}

// make makes the mistake and returns what comes of it.
func (m mistake) make(t *testing.T, certificate string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	file := plainCluster
	switch {
	case m.File != "":
		file = m.File
	case m.Spec != "":
		file += "spec:\n  " + indented(m.Spec, "  ") + "\n"
	}
	write(t, ".", "cluster.yaml", strings.ReplaceAll(file, "SEALED", ciphertext()))
	write(t, ".", "cert.pem", certificate)
	if err := os.Mkdir("notes", 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, "notes", "README.md", "Nothing here.\n")
	args := []string{"render", "cluster.yaml"}
	if m.Run != nil {
		args = strings.Fields(*m.Run)
	}
	stdout, stderr, code := run(m.Stdin, args...)
	if code == 0 && !strings.Contains(stderr, "warning: ") {
		t.Errorf("%s: nobody minds", m.Name)
	}
	silent(t, m.Name, stderr)
	if !strings.Contains(m.File+m.Spec+m.Stdin, canary) {
		silent(t, m.Name, stdout)
	}
	return stderr
}

// ciphertext has the form of a sealed value: the length of an RSA block, the block,
// and the text with its tag.
func ciphertext() string {
	return base64.StdEncoding.EncodeToString(append([]byte{1, 0}, make([]byte, 256+32)...))
}

// withSaid returns the text of a file of mistakes with what was said of each.
func withSaid(t *testing.T, text string, said []string) string {
	t.Helper()
	says := regexp.MustCompile(`(?m)^  says:.*\n(    .*\n)*`)
	if n := len(says.FindAllString(text, -1)); n != len(said) {
		t.Fatalf("there are %d mistakes, and %d times says:", len(said), n)
	}
	return says.ReplaceAllStringFunc(text, func(string) string {
		next := said[0]
		said = said[1:]
		return "  says: |\n    " + indented(next, "    ") + "\n"
	})
}

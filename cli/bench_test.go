package cli_test

import (
	"path/filepath"
	"testing"
)

// BenchmarkFunction is one call as an orchestrator makes it, without the start
// of the process.
func BenchmarkFunction(b *testing.B) {
	input := resourceList(read(b, filepath.Join(examples, "production", "kpt", "cluster.yaml")), "")
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		if _, stderr, code := run(input); code != 0 {
			b.Fatal(stderr)
		}
	}
}

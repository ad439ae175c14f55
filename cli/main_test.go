package cli_test

import (
	"os"
	"sync"
	"testing"
)

var (
	buildOnce sync.Once
	buildDir  string
)

// TestMain makes a directory for the binary that all tests share.
func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "generate-data-layer")
	if err != nil {
		panic(err)
	}
	buildDir = directory
	code := m.Run()
	if err := os.RemoveAll(directory); err != nil {
		panic(err)
	}
	os.Exit(code)
}

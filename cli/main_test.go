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

func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "generate-data-layer")
	if err != nil {
		panic(err)
	}
	buildDir = directory
	code := m.Run()
	os.RemoveAll(directory)
	os.Exit(code)
}

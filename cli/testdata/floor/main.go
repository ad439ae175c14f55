// Command floor is the least that a function written with the SDK does: it reads a
// ResourceList, changes nothing, and writes it. The benchmarks compare with it.
package main

import (
	"os"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

func main() {
	unchanged := fn.ResourceListProcessorFunc(func(*fn.ResourceList) (bool, error) { return true, nil })
	if err := fn.AsMain(unchanged); err != nil {
		os.Exit(1)
	}
}

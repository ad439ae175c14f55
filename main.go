// Command generate-data-layer is a KRM function that turns a BanhBaoRingCluster
// into its PostgreSQL and Redis.
package main

import (
	"os"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli"
)

// version is set by the linker.
var version = "dev"

func main() {
	os.Exit(cli.Main(version, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func installCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install DIR",
		Short: "Copy this binary into a directory, for init containers",
		Long: `Copy this binary into a directory, executable. The image has no shell, so an init
container cannot use cp. Installing again replaces the copy at once, even while
it runs.`,
		Example: `  generate-data-layer install /functions`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("install: expected one directory")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return install(args[0]) },
	}
}

func install(directory string) error {
	if info, err := os.Stat(directory); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s: is not a directory", directory)
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	content, err := os.ReadFile(executable)
	if err != nil {
		return err
	}
	target := filepath.Join(directory, "generate-data-layer")
	return writeAtomically(target, content, 0o755, func() error { return nil })
}

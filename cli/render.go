package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

func renderCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "render FILE|DIR...",
		Short: "Print the objects of the clusters in files, for kubectl apply",
		Long: `Print the objects of every BanhBaoRingCluster in the files, and in the .yaml
and .yml files of the directories, as documents for kubectl apply.

The other resources of the files are not printed; Secrets among them are checked
where a cluster refers to them.`,
		Example: `  generate-data-layer render cluster.yaml | kubectl apply -f -
  generate-data-layer render deploy/ | kubectl diff -f -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("render: expected files or directories")}
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			files, err := readFiles(args)
			if err != nil {
				return err
			}
			return fn.Render(files, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
}

// readFiles reads the files, and the YAML files below the directories.
func readFiles(paths []string) ([]fn.File, error) {
	var files []fn.File
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || skipped(root, path, entry) {
				return err
			}
			content, err := os.ReadFile(path)
			files = append(files, fn.File{Path: path, Content: content})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// skipped leaves out what is in a directory but no YAML; a file that was named
// is always read.
func skipped(root, path string, entry fs.DirEntry) bool {
	extension := strings.ToLower(filepath.Ext(path))
	return entry.IsDir() || path != root && extension != ".yaml" && extension != ".yml"
}

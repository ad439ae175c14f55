package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/diff"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

func renderCommand() *cobra.Command {
	var earlier string
	command := &cobra.Command{
		Use:   "render FILE|DIR...",
		Short: "Print the objects of the clusters in files, for kubectl apply",
		Long: `Print the objects of every BanhBaoRingCluster in the files, and in the .yaml
and .yml files of the directories, as documents for kubectl apply.

The other resources of the files are not printed; Secrets among them are checked
where a cluster refers to them.

With --diff it prints instead what changes from an earlier render: which objects
are added, changed and removed, field by field, and what that means: which fields
Kubernetes refuses to change, which pods restart, what a guard objects to. It
compares what was made of these clusters, and shows no value of a Secret. OLD is a
file, a directory, or - for stdin, with what render, kpt or kustomize printed; of
what kubectl get -o yaml prints, it takes what kubectl apply sent.
The exit code is that of diff: 0 without a change, 1 with one, 2 for an error.`,
		Example: `  generate-data-layer render cluster.yaml | kubectl apply -f -
  generate-data-layer render deploy/ | kubectl diff -f -

  # what a branch changes
  git show main:rendered.yaml | generate-data-layer render --diff - cluster.yaml
  # what rendering a kpt package again would change
  generate-data-layer render --diff deploy/ deploy/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("render: expected files or directories")}
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if command.Flags().Changed("diff") {
				return renderDiff(command, earlier, args)
			}
			files, err := readPackage(args)
			if err != nil {
				return err
			}
			return fn.Render(files, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&earlier, "diff", "", "print what changes from the earlier render `OLD`: a file, a directory, or - for stdin")
	return command
}

// renderDiff returns differs where there is something to print.
func renderDiff(command *cobra.Command, earlier string, args []string) error {
	before, err := readEarlier(command.InOrStdin(), earlier)
	if err != nil {
		return usageError{err}
	}
	files, err := readPackage(args)
	if err != nil {
		return usageError{err}
	}
	comparison, err := fn.Compare(files, before, command.ErrOrStderr())
	if err != nil {
		return usageError{err}
	}
	changes := diff.Changes(comparison)
	if err := diff.Write(command.OutOrStdout(), changes, wantsColour(command.OutOrStdout())); err != nil {
		return usageError{err}
	}
	if len(changes) > 0 {
		return negative{}
	}
	return nil
}

func readEarlier(stdin io.Reader, path string) ([]fn.File, error) {
	if path != "-" {
		return readFiles([]string{path})
	}
	content, err := io.ReadAll(stdin)
	return []fn.File{{Path: "stdin", Content: content}}, err
}

// wantsColour follows https://no-color.org.
func wantsColour(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// readPackage reads files in which clusters are to be found.
func readPackage(paths []string) ([]fn.File, error) {
	files, err := readFiles(paths)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: there are no .yaml or .yml files", strings.Join(paths, ", "))
	}
	return files, err
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

package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/graph"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

func graphCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "graph FILE|DIR...",
		Short: "Draw the objects of the clusters in files, and what refers to what",
		Long: `Print the objects of every BanhBaoRingCluster in the files, and in the .yaml
and .yml files of the directories, and what refers to what, as a flowchart of
Mermaid: GitHub, GitLab and many editors draw it from a code block.

Each component has a box. What is dashed is not rendered: Secrets of yours, and
what Kubernetes and the operators make.`,
		Example: "  generate-data-layer graph cluster.yaml > graph.mmd\n" +
			"  (echo '```mermaid'; generate-data-layer graph cluster.yaml; echo '```') >> README.md",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("graph: expected files or directories")}
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			files, err := readPackage(args)
			if err != nil {
				return err
			}
			objects, err := fn.Objects(files, command.ErrOrStderr())
			if err != nil {
				return err
			}
			_, err = io.WriteString(command.OutOrStdout(), graph.Mermaid(objects))
			return err
		},
	}
}

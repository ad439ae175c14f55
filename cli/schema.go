package cli

import (
	"github.com/spf13/cobra"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of a BanhBaoRingCluster, for editors",
		Long: `Print the JSON schema of a BanhBaoRingCluster, with which editors complete and
check its fields. A render checks with the same schema.`,
		Example: `  generate-data-layer schema > banhbaoringcluster.schema.json

  # the first line of cluster.yaml, for the YAML language server
  # yaml-language-server: $schema=banhbaoringcluster.schema.json`,
		Args: noArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			_, err := command.OutOrStdout().Write(v1.JSONSchema())
			return err
		},
	}
}

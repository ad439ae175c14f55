package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
)

// completionShells are what completion takes.
func completionShells() []cobra.Completion { return []cobra.Completion{"bash", "zsh", "fish"} }

// completionCommand takes the place of cobra's, which has no examples.
func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print a script by which a shell completes commands and flags",
		Long: `Print a script by which a shell completes commands, flags and what these take.
Have the shell read it whenever it starts.`,
		Example: `  # bash, with its package bash-completion: in ~/.bashrc
  source <(generate-data-layer completion bash)

  # zsh: in ~/.zshrc, below compinit
  source <(generate-data-layer completion zsh)

  # fish: in ~/.config/fish/config.fish
  generate-data-layer completion fish | source`,
		ValidArgs: completionShells(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(completionShells(), args[0]) {
				return usageError{fmt.Errorf("completion: expected one of %q", completionShells())}
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			out := command.OutOrStdout()
			switch root := command.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			default:
				return root.GenFishCompletion(out, true)
			}
		},
	}
}

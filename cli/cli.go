// Package cli is the command line: a KRM function when called without
// arguments, as orchestrators do, and subcommands for people.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// Exit codes. Those of a question, such as render --diff, are the ones of diff.
const (
	exitOK       = 0
	exitFailed   = 1
	exitNegative = 1
	exitUsage    = 2
)

// usageError is a call that no input could make right. Where a command answers a
// question it is any failure: the other exit code is the answer no.
type usageError struct{ error }

// negative is the answer of a command that was asked something, such as whether a
// render differs. The output says it all.
type negative struct{}

func (negative) Error() string { return "no" }

// Main runs the command line and returns the exit code of the process.
func Main(version string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	command := root(version)
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(stdout)
	command.SetErr(stderr)
	err := command.Execute()
	if err != nil && !errors.Is(err, negative{}) {
		fmt.Fprintf(stderr, "%s: %s\n", command.Name(), err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, negative{}):
		return exitNegative
	case errors.As(err, &usageError{}):
		return exitUsage
	default:
		return exitFailed
	}
}

func root(version string) *cobra.Command {
	command := &cobra.Command{
		Use:   "generate-data-layer",
		Short: "Turn a BanhBaoRingCluster into its PostgreSQL and Redis",
		Long: `generate-data-layer is a KRM function: it turns the BanhBaoRingClusters of a
package into PostgreSQL, Redis, and what connects them.

Without arguments it reads a ResourceList from stdin and writes it to stdout,
as kpt, kustomize, Config Sync and Argo CD call it.`,
		Example: `  # as a function, in a kpt package or a kustomization
  kpt fn render --allow-exec
  kustomize build --enable-alpha-plugins --enable-exec

  # by hand
  generate-data-layer render cluster.yaml | kubectl apply -f -`,
		Args: func(command *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q%s", args[0], meant(command, args[0]))}
			}
			return nil
		},
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		SilenceErrors:              true,
		RunE: func(command *cobra.Command, _ []string) error {
			if isTerminal(command.InOrStdin()) {
				command.SetOut(command.ErrOrStderr())
				return errors.Join(command.Help(), usageError{errors.New("expected a ResourceList on stdin")})
			}
			return fn.Run(command.InOrStdin(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	command.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, command.CommandPath())}
	})
	command.AddCommand(renderCommand(), statusCommand(), graphCommand(), sealCommand(), installCommand(), schemaCommand(), completionCommand(), versionCommand(version))
	nameHelp(command)
	return command
}

// nameHelp gives cobra's help command an example, as all others have one.
func nameHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, command := range root.Commands() {
		if command.Name() == "help" {
			command.Example = "  generate-data-layer help render"
		}
	}
}

// meant guesses what a command is that is none.
func meant(command *cobra.Command, name string) string {
	if near := command.SuggestionsFor(name); len(near) > 0 {
		return fmt.Sprintf(", did you mean %q?", near[0])
	}
	if filepath.Base(name) != name || filepath.Ext(name) != "" {
		return fmt.Sprintf("; to render a file, run: %s render %s", command.CommandPath(), name)
	}
	return fmt.Sprintf("; see %s --help", command.CommandPath())
}

// isTerminal tells whether a person waits at the other end rather than a pipe.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

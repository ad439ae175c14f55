package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/Bidon15/banhbaoring/generate-data-layer/cli/status"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// statusOptions are the flags of status.
type statusOptions struct{ output, name, namespace string }

// statusOutputs are what --output takes.
func statusOutputs() []cobra.Completion { return []cobra.Completion{"table", "json", "yaml"} }

func statusCommand() *cobra.Command {
	var options statusOptions
	command := &cobra.Command{
		Use:   "status FILE|DIR...",
		Short: "Tell whether the objects of clusters are there and ready, from kubectl get",
		Long: `Compare every BanhBaoRingCluster in the files with the live objects on stdin, as
'kubectl get -o yaml' or '-o json' prints them, and tell how PostgreSQL, Redis,
the migration and the credentials are.

A part is ready when the workloads that the cluster renders are there, in its
version and with all replicas, and Jobs are complete. Whether every field of them
is applied, kubectl diff tells.

Let kubectl get all of these kinds in the namespace, as far as they are used:
  statefulsets
  clusters.postgresql.cnpg.io   with CloudNativePG
  jobs                          with a migration or Redis Cluster
  pods                          to tell why something is not ready, and since when
  secrets                       to look for their keys, those of certificates too;
                                no value is kept or shown
  sealedsecrets.bitnami.com, externalsecrets.external-secrets.io
  banhbaoringclusters           to keep what others wrote into its status
Credentials of which none of these tells are unknown (null in JSON), which does
not make the whole not ready. Without a namespace in the file and the flag, all
objects of the cluster's names must be in one namespace.

-o yaml prints the clusters as in their files, with .status filled in, and the
resourceVersion of the live cluster: kubectl then refuses it if somebody else wrote
in the meantime. The condition DatabaseReady, which is about PostgreSQL and Redis,
keeps the time of its last transition; a new one takes it from the objects and, where
none tells, is left out.

The exit code is 0 if all is ready, 1 if something is not, and 2 if the files or
the live objects cannot be read.`,
		Example: `  kubectl -n banhbaoring get statefulsets,jobs,pods,secrets -o yaml |
    generate-data-layer status cluster.yaml

  # wait for it
  until kubectl -n banhbaoring get statefulsets,jobs -o yaml |
    generate-data-layer status cluster.yaml; do sleep 5; done

  # write it to the live cluster
  kubectl -n banhbaoring get statefulsets,jobs,pods,banhbaoringclusters -o yaml |
    generate-data-layer status -o yaml cluster.yaml |
    kubectl replace --subresource=status -f -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("status: expected files or directories")}
			}
			return options.check()
		},
		RunE: func(command *cobra.Command, args []string) error { return runStatus(command, options, args) },
	}
	flags := command.Flags()
	flags.StringVarP(&options.output, "output", "o", "table", strings.Join(statusOutputs(), ", "))
	flags.StringVar(&options.name, "name", "", "name of the cluster, where others are in the files too")
	flags.StringVar(&options.namespace, "namespace", "", "namespace of the live objects, where the cluster's file does not say")
	// Fails for a flag that is not there.
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(statusOutputs(), cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (o *statusOptions) check() error {
	if !slices.Contains(statusOutputs(), o.output) {
		return usageError{fmt.Errorf("status: --output must be one of %s, got %q", strings.Join(statusOutputs(), ", "), o.output)}
	}
	return nil
}

// runStatus keeps exit code 1 for what is not ready.
func runStatus(command *cobra.Command, options statusOptions, paths []string) error {
	clusters, err := readClusters(command, options, paths)
	if err != nil {
		return usageError{err}
	}
	reports, err := report(command.InOrStdin(), options, clusters)
	if err != nil {
		return usageError{err}
	}
	if err := printStatus(command, options.output, clusters, reports); err != nil {
		return usageError{err}
	}
	if !allReady(reports) {
		return negative{}
	}
	return nil
}

func readClusters(command *cobra.Command, options statusOptions, paths []string) ([]fn.FoundCluster, error) {
	files, err := readPackage(paths)
	if err != nil {
		return nil, err
	}
	return fn.FindClusters(files, options.name, command.ErrOrStderr())
}

func report(stdin io.Reader, options statusOptions, clusters []fn.FoundCluster) ([]*status.Report, error) {
	if isTerminal(stdin) {
		return nil, errors.New("expected live objects on stdin, such as of kubectl get statefulsets,jobs -o yaml")
	}
	live, err := status.Read(stdin)
	if err != nil {
		return nil, fmt.Errorf("stdin %w", err)
	}
	var reports []*status.Report
	for _, c := range clusters {
		report, err := status.Of(c.BanhBaoRingCluster, live, options.namespace)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func allReady(reports []*status.Report) bool {
	return !slices.ContainsFunc(reports, func(r *status.Report) bool { return !r.Ready })
}

func printStatus(command *cobra.Command, output string, clusters []fn.FoundCluster, reports []*status.Report) error {
	switch out := command.OutOrStdout(); output {
	case "json":
		return printJSON(out, reports)
	case "yaml":
		return printYAML(out, clusters, reports)
	default:
		return printTable(out, reports)
	}
}

func printJSON(out io.Writer, reports []*status.Report) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Ready    bool             `json:"ready"`
		Clusters []*status.Report `json:"clusters"`
	}{allReady(reports), reports})
}

func printYAML(out io.Writer, clusters []fn.FoundCluster, reports []*status.Report) error {
	var documents []string
	for i, report := range reports {
		text, err := clusters[i].WithStatus(report.Status(clusters[i].Status()))
		if err != nil {
			return err
		}
		documents = append(documents, string(text))
	}
	_, err := io.WriteString(out, strings.Join(documents, "---\n"))
	return err
}

func printTable(out io.Writer, reports []*status.Report) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tPART\tREADY\tREPLICAS\tVERSION\tMESSAGE")
	for _, report := range reports {
		for _, part := range report.Parts {
			fmt.Fprintln(table, strings.Join([]string{
				strings.TrimPrefix(report.Namespace+"/"+report.Name, "/"), part.Name, ready(part),
				cell(part.Replicas), cell(part.Version), cell(part.Message),
			}, "\t"))
		}
	}
	return table.Flush()
}

func ready(part status.Part) string {
	if part.Ready == nil {
		return "unknown"
	}
	return strconv.FormatBool(*part.Ready)
}

// cell keeps a text on its line and in its column, whatever an object says.
func cell(text string) string {
	printable := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	return cmp.Or(strings.Join(strings.Fields(printable), " "), "-")
}

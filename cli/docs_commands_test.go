package cli_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentedCommands asks the real programs whether they know every command
// that a page names in a sentence or a block: its subcommands and flags. Whole
// blocks are run too, by the tests of examples, of pages, and on a cluster.
func TestDocumentedCommands(t *testing.T) {
	unchecked := map[string]string{
		"aws s3 cp":             "of a cloud, and far larger than all other programs together",
		"gcloud storage cp":     "of a cloud, and far larger than all other programs together",
		"kubeseal --fetch-cert": "in no package of a distribution's; that of sealed-secrets has client-go with it",
		"kubectl cnpg status":   "a plugin that CloudNativePG ships",
		"kind create cluster --kubeconfig /tmp/e2e.kubeconfig": "not on every machine that tests; .ci/cluster runs kind where it is",
	}
	t.Setenv("KUBECONFIG", "/dev/null") // a mistake in this test shall reach no cluster
	own := subcommands(t)
	found := map[string]bool{}
	for _, page := range pages(t) {
		if filepath.Base(page) == "CHANGELOG.md" { // it tells what was
			continue
		}
		for _, command := range commandsOf(read(t, page), own) {
			if !found[command] && unchecked[command] == "" {
				t.Run(filepath.Base(page)+" "+command, func(t *testing.T) { checkCommand(t, strings.Fields(command)) })
			}
			found[command] = true
		}
	}
	for command := range unchecked {
		if !found[command] {
			t.Errorf("no page has %q", command)
		}
	}
}

// subcommands are those of the binary.
func subcommands(t *testing.T) []string {
	t.Helper()
	help, _, _ := run("", "--help")
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, found := strings.Cut(list, "\n\n")
	if !found {
		t.Fatalf("no subcommands in\n%s", help)
	}
	var names []string
	for line := range strings.Lines(list) {
		names = append(names, strings.Fields(line)[0])
	}
	return names
}

// commandsOf returns the commands of a page, without what a shell does with them
// and without those that are the name of a program alone. Placeholders are one
// word, X.
func commandsOf(page string, own []string) []string {
	var all []string
	add := func(text string, isSpan bool) {
		text = regexp.MustCompile(`<[^<>]*>`).ReplaceAllString(text, "X")
		for part := range strings.SplitSeq(strings.ReplaceAll(text, " && ", " | "), " | ") {
			if command := commandIn(part, isSpan, own); command != "" && !slices.Contains(all, command) {
				all = append(all, command)
			}
		}
	}
	span := regexp.MustCompile("`([^`]+)`")
	language, fenced := "", false
	for line := range strings.Lines(strings.ReplaceAll(page, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		prompted, isPrompted := strings.CutPrefix(line, "$ ")
		switch after, isFence := strings.CutPrefix(line, "```"); {
		case isFence:
			language, fenced = after, !fenced
		case fenced && language == "shell":
			add(line, false)
		case fenced && isPrompted:
			add(prompted, false)
		case !fenced:
			for _, match := range span.FindAllStringSubmatch(line, -1) {
				add(match[1], true)
			}
		}
	}
	return all
}

// commandIn returns the command that a text is, or nothing. What is in a span
// may begin with a subcommand or a flag.
func commandIn(text string, isSpan bool, own []string) string {
	text = regexp.MustCompile(`(^|\s)(#|[0-9]?>|<|&&|\|\||'|")(\s?.*)$`).ReplaceAllString(text, "")
	words := strings.Fields(text)
	for len(words) > 0 && regexp.MustCompile(`^\w+=`).MatchString(words[0]) {
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return ""
	case strings.HasPrefix(words[0], ".ci/"):
	case isSpan && strings.HasPrefix(words[0], "-"):
	case len(words) == 1:
		return ""
	case isSpan && slices.Contains(own, words[0]):
		words = slices.Insert(words, 0, "generate-data-layer")
	case !slices.Contains(programs(), words[0]) && (!isSpan || !regexp.MustCompile(`^\S+ --?\w`).MatchString(text)):
		return ""
	}
	return strings.Join(words, " ")
}

// programs are those that no flag tells from a sentence.
func programs() []string {
	return slices.Concat(cobraPrograms(), postgresPrograms(), []string{"aws", "gcloud", "git", "go", "make", "openssl", "redis-cli"})
}

// cobraPrograms parse a command line before they show its help.
func cobraPrograms() []string {
	return []string{"argocd", "docker", "generate-data-layer", "helm", "kind", "kpt", "kubectl", "kubeseal", "kustomize"}
}

// postgresPrograms list all their flags in their help.
func postgresPrograms() []string {
	return []string{"createdb", "dropdb", "initdb", "pg_dump", "pg_dumpall", "pg_restore", "psql"}
}

func checkCommand(t *testing.T, words []string) {
	switch program := words[0]; {
	case strings.HasPrefix(program, ".ci/"):
		if !exists(filepath.Join("..", program)) {
			t.Error("there is no such file")
		}
	case strings.HasPrefix(program, "-"):
		checkFlag(t, words)
	case slices.Contains(cobraPrograms(), program):
		if problem := cobraProblem(t, words); problem != "" {
			t.Error(problem)
		}
	case slices.Contains(postgresPrograms(), program):
		checkFlags(t, words, helpText(t, program, "--help"))
	case program == "git":
		usage := helpText(t, "git", words[1], "-h")
		checkFlags(t, words, usage)
		if !strings.Contains(usage, "usage: git "+words[1]) {
			t.Errorf("no such command:\n%s", usage)
		}
	case program == "redis-cli":
		checkRedisCLI(t, words)
	case program == "make":
		checkMake(t, words)
	case program == "go":
		checkGo(t, words)
	default:
		t.Errorf("nothing here can check %s: teach checkCommand, or say in TestDocumentedCommands why that cannot be", program)
	}
}

// cobraProblem returns what the program has against the command. Help on a group
// of commands is what one gets for a command that is not in it.
func cobraProblem(t *testing.T, words []string) string {
	t.Helper()
	if last := words[len(words)-1]; strings.HasPrefix(last, "-") && last != "-" {
		words = append(words, "X")
	}
	if at := slices.Index(words, "--"); at >= 0 { // what follows is of another program
		words = words[:at]
	}
	help, problem := helpOf(t, words[0], append(words[1:], "--help")...)
	usage := regexp.MustCompile(`(?s)Usage:.*?\n\n`).FindString(help + "\n")
	if problem == "" && (usage == "" || strings.Contains(usage, "[command]") || strings.Contains(usage, "SUBCOMMAND")) {
		return "no such command:\n" + help
	}
	return problem
}

// helpOf runs a program; if that fails, the problem says why.
func helpOf(t *testing.T, program string, args ...string) (help, problem string) {
	t.Helper()
	if program == "generate-data-layer" {
		stdout, stderr, _ := run("", args...)
		return stdout, stderr
	}
	stdout, stderr, err := tool(t, "", program, args...)
	if err != nil {
		return "", err.Error() + "\n" + stderr
	}
	return stdout, ""
}

// checkFlag looks for a command that has the flag of a sentence.
func checkFlag(t *testing.T, words []string) {
	t.Helper()
	for _, command := range []string{
		"generate-data-layer seal", "generate-data-layer status", "generate-data-layer render",
		"kustomize build", "kpt fn render", "kubectl apply",
	} {
		if cobraProblem(t, append(strings.Fields(command), words...)) == "" {
			return
		}
	}
	t.Error("no command takes it")
}

// checkFlags looks for the flags of a command in a text.
func checkFlags(t *testing.T, words []string, help string) {
	t.Helper()
	for _, word := range words {
		flag, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(flag, "-") && !regexp.MustCompile(`(?m)(^|[\s,])`+regexp.QuoteMeta(flag)+`\b`).MatchString(help) {
			t.Errorf("no flag %s in\n%s", flag, help)
		}
	}
}

// helpText is what a program prints, of which some end with 1 after their help.
func helpText(t *testing.T, program string, args ...string) string {
	t.Helper()
	stdout, stderr, _ := tool(t, "", program, args...)
	return stdout + stderr
}

// checkRedisCLI knows commands of the server and those of --cluster.
func checkRedisCLI(t *testing.T, words []string) {
	manager := helpText(t, "redis-cli", "--cluster", "help")
	checkFlags(t, words, helpText(t, "redis-cli", "--help")+manager)
	words = words[1:]
	if words[0] == "-h" {
		words = words[2:]
	}
	if words[0] == "--cluster" {
		if !regexp.MustCompile(`(?m)^  ` + words[1] + `\b`).MatchString(manager) {
			t.Errorf("no command %s in\n%s", words[1], manager)
		}
		return
	}
	if strings.HasPrefix(words[0], "-") {
		return
	}
	name, _, _ := strings.Cut(strings.Join(words, " "), " X")
	if help := helpText(t, "redis-cli", append([]string{"help"}, strings.Fields(name)...)...); strings.TrimSpace(help) == "" {
		t.Errorf("no command %s", name)
	}
}

func checkMake(t *testing.T, targets []string) {
	makefile := read(t, "../Makefile")
	for _, target := range targets[1:] {
		variable, _, isVariable := strings.Cut(target, "=")
		if isVariable && !regexp.MustCompile(`(?m)^`+variable+`\s*\?=`).MatchString(makefile) {
			t.Errorf("no variable %s", variable)
		}
		if !isVariable && !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("no target %s", target)
		}
	}
}

// checkGo looks for the test too that a command runs.
func checkGo(t *testing.T, words []string) {
	checkFlags(t, words, helpText(t, "go", "help", words[1])+helpText(t, "go", "help", "testflag")+helpText(t, "go", "help", "build"))
	directory, name := valueOf(words, "-C"), valueOf(words, "-run")
	files, err := filepath.Glob(filepath.Join("..", directory, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(files, func(file string) bool { return strings.Contains(read(t, file), "\nfunc "+name+"(") }) {
		t.Errorf("no test %q in %q", name, directory)
	}
}

func valueOf(words []string, flag string) string {
	if at := slices.Index(words, flag); at >= 0 && at+1 < len(words) {
		return words[at+1]
	}
	return ""
}

package cli_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestCompletion runs the example of each shell in it, and has it complete.
func TestCompletion(t *testing.T) {
	tests := map[string]struct{ bare, before, after, want string }{
		"bash": {
			bare: "--norc",
			// What a prompt and the package have, as far as the script uses it.
			before: `compopt() { :; }; _init_completion() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}; }`,
			after:  `COMP_WORDS=(generate-data-layer status -o ""); COMP_CWORD=3; $(complete -p generate-data-layer | sed 's/.*-F \([^ ]*\).*/\1/'); echo "${COMPREPLY[@]}"`,
			want:   "table json yaml\n",
		},
		"zsh": {
			bare:   "-f",
			before: "autoload -U compinit; compinit -u -D",
			after:  `echo "$_comps[generate-data-layer]"; whence -w _generate-data-layer`,
			want:   "_generate-data-layer\n_generate-data-layer: function\n",
		},
		"fish": {
			bare:  "--no-config",
			after: `complete --do-complete "generate-data-layer status -o "`,
			want:  "json\ntable\nyaml\n",
		},
	}
	for shell, test := range tests {
		t.Run(shell, func(t *testing.T) {
			example := regexp.MustCompile(".*completion " + shell + ".*").FindString(helpExamples(t, "completion"))
			script := strings.Join([]string{test.before, example, test.after}, "\n")
			if stdout, stderr, err := tool(t, "", shell, test.bare, "-c", script); stdout != test.want || stderr != "" || err != nil {
				t.Errorf("%v, want %q\n%s\n%s%s", err, test.want, script, stdout, stderr)
			}
		})
	}
}

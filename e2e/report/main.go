// Report reads what go test -json prints, prints it for people, and after a whole run
// writes the page of the promises: what each test says that it is for, and how it ended.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go test -json . | report TESTS PAGE")
		os.Exit(2)
	}
	if err := report(os.Stdin, os.Stdout, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// report takes the promises from the tests in a directory. It writes a page of failures
// too: what was promised and is not kept should be seen.
func report(events io.Reader, stdout io.Writer, tests, page string) error {
	promises, err := readPromises(tests)
	if err != nil {
		return err
	}
	run, err := follow(events, stdout)
	if err != nil {
		return err
	}
	if missing := run.missing(promises); len(missing) > 0 {
		fmt.Fprintf(stdout, "not a whole run, so %s stays as it is: %d tests did not end\n", page, len(missing))
	} else if err := os.WriteFile(page, []byte(render(promises, run)), 0o644); err != nil {
		return err
	}
	if run.failed {
		return errors.New("not every promise is kept")
	}
	return nil
}

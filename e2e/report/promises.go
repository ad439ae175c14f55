package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// promise is the comment of a test.
type promise struct{ test, text string }

// readPromises returns those of the tests in a directory, by the tests' names. A test
// that promises nothing is an error.
func readPromises(directory string) ([]promise, error) {
	paths, err := filepath.Glob(filepath.Join(directory, "*_test.go"))
	if err != nil {
		return nil, err
	}
	var promises []promise
	var problems []error
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			test, ok := declaration.(*ast.FuncDecl)
			if !ok || !isTest(test) {
				continue
			}
			text, found := strings.CutPrefix(strings.Join(strings.Fields(test.Doc.Text()), " "), test.Name.Name+": ")
			if !found {
				problems = append(problems, fmt.Errorf("%s: %s promises nothing: begin its comment with %q", path, test.Name.Name, test.Name.Name+": "))
			}
			promises = append(promises, promise{test.Name.Name, text})
		}
	}
	if len(promises) == 0 {
		problems = append(problems, fmt.Errorf("%s: no tests", directory))
	}
	slices.SortFunc(promises, func(a, b promise) int { return strings.Compare(a.test, b.test) })
	return promises, errors.Join(problems...)
}

func isTest(function *ast.FuncDecl) bool {
	return function.Recv == nil && strings.HasPrefix(function.Name.Name, "Test") && function.Name.Name != "TestMain"
}

package fn

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
)

// File is a YAML file of a package.
type File struct {
	Path    string
	Content []byte
}

// Render expands the clusters in files and writes only what was made of them,
// as documents that kubectl applies. The other resources of the files are there
// to be looked at, such as the Secrets that a cluster refers to.
func Render(files []File, out, log io.Writer) error {
	wanted, err := render(files, log)
	if err != nil {
		return err
	}
	return writeDocuments(out, wanted)
}

func render(files []File, log io.Writer) ([]generated, error) {
	items, err := readFiles(files)
	if err != nil {
		return nil, err
	}
	list := &resourceList{items: items}
	wanted, failure := list.expand()
	list.results.log(log)
	return wanted, failure
}

func readFiles(files []File) ([]*item, error) {
	var all []*item
	for _, file := range files {
		items, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		all = append(all, items...)
	}
	return all, nil
}

func writeDocuments(w io.Writer, wanted []generated) error {
	writer := newYAMLWriter()
	var documents []string
	for _, g := range wanted {
		document, err := writer.write(g.typed)
		if err != nil {
			return err
		}
		documents = append(documents, document)
	}
	_, err := io.WriteString(w, strings.Join(documents, "---\n"))
	return err
}

func readFile(file File) ([]*item, error) {
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(file.Content), OmitReaderAnnotations: true}).Read()
	if err != nil {
		return nil, notYAML(err)
	}
	var items []*item
	for i, node := range nodes {
		next, err := newItem(node)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		next.path, next.index = file.Path, i
		items = append(items, next)
	}
	return items, nil
}

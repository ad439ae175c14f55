package fn

import (
	"bytes"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
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
	list, err := readFiles(files)
	if err != nil {
		return err
	}
	wanted, failure := list.expand()
	list.results.log(log)
	if failure != nil {
		return failure
	}
	return writeDocuments(out, wanted)
}

func writeDocuments(w io.Writer, wanted []generated) error {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	for _, g := range wanted {
		if err := encoder.Encode(g.node.YNode()); err != nil {
			return err
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

func readFiles(files []File) (*resourceList, error) {
	list := &resourceList{}
	for _, file := range files {
		items, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		list.items = append(list.items, items...)
	}
	return list, nil
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

package fn

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// listGroup is the API group of a ResourceList, of which there are versions.
const listGroup = "config.kubernetes.io/"

// resourceList is a ResourceList as the function works on it.
type resourceList struct {
	// before and after are the text of the fields around the items. The results
	// are in neither: each run reports its own.
	before, after  string
	itemsKey       string // as it is written
	indent         int    // of the items' dashes
	items          []*item
	functionConfig *item // nil when absent
	results        results
	// index is of the items that others refer to by name; named makes it.
	index map[identity][]*item
}

// maxInput is far above what a person or a program applies at once. Without a
// limit a runaway pipe would take the memory of all that runs beside.
const maxInput = 128 << 20

// pipe is how many bytes one holds, so that less would take more calls, and more would
// take no fewer.
const pipe = 64 << 10

// partOfList is how many bytes of a list are read at a time: more than most have, since
// there is work to begin each.
const partOfList = 512 << 10

// readResourceList reads one ResourceList.
func readResourceList(r io.Reader) (*resourceList, error) {
	text, err := readText(r, maxInput+1)
	if err != nil {
		return nil, fmt.Errorf("read the ResourceList: %w", err)
	}
	if len(text) > maxInput {
		return nil, fmt.Errorf("the input is over %d MiB: split the package", maxInput>>20)
	}
	// Windows line ends mean the same, but the parser loses comments before them.
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if list, ok := scan(text, partOfList); ok {
		return list, nil
	}
	return parse(text)
}

// readText reads all there is, up to a limit. What io.ReadAll returns would have to be
// copied once more to be text.
func readText(r io.Reader, limit int) (string, error) {
	var text strings.Builder
	text.Grow(min(sizeOf(r), limit))
	r = io.LimitReader(r, int64(limit))
	buffer := make([]byte, pipe)
	for {
		n, err := r.Read(buffer)
		text.Grow(n) // to the double, where Write by itself adds a quarter
		text.Write(buffer[:n])
		if errors.Is(err, io.EOF) {
			return text.String(), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// sizeOf tells how many bytes a file has, so that they need not move while it is read,
// which takes as much time again. Of a pipe nobody knows.
func sizeOf(r io.Reader) int {
	file, ok := r.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return 0
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return int(info.Size())
}

// readConfig reads the functionConfig from the text of that field.
func (l *resourceList) readConfig(text string) error {
	root, err := yaml.Parse(text)
	if err != nil {
		return notYAML(err)
	}
	config := root.Field("functionConfig")
	if config.IsNilOrEmpty() {
		return nil
	}
	l.functionConfig, err = newItem(config.Value)
	if err != nil {
		return fmt.Errorf("functionConfig: %w", err)
	}
	return nil
}

// named returns what makes the Secret of an identity, or the Services of one.
func (l *resourceList) named(id identity) []*item {
	if l.index == nil {
		l.index = map[identity][]*item{}
		for _, i := range l.items {
			made := secretOf(i)
			if i.id.group == "" && i.id.kind == "Service" {
				made = i.id
			}
			if made != (identity{}) {
				l.index[made] = append(l.index[made], i)
			}
		}
	}
	return l.index[id]
}

// write writes the list with its items in their order. The items are there even
// when there are none: kustomize reads a list without as a resource.
func (l *resourceList) write(w io.Writer) error {
	results, err := l.writtenResults()
	if err != nil {
		return err
	}
	texts := []string{l.before, l.itemsKey, ":\n"}
	if len(l.items) == 0 {
		texts[2] = ": []\n"
	}
	for _, i := range l.items {
		texts = append(texts, i.text)
	}
	out := bufio.NewWriterSize(w, pipe)
	for _, text := range append(texts, l.after, results) {
		if _, err := out.WriteString(text); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (l *resourceList) writtenResults() (string, error) {
	shown := l.results.shown()
	if len(shown) == 0 {
		return "", nil
	}
	return encode(map[string]any{"results": shown})
}

// encode writes a value or a node as kyaml does.
func encode(value any) (string, error) {
	var out strings.Builder
	err := yaml.NewEncoder(&out).Encode(value)
	return out.String(), err
}

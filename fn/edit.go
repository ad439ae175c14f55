package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// ClusterFile is a YAML file with a cluster in it. Its text is edited in place,
// never written anew, so that everything else stays as its author wrote it.
type ClusterFile struct {
	// Cluster is decoded and defaulted, and may have problems.
	Cluster  *v1.BanhBaoRingCluster
	Problems []v1.Problem

	text     []byte
	document int // of the file's documents, the cluster's
}

// OpenClusterFile finds a cluster by its name, which may be empty where the file
// has only one.
func OpenClusterFile(text []byte, name string) (*ClusterFile, error) {
	documents, err := parseDocuments(text)
	if err != nil {
		return nil, err
	}
	clusters, err := clustersIn(documents)
	if err != nil {
		return nil, err
	}
	cluster, err := find(clusters, name)
	if err != nil {
		return nil, err
	}
	file := &ClusterFile{text: text, document: cluster.index}
	return file, file.decode(cluster)
}

// clustersIn returns the documents that are clusters, of any version, each with its
// index among all.
func clustersIn(documents []*yaml.Node) ([]*item, error) {
	var clusters []*item
	for i, document := range documents {
		if document.Tag == yaml.NodeTagNull { // as after a last ---
			continue
		}
		next, err := newItem(yaml.NewRNode(document))
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		if next.id.kind == v1.Kind {
			next.index = i
			clusters = append(clusters, next)
		}
	}
	return clusters, nil
}

// find returns the only cluster, or the only one of a name.
func find(clusters []*item, name string) (*item, error) {
	found := slices.DeleteFunc(slices.Clone(clusters), func(i *item) bool { return name != "" && i.id.name != name })
	isOther := func(i *item) bool { return i.id.name != found[0].id.name }
	switch {
	case len(clusters) == 0:
		return nil, fmt.Errorf("there is no %s of %s", v1.Kind, v1.APIVersion)
	case len(found) == 0:
		return nil, noCluster(name, namesOf(clusters))
	case len(found) == 1:
		return found[0], nil
	case slices.ContainsFunc(found, isOther):
		return nil, fmt.Errorf("there is more than one %s: use --name with one of %s", v1.Kind, namesOf(clusters))
	default:
		return nil, fmt.Errorf("there is more than one %s %s: rename or remove one", v1.Kind, found[0].id.name)
	}
}

func namesOf(clusters []*item) string {
	var names []string
	for _, i := range clusters {
		names = append(names, i.id.name)
	}
	return strings.Join(names, ", ")
}

// noCluster says which clusters there are, where none has the name that is wanted.
func noCluster(name, names string) error {
	return fmt.Errorf("there is no %s %s: use --name with one of %s", v1.Kind, name, names)
}

func (f *ClusterFile) decode(cluster *item) error {
	data, err := cluster.json()
	if err != nil {
		return err
	}
	f.Cluster, f.Problems = v1.NewDecoder().Decode(data)
	return nil
}

// Bytes returns the text of the file.
func (f *ClusterFile) Bytes() []byte { return f.text }

// Set writes a scalar, which must be plain text in YAML, at a path of the
// cluster such as spec.database.credentials.sealed.scope. Only its own lines, and
// those of objects that it lacks, are changed or added.
func (f *ClusterFile) Set(path, value string) error {
	documents, err := parseDocuments(f.text)
	if err != nil {
		return err
	}
	text, err := setScalar(f.text, documents[f.document], strings.Split(path, "."), value)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := f.verify(text, strings.Split(path, "."), value); err != nil {
		return fmt.Errorf("%s: cannot be written into this file: %w", path, err)
	}
	f.text = text
	return nil
}

// verify reads both texts as a whole: an edit of text may go wrong in more ways
// than one thinks of, and must then not leave this function.
func (f *ClusterFile) verify(text []byte, path []string, value string) error {
	before, err := parseValues(f.text)
	if err != nil {
		return err
	}
	after, err := parseValues(text)
	if err != nil {
		return err
	}
	object, ok := before[f.document].(map[string]any)
	if !ok {
		return errors.New("the cluster is not an object")
	}
	setValue(object, path, value)
	if !reflect.DeepEqual(before, after) {
		return errors.New("its YAML is too unusual; write the field by hand once, then run this again with --rotate")
	}
	return nil
}

func setValue(object map[string]any, path []string, value string) {
	for _, name := range path[:len(path)-1] {
		child, ok := object[name].(map[string]any)
		if !ok {
			child = map[string]any{}
			object[name] = child
		}
		object = child
	}
	object[path[len(path)-1]] = value
}

// parseDocuments returns the root nodes of all documents; their lines are those
// of the whole text.
func parseDocuments(text []byte) ([]*yaml.Node, error) {
	return decodeAll(text, func(decoder *yaml.Decoder) (*yaml.Node, error) {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			return nil, err
		}
		return document.Content[0], nil
	})
}

func parseValues(text []byte) ([]any, error) {
	return decodeAll(text, func(decoder *yaml.Decoder) (value any, err error) {
		err = decoder.Decode(&value)
		return value, err
	})
}

func decodeAll[T any](text []byte, decode func(*yaml.Decoder) (T, error)) ([]T, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var all []T
	for {
		next, err := decode(decoder)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, notYAML(err)
		}
		all = append(all, next)
	}
}

// setScalar goes down the path as far as it exists, and replaces the scalar at
// its end or inserts the rest.
func setScalar(text []byte, node *yaml.Node, path []string, value string) ([]byte, error) {
	if bytes.ContainsAny(bytes.ReplaceAll(text, []byte("\r\n"), nil), "\r\u0085\u2028\u2029") {
		return nil, errors.New("the file has line ends that editors do not show: make them line feeds")
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i, name := range path {
		if node.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("%s is not an object", strings.Join(path[:i], "."))
		}
		key, child := member(node, name)
		switch {
		case child == nil && node.Style&yaml.FlowStyle != 0:
			return insertFlow(lines, node, path[i:], value)
		case child == nil:
			return insertBlock(lines, lastLine(lines, node), indentation(node), path[i:], value), nil
		case i == len(path)-1:
			return replaceScalar(lines, child, value)
		case child.Tag == yaml.NodeTagNull && child.Value == "":
			return insertBlock(lines, key.Line-1, indentation(node)+2, path[i+1:], value), nil
		}
		node = child
	}
	return nil, errors.New("has no path")
}

func member(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// indentation of a block mapping's keys, in spaces.
func indentation(mapping *yaml.Node) int { return mapping.Content[0].Column - 1 }

// lastLine returns the index of a block mapping's last line: blank lines and
// comments after it are left to what follows.
func lastLine(lines [][]byte, mapping *yaml.Node) int {
	first := mapping.Content[0].Line - 1
	last := first
	for i, line := range lines[first:] {
		text := bytes.TrimRight(line, " \r\n")
		content := bytes.TrimLeft(text, " ")
		if len(content) == 0 || content[0] == '#' {
			continue
		}
		isMarker := bytes.HasPrefix(text, []byte("---")) || bytes.HasPrefix(text, []byte("..."))
		if i > 0 && (isMarker || len(text)-len(content) < indentation(mapping)) {
			break
		}
		last = first + i
	}
	return last
}

// insertBlock inserts the objects of path and the value at its end after a line.
func insertBlock(lines [][]byte, after, indent int, path []string, value string) []byte {
	end := "\n"
	if bytes.Contains(slices.Concat(lines[max(after-1, 0)], lines[after]), []byte("\r\n")) {
		end = "\r\n" // the last line of a file may have none
	}
	var inserted string
	for i, name := range path {
		inserted += strings.Repeat(" ", indent+2*i) + name + ":"
		if i < len(path)-1 {
			inserted += end
		}
	}
	inserted += " " + value
	if bytes.HasSuffix(lines[after], []byte("\n")) {
		inserted += end
	} else { // the file ends here, without a line end, and shall do so again
		inserted = end + inserted
	}
	return bytes.Join(slices.Insert(slices.Clone(lines), after+1, []byte(inserted)), nil)
}

// insertFlow inserts behind the opening brace, in quotes as for JSON.
func insertFlow(lines [][]byte, mapping *yaml.Node, path []string, value string) ([]byte, error) {
	var inserted string
	for _, name := range path {
		inserted += fmt.Sprintf("{%q: ", name)
	}
	inserted = inserted[1:] + fmt.Sprintf("%q", value) + strings.Repeat("}", len(path)-1)
	if len(mapping.Content) > 0 {
		inserted += ", "
	}
	return splice(lines, mapping, "{", "{"+inserted)
}

func replaceScalar(lines [][]byte, scalar *yaml.Node, value string) ([]byte, error) {
	if scalar.Kind != yaml.ScalarNode {
		return nil, errors.New("is not a single value")
	}
	for _, quote := range []string{"", `"`, "'"} {
		if text, err := splice(lines, scalar, quote+scalar.Value+quote, quote+value+quote); err == nil {
			return text, nil
		}
	}
	return nil, errors.New("cannot be replaced as it is written: put the value on one line, after its key")
}

// splice replaces the text at which a node begins.
func splice(lines [][]byte, node *yaml.Node, old, replacement string) ([]byte, error) {
	line := lines[node.Line-1]
	// Columns count characters.
	start := len(string([]rune(string(line))[:node.Column-1]))
	if !bytes.HasPrefix(line[start:], []byte(old)) {
		return nil, fmt.Errorf("line %d is too unusual to be edited", node.Line)
	}
	edited := slices.Concat(line[:start], []byte(replacement), line[start+len(old):])
	edit := slices.Clone(lines)
	edit[node.Line-1] = edited
	return bytes.Join(edit, nil), nil
}

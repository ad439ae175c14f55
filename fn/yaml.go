package fn

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// yamlWriter writes objects of Go types as kyaml's encoder would write their nodes,
// the fields in the order of the API, as no library does: what goes through JSON
// sorts them, and the SDK makes float64 of numbers, 1.2096e+06 of 1209600. It
// follows the rules of package json, which would first look into all that a pod may
// have, in as much time as a whole render takes.
type yamlWriter struct {
	yaml []byte
	// types are those that were met.
	types map[reflect.Type]*typeInfo
	err   error
}

// typeInfo is what package json would know of a type.
type typeInfo struct {
	isMarshaler bool
	fields      []fieldInfo // of a struct, with those of embedded ones
}

type fieldInfo struct {
	name                string
	index               []int
	omitEmpty, omitZero bool
}

func newYAMLWriter() *yamlWriter { return &yamlWriter{types: map[reflect.Type]*typeInfo{}} }

// write returns an object as a document.
func (w *yamlWriter) write(object any) (string, error) {
	w.yaml, w.err = w.yaml[:0], nil
	w.block(w.resolve(reflect.ValueOf(object)), 0)
	return string(w.yaml), w.err
}

// writeElement returns an object as an element of a list whose dashes come after some
// spaces. The next call overwrites it.
func (w *yamlWriter) writeElement(object any, indent int) ([]byte, error) {
	w.yaml, w.err = w.yaml[:0], nil
	w.spaces(indent)
	w.element(w.resolve(reflect.ValueOf(object)), indent)
	return w.yaml, w.err
}

// resolve follows pointers, and has values of JSON in the place of what writes
// that itself, such as a quantity.
func (w *yamlWriter) resolve(v reflect.Value) reflect.Value {
	for v.IsValid() {
		switch isReference := v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface; {
		case isReference && v.IsNil():
			return reflect.Value{}
		case w.typeInfo(v.Type()).isMarshaler:
			v = w.marshalled(v)
		case isReference:
			v = v.Elem()
		default:
			return v
		}
	}
	return v
}

func (w *yamlWriter) marshalled(v reflect.Value) reflect.Value {
	data, err := v.Interface().(json.Marshaler).MarshalJSON()
	if text := strings.Trim(string(data), `"`); len(text) == len(data)-2 && !strings.Contains(text, `\`) {
		return reflect.ValueOf(text) // as of a quantity
	}
	var value any
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		err = decoder.Decode(&value)
	}
	if err != nil {
		w.err = err
	}
	return reflect.ValueOf(value)
}

// block writes the members of an object or the elements of an array, the first
// where the writer is and each of the others on a line of its own.
func (w *yamlWriter) block(v reflect.Value, indent int) {
	start := len(w.yaml)
	newLine := func() {
		if len(w.yaml) > start {
			w.spaces(indent)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range w.typeInfo(v.Type()).fields {
			if member := v.FieldByIndex(f.index); !f.omits(member) {
				newLine()
				w.member(f.name, member, indent)
			}
		}
	case reflect.Map:
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			newLine()
			w.member(key.String(), v.MapIndex(key), indent)
		}
	default:
		for i := range v.Len() {
			newLine()
			w.element(w.resolve(v.Index(i)), indent)
		}
	}
}

func (w *yamlWriter) member(name string, v reflect.Value, indent int) {
	w.key(name, indent)
	v = w.resolve(v)
	switch {
	case !isCollection(v), w.isEmpty(v):
		w.yaml = append(w.yaml, ' ')
		w.leaf(v, indent+2)
	case v.Kind() == reflect.Slice:
		w.yaml = append(w.yaml, '\n')
		w.spaces(indent)
		w.block(v, indent)
	default:
		w.yaml = append(w.yaml, '\n')
		w.spaces(indent + 2)
		w.block(v, indent+2)
	}
}

// key marks a long one as such: a parser looks for the colon only so far.
func (w *yamlWriter) key(name string, indent int) {
	const maxKey = 128 // kyaml's, of 1024
	if len(name) <= maxKey {
		w.line(name)
	} else {
		w.yaml = append(w.yaml, "? "...)
		w.line(name)
		w.yaml = append(w.yaml, '\n')
		w.spaces(indent)
	}
	w.yaml = append(w.yaml, ':')
}

func (w *yamlWriter) element(v reflect.Value, indent int) {
	w.yaml = append(w.yaml, "- "...)
	if isCollection(v) && !w.isEmpty(v) {
		w.block(v, indent+2)
	} else {
		w.leaf(v, indent+2)
	}
}

// leaf writes what is on one line, or text of some.
func (w *yamlWriter) leaf(v reflect.Value, indent int) {
	switch {
	case !v.IsValid():
		w.yaml = append(w.yaml, "null"...)
	case v.Kind() == reflect.Slice && !isCollection(v):
		w.scalar(base64.StdEncoding.EncodeToString(v.Bytes()), indent)
	case v.Kind() == reflect.Slice:
		w.yaml = append(w.yaml, "[]"...)
	case isCollection(v):
		w.yaml = append(w.yaml, "{}"...)
	case v.Kind() == reflect.String && v.Type() != reflect.TypeFor[json.Number]():
		w.scalar(v.String(), indent)
	default: // numbers and bools are the same in JSON
		data, err := json.Marshal(v.Interface())
		if err != nil {
			w.err = err
		}
		w.yaml = append(w.yaml, data...)
	}
	if w.yaml[len(w.yaml)-1] != '\n' {
		w.yaml = append(w.yaml, '\n')
	}
}

func (w *yamlWriter) spaces(n int) {
	for range n {
		w.yaml = append(w.yaml, ' ')
	}
}

// typeInfo reads the tags of a type once.
func (w *yamlWriter) typeInfo(t reflect.Type) *typeInfo {
	if known := w.types[t]; known != nil {
		return known
	}
	info := &typeInfo{isMarshaler: t.Implements(reflect.TypeFor[json.Marshaler]())}
	w.types[t] = info
	if t.Kind() != reflect.Struct || info.isMarshaler {
		return info
	}
	info.fields = fieldsOf(t)
	return info
}

// fieldsOf returns the fields of a struct, and those of the ones embedded in it.
func fieldsOf(t reflect.Type) []fieldInfo {
	var fields []fieldInfo
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		isStatus := f.Name == "Status" && f.Type.Kind() == reflect.Struct // an API server's, of an object and of a claim template alike
		switch {
		case f.Anonymous && name == "":
			for _, embedded := range fieldsOf(f.Type) {
				embedded.index = append(slices.Clone(f.Index), embedded.index...)
				fields = append(fields, embedded)
			}
		case f.IsExported() && name != "-" && !isStatus:
			fields = append(fields, fieldInfo{
				cmp.Or(name, f.Name), f.Index,
				strings.Contains(options, "omitempty"), strings.Contains(options, "omitzero"),
			})
		}
	}
	apiVersionFirst(fields)
	return fields
}

// apiVersionFirst puts apiVersion before kind, as everyone writes them; in the
// types of Kubernetes it is the other way round.
func apiVersionFirst(fields []fieldInfo) {
	if len(fields) > 1 && fields[0].name == "kind" && fields[1].name == "apiVersion" {
		fields[0], fields[1] = fields[1], fields[0]
	}
}

func (f fieldInfo) omits(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return f.omitZero && v.IsZero()
	case reflect.Map, reflect.Slice:
		return f.omitEmpty && v.Len() == 0
	default:
		return (f.omitEmpty || f.omitZero) && v.IsZero()
	}
}

// isCollection tells whether a value is an object or an array.
func isCollection(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return true
	case reflect.Slice:
		return v.Type().Elem().Kind() != reflect.Uint8
	default:
		return false
	}
}

// isEmpty tells whether a collection has nothing to write.
func (w *yamlWriter) isEmpty(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return v.Len() == 0
	}
	return !slices.ContainsFunc(w.typeInfo(v.Type()).fields, func(f fieldInfo) bool { return !f.omits(v.FieldByIndex(f.index)) })
}

// scalar writes text of lines as such where it can.
func (w *yamlWriter) scalar(text string, indent int) {
	if isLiteral(text) {
		w.literal(text, indent)
	} else {
		w.line(text)
	}
}

// line writes text without quotes where it can, and otherwise as kyaml's encoder
// does.
func (w *yamlWriter) line(text string) {
	if isPlain(text) {
		w.yaml = append(w.yaml, text...)
		return
	}
	quoted, err := quote(text)
	w.yaml = append(w.yaml, quoted...)
	if err != nil {
		w.err = err
	}
}

// literal writes lines as they are, after a mark that says how many ends the last
// one has.
func (w *yamlWriter) literal(text string, indent int) {
	w.yaml = append(w.yaml, '|')
	switch {
	case !strings.HasSuffix(text, "\n"):
		w.yaml = append(w.yaml, '-')
	case strings.HasSuffix(text, "\n\n"):
		w.yaml = append(w.yaml, '+')
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		w.yaml = append(w.yaml, '\n')
		if line != "" {
			w.spaces(indent)
		}
		w.yaml = append(w.yaml, line...)
	}
	w.yaml = append(w.yaml, '\n')
}

// quote writes text on one line, with quotes. A parser of YAML 1.1 such as
// kubectl's takes some for something else without them, yes for true and 1_000 for
// a number; and of lines of which the first begins with white space it would not
// know how far all are indented.
func quote(text string) (string, error) {
	if text == "true" || text == "false" || strings.Trim(text, "0123456789") == "" {
		return `"` + text + `"`, nil // most of what needs quotes
	}
	text = strings.ToValidUTF8(text, string(utf8.RuneError)) // as package json does
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text}
	if strings.Contains(text, "\n") || isAmbiguous(text) {
		node.Style = yaml.DoubleQuotedStyle
	}
	quoted, err := yaml.NewRNode(node).String()
	return strings.TrimSuffix(quoted, "\n"), err
}

// isPlain tells of most text that needs no quotes that it does not.
func isPlain(text string) bool {
	if text == "" || !startsPlain(text) || strings.HasSuffix(text, " ") || strings.HasSuffix(text, ":") {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~':
			return false
		case c == ' ' && text[i+1] == '#', c == ':' && text[i+1] == ' ':
			return false
		}
	}
	return true
}

// startsPlain looks for what makes another type than a string of text, or a mark
// of YAML: what begins with a letter may be one of a few words; and what begins
// with a digit a number or a time, unless some letter is in neither.
func startsPlain(text string) bool {
	switch c := text[0]; {
	case isLetter(c):
		return !isAmbiguous(text)
	case '0' <= c && c <= '9':
		return strings.Trim(text, "0123456789abcdefABCDEFoOxXtTzZ_.:+-, ") != ""
	case c == '-':
		return len(text) > 1 && (isLetter(text[1]) || text[1] == '-') && !strings.HasPrefix(text, "---")
	default:
		return c == '/' || c == '$'
	}
}

// isAmbiguous asks kyaml, which parses the text, only when it has to: of what starts
// with a letter only a few words are special, and no path is.
func isAmbiguous(text string) bool {
	switch {
	case text == "", text[0] == '/':
		return false
	case text == "<<": // as a key
		return true
	case isLetter(text[0]):
		return len(text) <= len("false") && slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(text))
	}
	return yaml.IsYaml1_1NonString(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isLiteral tells of lines that they can be written as they are. White space at
// their beginning would be taken for indentation, and at the end of one for a
// mistake.
func isLiteral(text string) bool {
	return strings.Contains(text, "\n") && !strings.ContainsAny(text[:1], " \t\n") &&
		!strings.HasSuffix(text, " ") && !strings.Contains(text, " \n") && isPrintable(text)
}

// isPrintable tells whether text has only what YAML prints as it is, with line
// feeds and tabs. Other line ends than these are left out too.
func isPrintable(text string) bool {
	for _, r := range text {
		switch {
		case ' ' <= r && r <= '~', r == '\n', r == '\t':
		case r == utf8.RuneError, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, 0xFFFD < r && r < 0x10000:
			return false
		}
	}
	return true
}

package fn

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// scan reads a ResourceList line by line. Of most items of a package the function
// needs to know no more than their names: to pass as they came they need not
// become nodes, nor be written anew.
//
// It knows what kyaml writes, and so kpt and kustomize, and mostly people too:
// mappings, sequences, text on one line, block scalars. Of anything else, and of
// what may be a mistake, it is not sure, and returns false.
//
// A text over a size in bytes is read in parts of about that size, at the same time.
func scan(text string, partSize int) (*resourceList, bool) {
	s := &scanner{text: text, partSize: partSize, open: true, list: &resourceList{itemsKey: "items"}}
	// Without an end of the last line, a block scalar may have none either.
	if !strings.HasSuffix(text, "\n") {
		return nil, false
	}
	if !s.read() {
		return nil, false
	}
	*s.section() += text[s.gap:]
	return s.list, s.kind == kio.ResourceListKind && strings.HasPrefix(s.apiVersion, listGroup)
}

// scanner is in the midst of a text, at the beginning of a line.
type scanner struct {
	text     string
	partSize int
	at       int
	// gap is where the comments and blank lines before that line begin, which
	// belong to what begins on it, and start where the line before it does.
	gap, start int
	// blocks are those that the line may be in, the outermost first.
	blocks []block
	// open tells that the last entry of the innermost has no value yet.
	open bool

	list             *resourceList
	apiVersion, kind string
	fields           []string // of the list, up to the one that the line is in
	begun            int      // where that field begins, or the item
	item             *item
	members          []string         // of the item and its metadata, those that identify it
	parts            []<-chan []*item // which others read, and end before that item
	unprintable      bool             // of some line
}

// block is a mapping, with its last key so far, or a sequence.
type block struct {
	column     int
	isSequence bool
	key        string
}

// read reads to the end.
func (s *scanner) read() bool {
	for s.at < len(s.text) {
		if s.item == nil {
			s.handOver()
		}
		if !s.line() {
			return false
		}
	}
	return !s.unprintable && s.endField() && s.takeParts()
}

// line reads a line, and the block scalar that may begin there.
func (s *scanner) line() bool {
	content, column := s.takeLine()
	if isEnd(content) {
		if content != "" && s.isWithin(column) {
			s.gap = s.at
		}
		return true
	}
	ok := s.entries(content, column)
	s.gap = s.at
	return ok
}

// isWithin tells whether a comment is deeper than what the next item, or field, begins
// with, and so of the one before, as a member is that is commented out.
func (s *scanner) isWithin(column int) bool {
	if s.item != nil {
		return column > s.list.indent
	}
	return column > 0 && len(s.fields) > 0 && s.fields[len(s.fields)-1] != "items"
}

// takeLine returns what is on a line, and the column where it begins.
func (s *scanner) takeLine() (content string, column int) {
	s.start = s.at
	s.at += strings.IndexByte(s.text[s.at:], '\n') + 1
	line := s.text[s.start : s.at-1]
	content = strings.TrimLeft(line, " ")
	s.unprintable = s.unprintable || !isPrintable(content)
	return content, len(line) - len(content)
}

// entries reads what begins on a line: any number of elements, each within the
// one before, and a member or a scalar.
func (s *scanner) entries(content string, column int) bool {
	isElement := false
	for content == "-" || strings.HasPrefix(content, "- ") {
		if !s.enter(block{column: column, isSequence: true}) {
			return false
		}
		isElement = true
		rest := strings.TrimLeft(content[1:], " ")
		column += len(content) - len(rest)
		if content = rest; isEnd(content) {
			return true
		}
	}
	if key, value, ok := cutKey(content); ok {
		return s.enter(block{column: column, key: key}) && s.member(key, strings.TrimLeft(value, " "))
	}
	s.open = false
	return isElement && s.scalar(content)
}

// enter leaves the blocks that an entry is not in, and enters the one that it is
// the first of.
func (s *scanner) enter(b block) bool {
	for len(s.blocks) > 0 && s.top().isOverAt(b) {
		s.blocks = s.blocks[:len(s.blocks)-1]
		s.open = false
	}
	switch {
	case len(s.blocks) > 0 && s.top().column == b.column && s.top().isSequence == b.isSequence:
		s.top().key = b.key
	case s.open && s.mayHold(b):
		s.blocks = append(s.blocks, b)
	default:
		return false
	}
	s.open = true
	return s.begin(b)
}

func (s *scanner) top() *block { return &s.blocks[len(s.blocks)-1] }

// isOverAt tells whether an entry of another block ends this one. A sequence need
// not be deeper than the mapping that it is in.
func (b *block) isOverAt(other block) bool {
	return b.column > other.column || b.column == other.column && b.isSequence && !other.isSequence
}

// mayHold tells whether a block may be the value of the last entry.
func (s *scanner) mayHold(b block) bool {
	const maxDepth = 1000 // a tenth of kyaml's
	if len(s.blocks) == 0 {
		return b.column == 0 && !b.isSequence
	}
	return (b.column > s.top().column || b.isSequence && !s.top().isSequence) && len(s.blocks) < maxDepth
}

// begin notes where the fields of the list begin, and its items.
func (s *scanner) begin(b block) bool {
	switch {
	case len(s.blocks) == 1:
		return s.beginField(b.key)
	case len(s.blocks) == 2 && s.blocks[0].key == "items":
		return b.isSequence && s.beginItem(b.column)
	case s.isIn(), s.isIn("metadata"), s.isIn("metadata", "annotations"):
		return !b.isSequence
	default:
		return true
	}
}

// isIn tells whether the entry is in a block at a path of an item.
func (s *scanner) isIn(path ...string) bool {
	if len(s.blocks) != 3+len(path) || s.blocks[0].key != "items" {
		return false
	}
	for i, name := range path {
		if s.blocks[2+i].key != name {
			return false
		}
	}
	return true
}

func (s *scanner) beginField(key string) bool {
	if slices.Contains(s.fields, key) || len(s.fields) > 0 && !s.endField() {
		return false
	}
	s.begun = s.gap
	if key == "items" { // what comes before, since its own line is written anew
		s.list.before += s.text[s.gap:s.start]
	}
	s.fields = append(s.fields, key)
	return true
}

// endField takes the text of a field, except of those that are written anew.
func (s *scanner) endField() bool {
	if len(s.fields) == 0 {
		return false
	}
	text := s.text[s.begun:s.gap]
	switch s.fields[len(s.fields)-1] {
	case "items":
		return s.endItem()
	case "results":
		return true
	case "functionConfig":
		if err := s.list.readConfig(text); err != nil {
			return false
		}
	}
	*s.section() += text
	return true
}

// section is the text that a field goes to.
func (s *scanner) section() *string {
	if slices.Contains(s.fields, "items") {
		return &s.list.after
	}
	return &s.list.before
}

func (s *scanner) beginItem(column int) bool {
	if !s.endItem() {
		return false
	}
	s.list.indent = column
	s.begun, s.item, s.members = s.gap, &item{annotations: map[string]string{}}, s.members[:0]
	return true
}

// endItem takes the text of an item, which must have said what it is.
func (s *scanner) endItem() bool {
	if s.item == nil {
		return true
	}
	s.item.text = s.text[s.begun:s.gap]
	s.item.identify()
	s.list.items = append(s.list.items, s.item)
	s.item = nil
	return slices.Contains(s.members, "kind")
}

// member reads the value of a key, as far as it is on its line or is a block
// scalar.
func (s *scanner) member(key, value string) bool {
	s.open = isEnd(value)
	switch {
	case len(s.blocks) == 1:
		return s.field(key, value)
	case s.isIn():
		return s.itemMember(key, value)
	case s.isIn("metadata"):
		return s.metadataMember(key, value)
	case s.isIn("metadata", "annotations"):
		_, isRepeated := s.item.annotations[key]
		text, ok := scalarText(value)
		s.item.annotations[key] = text
		return ok && !isRepeated
	default:
		return s.open || s.scalar(value)
	}
}

func (s *scanner) field(key, value string) bool {
	switch key {
	case "apiVersion":
		return setText(value, &s.apiVersion)
	case "kind":
		return setText(value, &s.kind)
	case "items":
		return s.open || value == "[]"
	default:
		return s.open || s.scalar(value)
	}
}

func (s *scanner) itemMember(key, value string) bool {
	switch key {
	case "apiVersion":
		return s.isNew(key) && setText(value, &s.item.apiVersion)
	case "kind":
		return s.isNew(key) && setText(value, &s.item.id.kind)
	case "metadata":
		return s.isNew(key) && (s.open || value == "{}")
	default:
		return s.open || s.scalar(value)
	}
}

func (s *scanner) metadataMember(key, value string) bool {
	switch key {
	case "name":
		return s.isNew(key) && setText(value, &s.item.id.name)
	case "namespace":
		return s.isNew(key) && setText(value, &s.item.id.namespace)
	case "annotations":
		return s.isNew(key) && (s.open || value == "{}")
	default:
		return s.open || s.scalar(value)
	}
}

func (s *scanner) isNew(member string) bool {
	if slices.Contains(s.members, member) {
		return false
	}
	s.members = append(s.members, member)
	return true
}

// setText takes text which is nothing when it is null.
func setText(value string, into *string) bool {
	text, ok := scalarText(value)
	if isNull := value == text && slices.Contains([]string{"null", "Null", "NULL", "~"}, text); !isNull {
		*into = text
	}
	return ok
}

// scalarText returns what a value on one line stands for, where that needs no
// more than to take quotes away.
func scalarText(value string) (string, bool) {
	switch {
	case isEnd(value):
		return "", true
	case value[0] == '"' || value[0] == '\'':
		text, rest, ok := cutQuoted(value)
		return text, ok && endsLine(rest) && !strings.ContainsAny(text, `\'`)
	default:
		return plainText(value)
	}
}

// scalar tells whether a value is one, or a flow collection on one line. Of a block
// scalar it reads the lines.
func (s *scanner) scalar(value string) bool {
	switch value[0] {
	case '"', '\'':
		_, rest, ok := cutQuoted(value)
		return ok && endsLine(rest)
	case '[', '{':
		return isFlow(value)
	case '|', '>':
		return s.blockScalar(value)
	default:
		_, ok := plainText(value)
		return ok
	}
}

// isEnd tells whether there is nothing more on a line, where white space was
// before.
func isEnd(content string) bool { return content == "" || content[0] == '#' }

// endsLine is isEnd behind a quote.
func endsLine(rest string) bool {
	content := strings.TrimLeft(rest, " ")
	return content == "" || len(content) < len(rest) && content[0] == '#'
}

// cutKey cuts a line after the colon of a key, which may be in quotes.
func cutKey(content string) (key, value string, ok bool) {
	if content[0] == '"' || content[0] == '\'' {
		key, value, ok = cutQuoted(content)
		ok = ok && !strings.ContainsAny(key, `\'`)
	} else {
		end := 0
		for end < len(content) && isKeyCharacter(content[end]) {
			end++
		}
		key, value, ok = content[:end], content[end:], end > 0 && content[0] != '-'
	}
	const maxKey = 1000 // YAML's limit is 1024
	value, isKey := strings.CutPrefix(value, ":")
	return key, value, ok && isKey && len(key) <= maxKey && (value == "" || value[0] == ' ')
}

func isKeyCharacter(c byte) bool {
	return isLetter(c) || '-' <= c && c <= '9' || c == '_' || c == '$' // with the period and the slash
}

// cutQuoted cuts behind the closing quote. The text still has its escapes.
func cutQuoted(value string) (text, rest string, ok bool) {
	quote := value[0]
	for i := 1; i < len(value); i++ {
		switch {
		case value[i] == quote && quote == '\'' && strings.HasPrefix(value[i+1:], "'"):
			i++
		case value[i] == quote:
			return value[1:i], value[i+1:], true
		case value[i] == '\\' && quote == '"':
			i++
			if i == len(value) || !strings.ContainsRune(`"\/0abefnrtv`, rune(value[i])) {
				return "", "", false
			}
		}
	}
	return "", "", false
}

// plainText returns a scalar without quotes and without the comment behind it.
func plainText(value string) (string, bool) {
	if strings.IndexByte(",[]{}#&*!|>'\"%@`", value[0]) >= 0 {
		return "", false
	}
	if strings.IndexByte("-?:", value[0]) >= 0 && (len(value) == 1 || value[1] == ' ') {
		return "", false
	}
	end := len(value)
	for i := 0; i < end; i++ {
		switch value[i] {
		case '\t':
			return "", false
		case ':':
			if i+1 == end || value[i+1] == ' ' {
				return "", false
			}
		case '#':
			if value[i-1] == ' ' {
				end = i
			}
		}
	}
	return strings.TrimRight(value[:end], " "), true
}

// isFlow tells whether a value is [] or {} with what may be in there.
func isFlow(value string) bool {
	if endsLine(value[1:]) {
		return false
	}
	if (value[1] == ']' || value[1] == '}') && value[1] == value[0]+2 && endsLine(value[2:]) {
		return true
	}
	root, err := parseDocument(value)
	return err == nil && root.YNode().Style&yaml.FlowStyle != 0 && !hasAnchor(root.YNode())
}

func hasAnchor(node *yaml.Node) bool {
	return node.Anchor != "" || slices.ContainsFunc(node.Content, hasAnchor)
}

// blockScalar reads the lines after a | or >. They are deeper than the entry that
// they are the value of, by as much as the header or else the first one says.
func (s *scanner) blockScalar(header string) bool {
	parent := s.top().column
	indent, ok := indentOf(header)
	if indent > 0 {
		indent += parent
	} else if ok {
		indent, ok = s.indentBelow(parent)
	}
	return ok && s.skipTo(indent)
}

// indentBelow finds the column of the text that begins on the next lines. Of blank
// ones before it, none may be longer.
func (s *scanner) indentBelow(parent int) (column int, ok bool) {
	blank := 0
	for line := range strings.Lines(s.text[s.at:]) {
		content := strings.TrimLeft(line, " ")
		column := len(line) - len(content)
		if content != "\n" {
			return max(column, parent+1), blank <= column && content[0] != '\t'
		}
		blank = max(blank, column)
	}
	return parent + 1, blank == 0
}

// skipTo reads lines up to one that begins before a column.
func (s *scanner) skipTo(indent int) bool {
	for s.at < len(s.text) {
		at := s.at
		content, column := s.takeLine()
		if content != "" && column < indent {
			s.at = at
			return content[0] != '\t'
		}
	}
	return true
}

// indentOf reads a header such as |, >- or |2+.
func indentOf(header string) (indent int, ok bool) {
	header, _, _ = strings.Cut(header[1:], " #")
	header = strings.TrimRight(header, " ")
	chomping := strings.Trim(header, "123456789")
	digits := strings.Trim(header, "+-")
	if len(chomping) > 1 || len(digits) > 1 || len(chomping)+len(digits) != len(header) {
		return 0, false
	}
	if digits != "" {
		indent = int(digits[0] - '0')
	}
	return indent, true
}

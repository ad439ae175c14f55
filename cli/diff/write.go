package diff

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// The colours of a terminal.
const (
	green  = "\x1b[32m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

// context is the number of lines around those of a text that differ.
const context = 2

// Write prints changes for people, and at the end how many there are; nothing
// where there are none.
func Write(w io.Writer, changes []Change, colour bool) error {
	if len(changes) == 0 {
		return nil
	}
	p := printer{colour: colour}
	count := map[Action]int{}
	for _, change := range changes {
		count[change.Action]++
		p.change(change)
		p.line("", "")
	}
	p.line(bold, fmt.Sprintf("%d added, %d changed, %d removed", count[Added], count[Changed], count[Removed]))
	_, err := io.WriteString(w, p.text.String())
	return err
}

type printer struct {
	text   strings.Builder
	colour bool
}

// line prints one line, in which nothing that comes from an object can move the
// cursor of a terminal.
func (p *printer) line(style, text string) {
	text = printable(text)
	if p.colour && style != "" {
		text = style + text + plain
	}
	p.text.WriteString(text + "\n")
}

func (p *printer) change(c Change) {
	title := fmt.Sprintf("%c %s", c.Action, c.Object)
	if c.Replaces != "" {
		title += ", in place of " + c.Replaces
	}
	p.line(styleOf(c.Action)+bold, title)
	for _, field := range c.Fields {
		p.field(field)
	}
	for _, note := range c.Notes {
		p.line(bold, "  ! "+note)
	}
}

func (p *printer) field(f Field) {
	head := fmt.Sprintf("  %c %s: ", f.Action, f.Path())
	switch was, now, isText := texts(f); {
	case f.Hidden:
		p.line(styleOf(f.Action), head+"(not shown)")
	case isText:
		p.line(styleOf(f.Action), strings.TrimSuffix(head, " "))
		p.lines(was, now)
	case f.Action == Added:
		p.line(green, head+encode(f.Now))
	case f.Action == Removed:
		p.line(red, head+encode(f.Was))
	default:
		p.line(yellow, head+encode(f.Was)+" -> "+encode(f.Now))
	}
}

// texts returns the lines of a value that has several, before and after.
func texts(f Field) (was, now []string, ok bool) {
	before, isText := f.Was.(string)
	after, isTextNow := f.Now.(string)
	if f.Was != nil && !isText || f.Now != nil && !isTextNow || !strings.Contains(before+after, "\n") {
		return nil, nil, false
	}
	return splitLines(before), splitLines(after), true
}

// splitLines keeps the line ends: a last line without one is another.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// lines prints what differs, with a few lines around it.
func (p *printer) lines(was, now []string) {
	all := hunks(was, now)
	shown := 0 // lines of was that are printed or passed over
	for i, h := range all {
		if from := h.wasAt - context; from > shown {
			p.line("", "      …")
			shown = from
		}
		p.textLines(' ', was[shown:h.wasAt])
		p.textLines(Removed, h.was)
		p.textLines(Added, h.now)
		next := len(was)
		if i+1 < len(all) {
			next = all[i+1].wasAt
		}
		end := h.wasAt + len(h.was)
		shown = min(end+context, next)
		p.textLines(' ', was[end:shown])
	}
	if shown < len(was) {
		p.line("", "      …")
	}
}

func (p *printer) textLines(action Action, lines []string) {
	for _, line := range lines {
		text, whole := strings.CutSuffix(line, "\n")
		switch {
		case !whole:
			text += " (without a line end)"
		case text == "":
			p.line(styleOf(action), strings.TrimRight("    "+string(action), " "))
			continue
		}
		p.line(styleOf(action), fmt.Sprintf("    %c %s", action, text))
	}
}

func styleOf(action Action) string {
	switch action {
	case Added:
		return green
	case Removed:
		return red
	case Changed:
		return yellow
	default:
		return ""
	}
}

// printable spells out what a terminal would act upon or not show.
func printable(text string) string {
	var all strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) || r == '\t' {
			all.WriteRune(r)
		} else {
			all.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return all.String()
}

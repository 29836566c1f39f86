package format

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Style is a chat format of JSON Lines.
type Style string

// The styles.
const (
	Messages Style = "messages" // {"messages":[{"role","content"}]}: TRL, OpenAI
	ShareGPT Style = "sharegpt" // {"conversations":[{"from","value"}],"system"}
	Alpaca   Style = "alpaca"   // {"instruction","input","output","system","retrieved_context"}
)

// Writer writes examples as lines of JSON.
type Writer struct {
	Style  Style
	System string // message of every example; {role} stands for the counterpart
	Token  string // that joins turns of the same side
}

// Append adds the line of an example to a buffer.
func (w *Writer) Append(line []byte, r *Row) []byte {
	said := w.sides(r)
	switch w.Style {
	case ShareGPT:
		line = w.shareGPT(line, r, said)
	case Alpaca:
		line = w.alpaca(line, r, said)
	case Messages:
		line = w.messages(line, r, said)
	default:
		panic(fmt.Sprintf("format: no style %q", w.Style)) // the recipe is checked
	}
	return append(line, '\n')
}

// side is what was said without the other side in between: chat templates want
// the two to take turns.
type side struct{ role, text string }

func (w *Writer) sides(r *Row) []side {
	said := make([]side, 0, len(r.Turns))
	several := many(r.Turns)
	for i := range r.Turns {
		t := &r.Turns[i]
		text := t.Text
		if several && t.Role == User {
			text = t.Speaker + ": " + text
		}
		if n := len(said); n > 0 && said[n-1].role == t.Role {
			said[n-1].text += w.Token + text
			continue
		}
		said = append(said, side{t.Role, text})
	}
	return said
}

// many reports whether the target talks with more than one person; their turns
// then begin with their pseudonyms.
func many(turns []Turn) bool {
	first := ""
	for i := range turns {
		switch t := &turns[i]; {
		case t.Role != User:
		case first == "":
			first = t.Speaker
		case t.Speaker != first:
			return true
		}
	}
	return false
}

func (w *Writer) system(r *Row) string {
	return strings.ReplaceAll(w.System, "{role}", r.Role)
}

func (w *Writer) messages(line []byte, r *Row, said []side) []byte {
	line = append(line, `{"messages":[`...)
	if w.System != "" {
		line = append(line, `{"role":"system","content":`...)
		line = append(quoted(line, w.system(r)), `},`...)
	}
	for i, s := range said {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, `{"role":"`...)
		line = append(line, s.role...)
		line = append(line, `","content":`...)
		line = append(quoted(line, s.text), '}')
	}
	return append(line, `]}`...)
}

func (w *Writer) shareGPT(line []byte, r *Row, said []side) []byte {
	line = append(line, `{"conversations":[`...)
	for i, s := range said {
		if i > 0 {
			line = append(line, ',')
		}
		from := `{"from":"human","value":`
		if s.role == Assistant {
			from = `{"from":"gpt","value":`
		}
		line = append(quoted(append(line, from...), s.text), '}')
	}
	line = append(line, ']')
	if w.System != "" {
		line = quoted(append(line, `,"system":`...), w.system(r))
	}
	return append(line, '}')
}

// alpaca has the turn that is answered as its instruction, what was said before
// as its input, and the reply as its output.
func (w *Writer) alpaca(line []byte, r *Row, said []side) []byte {
	output := said[len(said)-1].text
	instruction, before := "", said[:len(said)-1]
	if n := len(before); n > 0 {
		instruction, before = before[n-1].text, before[:n-1]
	}
	line = quoted(append(line, `{"instruction":`...), instruction)
	line = quoted(append(line, `,"input":`...), transcript(before))
	line = quoted(append(line, `,"output":`...), output)
	if w.System != "" {
		line = quoted(append(line, `,"system":`...), w.system(r))
	}
	line = append(line, `,"retrieved_context":[`...)
	for i, e := range r.Retrieved {
		if i > 0 {
			line = append(line, ',')
		}
		line = quoted(append(line, `{"instruction":`...), e.Turn)
		line = append(quoted(append(line, `,"output":`...), e.Reply), '}')
	}
	return append(line, `]}`...)
}

func transcript(said []side) string {
	var b strings.Builder
	for i, s := range said {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s.role + ": " + s.text)
	}
	return b.String()
}

// quoted adds a text as JSON. Only what JSON demands is escaped, so that
// Russian can be read, and the separators of lines that some readers stop at.
func quoted(line []byte, s string) []byte {
	line = slices.Grow(line, len(s)+2)
	line = append(line, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
				line = append(append(line, s[from:i]...), escape(r)...)
				from = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		line = escapedByte(append(line, s[from:i]...), c)
		i++
		from = i
	}
	return append(append(line, s[from:]...), '"')
}

func escapedByte(line []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(line, '\\', c)
	case '\n':
		return append(line, '\\', 'n')
	case '\t':
		return append(line, '\\', 't')
	case '\r':
		return append(line, '\\', 'r')
	}
	return append(line, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

func escape(r rune) string {
	switch r {
	case '\u2028':
		return `\u2028`
	case '\u2029':
		return `\u2029`
	}
	return `\ufffd`
}

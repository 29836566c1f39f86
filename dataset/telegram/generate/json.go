package generate

import (
	"io"
	"strconv"
)

// encoder writes JSON in the layout of Telegram Desktop: a space a level, no
// end of line at the end.
type encoder struct {
	to    io.Writer
	b     []byte
	depth int
	empty bool // nothing stands in what was opened last
	err   error
}

const flushAt = 64 << 10

func (e *encoder) open(bracket byte) {
	e.b = append(e.b, bracket)
	e.depth++
	e.empty = true
}

func (e *encoder) close(bracket byte) {
	e.depth--
	e.line()
	e.b = append(e.b, bracket)
	e.empty = false
	if len(e.b) > flushAt {
		e.flush()
	}
}

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.to.Write(e.b)
	}
	e.b = e.b[:0]
}

func (e *encoder) line() {
	e.b = append(e.b, '\n')
	for range e.depth {
		e.b = append(e.b, ' ')
	}
}

// item begins an element of an array.
func (e *encoder) item() {
	if !e.empty {
		e.b = append(e.b, ',')
	}
	e.empty = false
	e.line()
}

func (e *encoder) key(name string) {
	e.item()
	e.b = append(append(append(e.b, '"'), name...), `": `...)
}

func (e *encoder) str(name, value string) {
	e.key(name)
	e.quote(value)
}

// strs writes fields and their values in turn; empty ones are left out.
func (e *encoder) strs(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			e.str(pairs[i], pairs[i+1])
		}
	}
}

func (e *encoder) num(name string, n int64) {
	e.key(name)
	e.b = strconv.AppendInt(e.b, n, 10)
}

// raw writes a value as it is given, valid or not.
func (e *encoder) raw(name, value string) {
	e.key(name)
	e.b = append(e.b, value...)
}

// quote escapes as Telegram Desktop does: control characters as \x0B.
func (e *encoder) quote(s string) {
	const digits = "0123456789ABCDEF"
	e.b = append(e.b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			e.b = append(e.b, `\n`...)
		case c == '\r':
			e.b = append(e.b, `\r`...)
		case c == '\t':
			e.b = append(e.b, `\t`...)
		case c == '"' || c == '\\':
			e.b = append(e.b, '\\', c)
		case c < ' ':
			e.b = append(e.b, '\\', 'x', digits[c>>4], digits[c&15])
		default:
			e.b = append(e.b, c)
		}
	}
	e.b = append(e.b, '"')
}

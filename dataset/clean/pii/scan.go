package pii

import (
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
)

// class of a byte: what may begin with it.
type class uint8

const (
	plain class = iota
	letter
	digit
	at
	bracket
	begin // of a number: + or (
	wide  // signs and emoji of three or four bytes
)

func classes() (out [256]class) {
	for c := range out {
		switch {
		case '0' <= c && c <= '9':
			out[c] = digit
		case c == 0xe2 || c >= 0xf0:
			out[c] = wide
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0xc3:
			out[c] = letter
		}
	}
	out['@'], out['['], out['+'], out['('] = at, bracket, begin, begin
	return out
}

// match is a part of a text that is to be replaced. The key is the same for the
// same value.
type match struct {
	from, to int
	kind     Type
	key      []byte
}

// never is a place too far away to be near anything.
const never = -1 << 30

// scan goes through a text once.
type scan struct {
	r      *Redactor
	s      string
	spans  []chat.Span
	pos    int
	done   int        // end of the last match: nothing before it is looked at
	near   [kinds]int // where the last word of a kind ended
	found  match
	people []int32
	number number
}

func (c *scan) reset(r *Redactor, text string, spans []chat.Span) {
	c.r, c.s, c.spans, c.pos, c.done = r, text, spans, 0, 0
	for i := range c.near {
		c.near[i] = never
	}
}

// next finds the next match, from left to right.
func (c *scan) next() bool {
	for c.pos < len(c.s) {
		if len(c.spans) > 0 && c.span() {
			return true
		}
		switch c.r.class[c.s[c.pos]] {
		case plain:
			c.pos++
		case letter:
			if c.word() {
				return true
			}
		case digit, begin:
			if c.digits() {
				return true
			}
		case at:
			if c.mail() || c.username() {
				return true
			}
			c.pos++
		case wide:
			_, size := utf8.DecodeRuneInString(c.s[c.pos:])
			c.pos += size
		case bracket:
			c.pos = c.placeholder()
		}
	}
	return false
}

// match ends the search with a match; its key is already there.
func (c *scan) match(t Type, from, to int) bool {
	c.found.kind, c.found.from, c.found.to = t, from, to
	c.pos, c.done = to, to
	return true
}

// keyFold sets the key to the letters and digits of a text, folded.
func (c *scan) keyFold(s string) {
	c.found.key = c.found.key[:0]
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			r = unicode.ToLower(r)
			if r == 'ё' {
				r = 'е'
			}
			c.found.key = utf8.AppendRune(c.found.key, r)
		}
	}
}

// keyText sets the key to a text, ASCII letters small.
func (c *scan) keyText(s string) {
	c.found.key = c.found.key[:0]
	for i := range len(s) {
		b := s[i]
		if 'A' <= b && b <= 'Z' {
			b |= 0x20
		}
		c.found.key = append(c.found.key, b)
	}
}

// word goes over the word at pos.
func (c *scan) word() bool {
	from := c.pos
	end, h := scanWord(c.s, from)
	if end == from {
		_, size := utf8.DecodeRuneInString(c.s[from:])
		c.pos += size
		return false
	}
	c.pos = end
	if end < len(c.s) && c.s[end] == ':' && c.link(from, end) {
		return true
	}
	if c.pos > end || !c.r.dict.has(h) {
		return false
	}
	w, ok := c.r.dict.get(h)
	if !ok {
		return false
	}
	switch w.kind {
	case name:
		return c.name(from, end, w)
	case street, streetAbbr:
		return c.street(from, end, w)
	case house, flat, floor:
		return c.parts(from, end)
	case host:
		return c.bareLink(from, end)
	default:
		if w.kind < kinds {
			c.near[w.kind] = end
		}
	}
	return false
}

// isNear reports whether a word of the kind stands shortly before a place, and
// nearer than one that says that the number is nobody's.
func (c *scan) isNear(k kind, at int) bool {
	const most = 64
	return at-c.near[k] <= most && c.near[k] >= c.near[nearOrder]
}

// isOrder reports whether the number at a place is an order's or a parcel's.
func (c *scan) isOrder(at int) bool {
	const most = 24
	return at-c.near[nearOrder] <= most
}

// placeholder returns the place behind the placeholder at pos, or behind the
// bracket where there is none.
func (c *scan) placeholder() int {
	i := c.pos + 1
	for i < len(c.s) && 'A' <= c.s[i] && c.s[i] <= 'Z' {
		i++
	}
	if i == len(c.s) || c.s[i] != '_' || !c.r.types[c.s[c.pos+1:i]] {
		return c.pos + 1
	}
	from := i + 1
	for i = from; i < len(c.s) && isDigit(c.s[i]); i++ {
	}
	if i == from || i == len(c.s) || c.s[i] != ']' {
		return c.pos + 1
	}
	c.done = i + 1
	return i + 1
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// before is the rune before a place, 0 at the beginning and behind a match.
func (c *scan) before(i int) rune {
	if i <= c.done {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(c.s[c.done:i])
	return r
}

// after is the rune at a place, 0 at the end.
func (c *scan) after(i int) rune {
	if i >= len(c.s) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(c.s[i:])
	return r
}

// wordly reports whether r would be part of the same word or number.
func wordly(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

package pii

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostDigits = 24
	mostGroups = 8
)

// sep says what stands before a group of digits.
type sep uint8

const (
	space sep = 1 << iota
	dash
	dot
	paren
)

type group struct {
	end  int // in the text
	n    int // digits up to and with this group
	seps sep
}

// number is a row of groups of digits as it stands in a text, and how far of it
// is looked at.
type number struct {
	from   int // with + or (
	plus   bool
	d      [mostDigits]byte
	groups [mostGroups]group
	len    int // groups
}

// parse reads the groups from the first digit at i on. It returns the end of the
// first group.
func (n *number) parse(s string, i int) int {
	n.len = 0
	digits, seps := 0, sep(0)
	for n.len < mostGroups {
		from := i
		for ; i < len(s) && isDigit(s[i]); i++ {
			if digits < mostDigits {
				n.d[digits] = s[i]
			}
			digits++
		}
		if i == from || digits > mostDigits {
			break
		}
		n.groups[n.len] = group{end: i, n: digits, seps: seps}
		n.len++
		i, seps = separator(s, i)
		if seps == 0 {
			break
		}
	}
	if n.len == 0 {
		return i
	}
	return n.groups[0].end
}

// separator returns where the digits go on after what may stand between groups,
// and what that was: nothing where they do not.
func separator(s string, i int) (int, sep) {
	var seen sep
	for range 3 {
		if i >= len(s) {
			return i, 0
		}
		size, one := 1, sep(0)
		switch c := s[i]; {
		case isDigit(c):
			return i, seen
		case c == ' ':
			one = space
		case c == '-':
			one = dash
		case c == '.':
			one = dot
		case c == '(', c == ')':
			one = paren
		case c >= utf8.RuneSelf:
			one, size = rareSeparator(s[i:])
		}
		if one == 0 || one&(dash|dot)&seen != 0 {
			return i, 0
		}
		seen |= one
		i += size
	}
	if i < len(s) && isDigit(s[i]) {
		return i, seen
	}
	return i, 0
}

func rareSeparator(s string) (sep, int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == '\u00a0' || r == '\u2009' || r == '\u202f':
		return space, size
	case r >= '\u2010' && r <= '\u2014' || r == '\u2212':
		return dash, size
	}
	return 0, size
}

// digits looks at the number that begins at pos, and goes over its first group
// where it is nothing.
func (c *scan) digits() bool {
	n, i := &c.number, c.pos
	n.from, n.plus = i, c.s[i] == '+'
	if !isDigit(c.s[i]) {
		i++
	}
	if n.plus && i < len(c.s) && (c.s[i] == ' ' || c.s[i] == '(') {
		i++
	}
	if i == len(c.s) || !isDigit(c.s[i]) {
		c.pos++
		return false
	}
	next := n.parse(c.s, i)
	if c.series() {
		return true
	}
	if n.len > 0 && n.groups[n.len-1].n >= 6 && c.leftEdge(n.from) {
		for last := n.len - 1; last >= 0; last-- {
			if c.rightEdge(last) && c.identify(last) {
				return true
			}
		}
	}
	c.pos = next
	return false
}

// leftEdge reports whether a number may begin at i, that is whether it is not the
// rest of a longer one, of a decimal, of a link or of an identifier.
func (c *scan) leftEdge(i int) bool {
	switch r := c.before(i); r {
	case 0, ' ', '\n':
		return true
	case '#', '$', '&', '?', '€':
		return false
	case '.', ',', ':':
		return !unicode.IsDigit(c.before(i - 1))
	case '-', '/':
		b := c.before(i - 1)
		return !unicode.IsDigit(b) && !latin(b)
	default:
		return !wordly(r) || slices.Contains(c.near[:], i) // ИНН7707083893
	}
}

func latin(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) }

// rightEdge reports whether a number may end with a group.
func (c *scan) rightEdge(last int) bool {
	n := &c.number
	if last+1 < n.len {
		return n.groups[last+1].seps == space
	}
	i := n.groups[last].end
	switch r := c.after(i); {
	case r == 0:
		return true
	case r == '%' || r == '@' || wordly(r):
		return false
	case r == '.' || r == ',' || r == ':' || r == '-' || r == '/':
		// What follows a slash is another number, not a decimal's rest.
		return !unicode.IsDigit(c.after(i+1)) || r == '/' && n.groups[last].n > 9
	}
	return !c.counts(i)
}

// counts reports whether a unit stands at i, perhaps after spaces: the number
// before it says how much.
func (c *scan) counts(i int) bool {
	rest := strings.TrimLeft(c.s[i:min(len(c.s), i+8)], " \u00a0")
	switch r, _ := utf8.DecodeRuneInString(rest); r {
	case '₽', '$', '€', '£', '°':
		return true
	}
	i += len(c.s[i:min(len(c.s), i+8)]) - len(rest)
	end, h := scanWord(c.s, i)
	w, ok := c.r.dict.get(h)
	return ok && w.kind == unit && end > i
}

// identify matches the number that ends with a group, if it is somebody's.
func (c *scan) identify(last int) bool {
	n := &c.number
	end := n.groups[last].end
	t := Type("")
	switch count := n.groups[last].n; {
	case n.plus:
		t = is(n.international(last), Phone)
	case count == 20:
		t = is(c.isAccount(last), Account)
	case count >= 13 && count <= 19:
		t = c.longNumber(last)
	case count == 12:
		t = is(last == 0 && !c.isOrder(n.from) && validINN(n.d[:12]), INN)
	case count >= 7 && count <= 11:
		t = c.shortNumber(last)
	}
	if t == "" {
		return false
	}
	from := n.from
	c.found.key = append(c.found.key[:0], n.d[:n.groups[last].n]...)
	if t == Phone {
		c.found.key = canonicalPhone(c.found.key)
	}
	if c.s[from] == '(' && (t != Phone || !strings.Contains(c.s[from:end], ")")) {
		from++
	}
	return c.match(t, from, end)
}

func is(ok bool, t Type) Type {
	if ok {
		return t
	}
	return ""
}

func (c *scan) longNumber(last int) Type {
	n := &c.number
	d, solid := n.d[:n.groups[last].n], last == 0
	switch {
	case solid && c.isOrder(n.from):
	case n.cardShape(last) && validCard(d):
		return Card
	case solid && validOGRN(d):
		return OGRN
	}
	return ""
}

func (c *scan) shortNumber(last int) Type {
	n := &c.number
	d := n.d[:n.groups[last].n]
	switch {
	case len(d) == 11 && validSNILS(d) && (n.snilsShape(last) || c.isNear(nearSNILS, n.from)):
		return SNILS
	case len(d) >= 9 && c.isNear(nearPassport, n.from) && n.passportShape(last):
		return Passport
	case len(d) == 10 && last == 0 && c.isNear(nearINN, n.from) && validINN(d):
		return INN
	case c.isPhone(last):
		return Phone
	}
	return ""
}

package pii

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// name matches the name at [from, end) with the patronymic, surname or initials
// behind it.
func (c *scan) name(from, end int, w word) bool {
	if wordly(c.before(from)) || c.identifier(from, end) {
		return false
	}
	sure := !w.strict || w.upper && unicode.IsUpper(c.after(from)) || c.surely(from, end)
	c.people = append(c.people[:0], w.people...)
	for {
		next, ok := c.nextName(end, sure)
		if !ok {
			break
		}
		end, sure = next, true
	}
	if !sure {
		return false
	}
	if from > c.done && c.s[from-1] == '@' {
		from--
	}
	c.keyPeople()
	return c.match(Name, from, end)
}

// nextName returns the end of the next part of the same name. Where what is
// there is not surely a name, only another name of the same person will do.
func (c *scan) nextName(end int, sure bool) (int, bool) {
	if end+1 >= len(c.s) || c.s[end] != ' ' {
		return 0, false
	}
	from := end + 1
	to, h := scanWord(c.s, from)
	if to == from || wordly(c.after(to)) || c.identifier(from, to) || !unicode.IsUpper(c.after(from)) {
		return 0, false
	}
	if w, ok := c.r.dict.get(h); ok && w.kind == name && c.intersect(w.people) {
		return to, true
	}
	if !sure {
		return 0, false
	}
	if patronymic(c.s[from:to]) {
		return to, true
	}
	return c.initials(from)
}

// intersect leaves those people who bear this name too, if there are any.
func (c *scan) intersect(people []int32) bool {
	n := 0
	for _, a := range c.people {
		for _, b := range people {
			if a == b {
				c.people[n] = a
				n++
				break
			}
		}
	}
	if n == 0 {
		return false
	}
	c.people = c.people[:n]
	return true
}

// keyPeople sets the key to whoever may be meant.
func (c *scan) keyPeople() {
	c.found.key = appendPerson(c.found.key[:0], c.people[0])
	for _, p := range c.people[1:] {
		c.found.key = strconv.AppendInt(append(c.found.key, ','), int64(p), 10)
	}
}

// identifier reports whether a word is part of an address of mail, a domain or
// the name of something in a program.
func (c *scan) identifier(from, end int) bool {
	if r := c.after(end); r == '_' || r == '@' || unicode.IsDigit(r) {
		return true
	}
	if c.s[from] >= utf8.RuneSelf || end >= len(c.s) || strings.IndexByte(".-+%", c.s[end]) < 0 {
		return false
	}
	const longest = 64 // bytes before an @
	i := end
	for i < len(c.s) && i-end < longest && c.localByte(c.s[i]) {
		i++
	}
	return i < len(c.s) && c.s[i] == '@' || c.s[end] == '.' && latin(c.after(end+1)) && unicode.IsLower(c.after(end+1))
}

// localByte reports whether a byte may stand before the @ of an ASCII address.
func (c *scan) localByte(b byte) bool {
	k := c.r.class[b]
	return k == digit || k == letter || strings.IndexByte(".-+%_", b) >= 0
}

// surely reports whether a word that is not only a name is one here: with a
// capital letter that no sentence asks for, or addressed.
func (c *scan) surely(from, end int) bool {
	first, size := utf8.DecodeRuneInString(c.s[from:])
	if !unicode.IsUpper(first) || unicode.IsUpper(c.after(from+size)) {
		return false
	}
	if r := c.after(end); r == ',' || r == '!' {
		return true
	}
	i := from
	for i > c.done && c.s[i-1] == ' ' {
		i--
	}
	if i == c.done {
		return c.done > 0
	}
	r := c.before(i)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == ','
}

// patronymic reports whether a word is one, in any case.
func patronymic(s string) bool {
	for _, e := range []string{"вич", "вича", "вичу", "вичем", "виче", "вна", "вны", "вне", "вну", "вной", "ична", "ичны", "ичне", "ичну", "ичной"} {
		if head, ok := strings.CutSuffix(s, e); ok && utf8.RuneCountInString(head) >= 3 {
			return true
		}
	}
	return false
}

// initials returns the end of one or two capital letters with dots.
func (c *scan) initials(i int) (int, bool) {
	end := 0
	for range 2 {
		r, size := utf8.DecodeRuneInString(c.s[i:])
		if !unicode.IsUpper(r) || c.after(i+size) != '.' {
			break
		}
		i += size + 1
		end = i
		if c.after(i) == ' ' {
			if r, n := utf8.DecodeRuneInString(c.s[i+1:]); unicode.IsUpper(r) && c.after(i+1+n) == '.' {
				i++
			}
		}
	}
	return end, end > 0
}

package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// street matches the address whose street is named at the word [from, end).
func (c *scan) street(from, end int, w word) bool {
	if r := c.before(from); wordly(r) || r == '-' {
		return false
	}
	end, ok := c.abbreviated(end, w)
	if !ok {
		return false
	}
	dotted := c.after(end) == '.'
	end = c.skip(end, ".")
	to, named := c.streetName(end, w.kind == streetAbbr || c.genitive(end))
	if !named {
		return c.streetAfterName(from, end)
	}
	capital := c.capitalised(end, to)
	last, n, explicit := c.numbers(to)
	switch {
	case n == 0: // ул. Ленина, and no more
		return w.kind == streetAbbr && dotted && capital && c.matchAddress(from, to)
	case explicit:
	case n == 1 && c.counts(last), w.kind == street && !capital:
		return false
	}
	return c.matchAddress(from, last)
}

// streetAfterName matches an address whose street's marker, at [from, end), stands
// behind its name: Невский проспект, 28.
func (c *scan) streetAfterName(from, end int) bool {
	begin, named := c.nameBefore(from)
	if !named {
		return false
	}
	last, n, explicit := c.numbers(end)
	return n > 0 && (n > 1 || explicit || !c.counts(last)) && c.matchAddress(begin, last)
}

// matchAddress matches an address with the city before it.
func (c *scan) matchAddress(from, to int) bool {
	from = c.cityBefore(from)
	c.keyFold(c.s[from:to])
	return c.match(Address, from, to)
}

// genitive reports whether the word at i may be a street's name in small
// letters: улица пушкина, and not улица длинная.
func (c *scan) genitive(i int) bool {
	to, _ := scanWord(c.s, i)
	s := c.s[i:to]
	return strings.HasSuffix(s, "ина") || strings.HasSuffix(s, "ова") || strings.HasSuffix(s, "ева") || strings.HasSuffix(s, "ого")
}

// capitalised reports whether a part of the text holds a capital letter.
func (c *scan) capitalised(i, to int) bool {
	return strings.IndexFunc(c.s[i:max(i, to)], unicode.IsUpper) >= 0
}

// abbreviated goes over the rest of пр-т and б-р. A street's marker with any
// other rest is none.
func (c *scan) abbreviated(end int, w word) (int, bool) {
	if c.after(end) != '-' {
		return end, !w.strict
	}
	to, _ := scanWord(c.s, end+1)
	switch c.s[end+1 : to] {
	case "т", "кт", "д", "зд", "р":
		return to, w.kind == streetAbbr
	}
	return end, false
}

// skip goes over one of the marks and spaces.
func (c *scan) skip(i int, marks string) int {
	if i < len(c.s) && strings.IndexByte(marks, c.s[i]) >= 0 {
		i++
	}
	for i < len(c.s) && c.s[i] == ' ' {
		i++
	}
	return i
}

// streetName returns the end of a street's name at i: up to three words, the
// first of them with a capital letter unless small ones will do too, perhaps
// after a number: 8 Марта, 1-я Парковая.
func (c *scan) streetName(i int, small bool) (int, bool) {
	i, numbered := c.ordinal(i)
	end, words := i, 0
	for words < 3 {
		to, h := scanWord(c.s, i)
		if to == i {
			break
		}
		if !unicode.IsUpper(c.after(i)) {
			w, ok := c.r.dict.get(h)
			if !small || numbered || ok && w.kind >= street && w.kind <= unit {
				break
			}
		}
		words++
		end = c.compound(to)
		i = c.skip(end, ".")
	}
	return end, words > 0
}

// ordinal goes over the number that a street's name begins with: 8, 1-я.
func (c *scan) ordinal(i int) (int, bool) {
	from := i
	for i < len(c.s) && isDigit(c.s[i]) && i-from < 3 {
		i++
	}
	if i == from {
		return i, false
	}
	if c.after(i) == '-' {
		if end, _ := scanWord(c.s, i+1); end > i+1 && end-i <= 7 {
			i = end
		}
	}
	return c.skip(i, ""), true
}

// compound goes over what hangs by hyphens on the word that ends at i.
func (c *scan) compound(i int) int {
	for c.after(i) == '-' {
		to, _ := scanWord(c.s, i+1)
		if to == i+1 {
			break
		}
		i = to
	}
	return i
}

// nameBefore returns where the capitalised words begin that stand before a
// street's marker.
func (c *scan) nameBefore(i int) (int, bool) {
	begin, words := i, 0
	for words < 2 {
		end := begin
		for end > c.done && c.s[end-1] == ' ' {
			end--
		}
		from := c.wordBefore(end)
		if end == begin || from == end || !unicode.IsUpper(c.after(from)) {
			break
		}
		begin = from
		words++
	}
	return c.ordinalBefore(begin), words > 0
}

// ordinalBefore returns where the number before a street's name begins: 1-я
// Парковая.
func (c *scan) ordinalBefore(i int) int {
	end := i
	for end > c.done && c.s[end-1] == ' ' {
		end--
	}
	from := c.wordBefore(end)
	digits := from
	for digits > c.done && isDigit(c.s[digits-1]) {
		digits--
	}
	if end == i || digits == from || from == end || c.s[from] != '-' || wordly(c.before(digits)) {
		return i
	}
	return digits
}

// wordBefore returns where the word begins that ends at i.
func (c *scan) wordBefore(i int) int {
	for i > c.done {
		r, size := utf8.DecodeLastRuneInString(c.s[c.done:i])
		if !unicode.IsLetter(r) && r != '-' {
			break
		}
		i -= size
	}
	return i
}

// numbers reads the numbers of house, building, flat and so on at i. It returns
// where they end, how many there are, and whether one of them is named.
func (c *scan) numbers(i int) (end, n int, explicit bool) {
	end = i
	for n < 8 {
		at := c.skip(i, ",;")
		word, h := scanWord(c.s, at)
		w, known := c.r.dict.get(h)
		named := known && (w.kind == house || w.kind == flat || w.kind == floor)
		switch {
		case named:
			at = c.skip(word, ".")
			at = c.skip(at, "№")
		case word > at || n > 0 && at == i:
			return end, n, explicit
		}
		to, ok := c.houseNumber(at)
		if !ok || n > 0 && !named && c.counts(to) {
			return end, n, explicit
		}
		explicit = explicit || named
		n++
		i, end = to, to
	}
	return end, n, explicit
}

// houseNumber returns the end of the number at i: 12, 12а, 12/3, 12-45.
func (c *scan) houseNumber(i int) (int, bool) {
	from := i
	i = c.endOfDigits(i)
	if i == from || i-from > 4 {
		return 0, false
	}
	if r, size := utf8.DecodeRuneInString(c.s[i:]); unicode.IsLetter(r) {
		return i + size, !wordly(c.after(i + size))
	}
	if r := c.after(i); r == '/' || r == '-' {
		if to := c.endOfDigits(i + 1); to > i+1 {
			i = to
		}
	}
	r := c.after(i)
	return i, !wordly(r) && r != ':' && (r != '.' || !unicode.IsDigit(c.after(i+1)))
}

func (c *scan) endOfDigits(i int) int {
	for i < len(c.s) && isDigit(c.s[i]) {
		i++
	}
	return i
}

// parts matches house, flat, entrance without a street: two or more of them, a
// flat or an entrance among them.
func (c *scan) parts(from, end int) bool {
	if wordly(c.before(from)) || c.before(from) == '-' {
		return false
	}
	to, n, explicit := c.numbers(from)
	if n < 2 || !explicit || !c.flatWithin(from, to) {
		return false
	}
	c.keyFold(c.s[from:to])
	return c.match(Address, from, to)
}

// flatWithin reports whether a flat is named within a part of the text.
func (c *scan) flatWithin(i, to int) bool {
	for i < to {
		end, h := scanWord(c.s, i)
		if w, ok := c.r.dict.get(h); ok && end > i && w.kind == flat {
			return true
		}
		i = max(end, i+1)
	}
	return false
}

// cityBefore returns where an address begins whose street begins at i: with the
// postal code, the region or the city before it.
func (c *scan) cityBefore(i int) int {
	best := i
	for range 8 {
		end := i
		for end > c.done && strings.IndexByte(" ,.", c.s[end-1]) >= 0 {
			end--
		}
		from := c.wordBefore(end)
		if from == end {
			if code := c.codeBefore(end); code < end {
				return code
			}
			return best
		}
		_, h := scanWord(c.s, from)
		w, ok := c.r.dict.get(h)
		switch {
		case ok && w.kind == city:
			best = c.regionBefore(from)
			from = best
		case !unicode.IsUpper(c.after(from)):
			return best
		case c.after(end) != ',' && c.after(end) != ' ':
			return best
		}
		i = from
	}
	return best
}

// regionBefore returns where the adjective before обл. or край begins, or i.
func (c *scan) regionBefore(i int) int {
	if i <= c.done || c.s[i-1] != ' ' {
		return i
	}
	from := c.wordBefore(i - 1)
	s := c.s[from : i-1]
	if unicode.IsUpper(c.after(from)) && (strings.HasSuffix(s, "ая") || strings.HasSuffix(s, "ий") || strings.HasSuffix(s, "ой")) {
		return from
	}
	return i
}

// codeBefore returns where the postal code begins that ends at i, or i.
func (c *scan) codeBefore(i int) int {
	from := i
	for from > c.done && isDigit(c.s[from-1]) {
		from--
	}
	if i-from != 6 || wordly(c.before(from)) {
		return i
	}
	return from
}

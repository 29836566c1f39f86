package pii

import "strings"

// lens are the lengths of the groups up to one, as digits: "3322".
func (n *number) lens(last int) string {
	var out [mostGroups]byte
	before := 0
	for i := range last + 1 {
		out[i] = byte('0' + min(n.groups[i].n-before, 9))
		before = n.groups[i].n
	}
	return string(out[:last+1])
}

// seps is what stands between the groups up to one, taken together.
func (n *number) seps(last int) (all sep) {
	for i := 1; i <= last; i++ {
		all |= n.groups[i].seps
	}
	return all
}

// cardShape: one group, fours, or 4-6-5.
func (n *number) cardShape(last int) bool {
	if last == 0 {
		return true
	}
	if n.seps(last)&(dot|paren) != 0 {
		return false
	}
	lens := n.lens(last)
	return lens == "465" || lens == "464" || lens == "88" || strings.HasPrefix(lens, "444") && last >= 3 && n.groups[last-1].n == 4*last
}

// snilsShape: 123-456-789 01.
func (n *number) snilsShape(last int) bool {
	return n.lens(last) == "3332" && n.groups[1].seps == dash && n.groups[2].seps == dash
}

// passportShape: series and number of a Russian passport, or one for abroad.
func (n *number) passportShape(last int) bool {
	if n.seps(last)&(dot|paren) != 0 {
		return false
	}
	switch n.lens(last) {
	case "9": // nine or more
		return n.groups[0].n <= 10
	case "46", "226", "27":
		return true
	}
	return false
}

// series matches the series of a passport with a word or № before its number.
func (c *scan) series() bool {
	n := &c.number
	last := 0
	if n.len > 1 && n.groups[0].n == 2 {
		last = 1
	}
	if n.len == 0 || n.groups[last].n != 4 || !c.isNear(nearPassport, n.from) || !c.leftEdge(n.from) {
		return false
	}
	const digits = 6
	i := c.skip(n.groups[last].end, ",")
	rest, marked := c.s[i:], false
	for _, mark := range []string{"№", "номер", "N", "n"} {
		if after, ok := strings.CutPrefix(rest, mark); ok {
			rest, marked = strings.TrimLeft(after, " :."), true
			break
		}
	}
	from := len(c.s) - len(rest)
	if !marked || len(rest) < digits || !allDigits(rest[:digits]) || wordly(c.after(from+digits)) {
		return false
	}
	c.found.key = append(append(c.found.key[:0], n.d[:4]...), rest[:digits]...)
	return c.match(Passport, n.from, from+digits)
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// isAccount reports whether 20 digits are a bank account: of a kind that people
// and their firms have, after a word that says so, or with the check digit of a
// BIK nearby.
func (c *scan) isAccount(last int) bool {
	n := &c.number
	d := n.d[:20]
	if lens := n.lens(last); last > 0 && lens != "44444" && lens != "53147" && lens != "5555" && lens != "53948" {
		return false
	}
	if c.isNear(nearAccount, n.from) || settlement(c.s[max(0, n.from-16):n.from]) || personalAccount(d) {
		return true
	}
	bik, ok := c.bik(n.groups[last].end)
	return ok && validAccount(d, bik)
}

// personalAccount: of people and entrepreneurs, in a currency there is.
func personalAccount(d []byte) bool {
	switch string(d[:5]) {
	case "40817", "40820", "40802", "42301", "42305", "42306", "42307":
		switch string(d[5:8]) {
		case "810", "840", "978", "156", "756", "826", "392", "398", "933":
			return true
		}
	}
	return false
}

// settlement reports whether a text ends with р/с or к/с.
func settlement(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, " :.№-"))
	return strings.HasSuffix(s, "р/с") || strings.HasSuffix(s, "к/с") || strings.HasSuffix(s, "р/сч") || strings.HasSuffix(s, "л/с")
}

// bik finds a bank's code, 04 and seven digits, before the number or soon after
// it.
func (c *scan) bik(end int) ([]byte, bool) {
	const reach = 160
	s := c.s[max(0, c.number.from-reach):min(len(c.s), end+reach)]
	for i := 0; i+9 <= len(s); i++ {
		if s[i] != '0' || s[i+1] != '4' || i > 0 && isDigit(s[i-1]) || i+9 < len(s) && isDigit(s[i+9]) {
			continue
		}
		if allDigits(s[i : i+9]) {
			return []byte(s[i : i+9]), true
		}
	}
	return nil, false
}

package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mail matches the address around the @ at pos.
func (c *scan) mail() bool {
	const longest = 64 // bytes before the @
	from := c.pos
	for from > c.done && c.pos-from < longest {
		r, size := utf8.DecodeLastRuneInString(c.s[c.done:from])
		if !local(r) {
			break
		}
		from -= size
	}
	for from < c.pos && strings.IndexByte(".-+", c.s[from]) >= 0 {
		from++
	}
	to := domainEnd(c.s, c.pos+1)
	if from == c.pos || to == 0 {
		return false
	}
	c.keyText(c.s[from:to])
	return c.match(Email, from, to)
}

func local(r rune) bool {
	return wordly(r) && r != utf8.RuneError || r == '.' || r == '-' || r == '+' || r == '%'
}

// domainEnd is where the domain at i ends, 0 where there is none: labels with
// dots, the last one of letters.
func domainEnd(s string, i int) int {
	end, label, letters, dots := 0, i, true, 0
	for {
		r, size := utf8.DecodeRuneInString(s[i:])
		if size > 0 && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			letters = letters && unicode.IsLetter(r)
			i += size
			continue
		}
		if i == label {
			return end
		}
		if dots > 0 && letters && i-label >= 2 {
			end = i
		}
		if r != '.' {
			return end
		}
		i++
		label, letters, dots = i, true, dots+1
	}
}

// username matches the @name at pos.
func (c *scan) username() bool {
	const shortest, longest = 5, 32
	i := c.pos + 1
	for i < len(c.s) && (isDigit(c.s[i]) || c.s[i] == '_' || 'a' <= c.s[i]|0x20 && c.s[i]|0x20 <= 'z') {
		i++
	}
	n := i - c.pos - 1
	if n < shortest || n > longest || isDigit(c.s[c.pos+1]) || wordly(c.before(c.pos)) || wordly(c.after(i)) {
		return false
	}
	switch c.keyText(c.s[c.pos+1 : i]); string(c.found.key) {
	case "everyone", "channel", "admin", "admins":
		return false
	}
	return c.match(Username, c.pos, i)
}

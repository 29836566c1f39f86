package pii

import (
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
)

// span takes the next of the source's marks where the scan has come to it.
func (c *scan) span() bool {
	for len(c.spans) > 0 {
		e := &c.spans[0]
		if e.From > c.pos {
			return false
		}
		c.spans = c.spans[1:]
		if e.From >= c.done && e.To > e.From && e.To <= len(c.s) && c.whole(e) && c.marked(e) {
			return true
		}
	}
	return false
}

// whole reports whether a mark cuts no character in two.
func (c *scan) whole(e *chat.Span) bool {
	return utf8.RuneStart(c.s[e.From]) && (e.To == len(c.s) || utf8.RuneStart(c.s[e.To]))
}

// marked matches what the source has marked as personal.
func (c *scan) marked(e *chat.Span) bool {
	s := c.s[e.From:e.To]
	switch e.Type {
	case "phone", "phone_number":
		n := c.keyDigits(s)
		c.found.key = canonicalPhone(c.found.key)
		return n >= 5 && n <= 15 && c.match(Phone, e.From, e.To)
	case "bank_card":
		n := c.keyDigits(s)
		return n >= 13 && n <= 19 && c.match(Card, e.From, e.To)
	case "email":
		c.keyText(s)
		return c.match(Email, e.From, e.To)
	case "mention":
		if s[0] == '@' {
			s = s[1:]
		}
		c.keyText(s)
		return c.match(Username, e.From, e.To)
	case "mention_name", "text_mention":
		return c.mentionName(e)
	case "link", "url":
		t, ok := personalLink(s)
		c.keyText(s)
		return ok && c.match(t, e.From, e.To)
	}
	return false
}

func (c *scan) mentionName(e *chat.Span) bool {
	if i, ok := c.r.ids[e.Ref]; ok {
		c.found.key = appendPerson(c.found.key[:0], i)
	} else if e.Ref != "" {
		c.found.key = append(append(c.found.key[:0], "id\x00"...), e.Ref...)
	} else {
		c.keyFold(c.s[e.From:e.To])
	}
	return c.match(Name, e.From, e.To)
}

// keyDigits sets the key to the digits of a text and returns how many there are.
func (c *scan) keyDigits(s string) int {
	c.found.key = c.found.key[:0]
	for i := range len(s) {
		if isDigit(s[i]) {
			c.found.key = append(c.found.key, s[i])
		}
	}
	return len(c.found.key)
}

// canonicalPhone leaves the ten digits of a Russian number, whether it was
// written with +7, 8 or neither.
func canonicalPhone(d []byte) []byte {
	if len(d) == 11 && (d[0] == '7' || d[0] == '8') {
		return d[1:]
	}
	return d
}

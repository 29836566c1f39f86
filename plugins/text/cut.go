package text

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	ellipsis        = '…'
	zeroWidthJoiner = '\u200d' // makes one emoji of several
)

// Cut is s with at most limit runes. What is longer ends at a word boundary
// where there is one in the last half, and with an ellipsis.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if limit <= 0 {
		return ""
	}
	runes, last, boundary := 0, 0, 0
	for i, r := range s {
		if runes == limit-1 {
			last = i
		}
		if runes == limit {
			if boundary > last/2 {
				last = boundary
			}
			return strings.TrimRightFunc(s[:last], breaks) + string(ellipsis)
		}
		if breaks(r) && runes < limit {
			boundary = i
		}
		runes++
	}
	return s
}

func breaks(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' || r == ':' || r == '—' }

// CutWords is s with at most limit words, divided by single spaces.
func CutWords(s string, limit int) string {
	fields := strings.Fields(s)
	if len(fields) <= limit {
		return strings.Join(fields, " ")
	}
	return strings.Join(fields[:limit], " ") + string(ellipsis)
}

// Quote is what somebody else wrote, fit to stand between « and » in a prompt:
// one line of at most limit runes that can neither close the quotation nor pass
// for a list entry ([p12]) or for a control token of a chat template
// (<|im_start|>).
func Quote(s string, limit int) string { return clean(s, limit, false) }

// Plain is a text of the study or of a plugin, fit for a prompt: at most limit
// runes, lines kept, without characters that do not show or control tokens of
// chat templates.
func Plain(s string, limit int) string { return clean(s, limit, true) }

func clean(s string, limit int, lines bool) string {
	if limit <= 0 {
		return ""
	}
	// Nothing behind this can be seen; a huge text costs no more than it shows.
	s = s[:min(len(s), 8*limit+64)]
	if spotless(s, lines) {
		return Cut(s, limit)
	}
	c := cleaner{out: make([]byte, 0, len(s)+8), lines: lines, space: true}
	for _, r := range s {
		c.add(r)
	}
	return Cut(strings.TrimSpace(string(c.out)), limit)
}

// cleaner takes in a text rune by rune.
type cleaner struct {
	out     []byte
	lines   bool // are kept
	space   bool // another space would follow nothing or a space
	accents int  // upon the last letter
}

func (c *cleaner) add(r rune) {
	if common(r) && r != 'T' && (len(c.out) == 0 || c.out[len(c.out)-1] != '<') {
		c.out, c.accents, c.space = utf8.AppendRune(c.out, r), 0, false
		return
	}
	if c.accents++; !unicode.Is(unicode.Mn, r) {
		c.accents = 0
	}
	switch {
	case r == '\n' && c.lines:
		c.out, c.space = append(c.out, '\n'), true
	case unicode.IsSpace(r):
		if !c.space {
			c.out = append(c.out, ' ')
		}
		c.space = true
	case unfit(r) || c.accents > 2:
	default:
		c.out, c.space = appendHarmless(c.out, r, c.lines), false
	}
}

// unfit reports whether a character has no place in a prompt: it does not show, or stands for a fault.
func unfit(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != zeroWidthJoiner
}

// spotless reports whether a text needs no cleaning, as most do: common
// characters, single spaces inside, lines where they are kept.
func spotless(s string, lines bool) bool {
	space := true
	for _, r := range s {
		switch {
		case r == ' ' && !space, r == '\n' && !space && lines:
			space = true
			continue
		case common(r), lines && (r == '«' || r == '»'):
		default:
			return false
		}
		space = false
	}
	return !space || s == ""
}

// common reports whether a character is harmless wherever it stands, unless it
// follows <: Russian and English letters, digits, most marks.
func common(r rune) bool {
	switch {
	case '!' <= r && r <= 'z':
		return r != '<' && r != '[' && r != ']'
	case 'А' <= r && r <= 'я', r == 'ё', r == 'Ё', r == '—', r == '…':
		return true
	}
	return false
}

// appendHarmless appends r, or what looks like it where it would mean something
// in a prompt together with what stands before.
func appendHarmless(out []byte, r rune, lines bool) []byte {
	switch {
	case tagLetter(r) && bytes.HasSuffix(out, []byte("<")):
		out = append(out[:len(out)-1], "‹"...)
	case r == 'T' && (bytes.HasSuffix(out, []byte("[INS")) || bytes.HasSuffix(out, []byte("[/INS"))):
		out[bytes.LastIndexByte(out, '[')] = '('
	}
	if !lines {
		switch r {
		case '«', '»', '“', '”', '„':
			r = '"'
		case '[':
			r = '('
		case ']':
			r = ')'
		}
	}
	return utf8.AppendRune(out, r)
}

// tagLetter reports whether r after < begins a tag.
func tagLetter(r rune) bool {
	return r == '|' || r == '/' || r == '!' || 'a' <= r|0x20 && r|0x20 <= 'z'
}

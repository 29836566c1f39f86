package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// Prose is a text of a study or a model, fit to be shown: valid, without
// control characters, and without those that turn the direction of writing and
// so can make a text look like another.
func Prose(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// Line is prose on one line, cut.
func Line(s string, limit int) string {
	return text.Cut(strings.Join(strings.Fields(Prose(s)), " "), limit)
}

package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prose is a text of a study, a model or a person, fit to be shown: valid,
// without control characters, and without those that turn the direction of
// writing and so can make a text look like another.
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

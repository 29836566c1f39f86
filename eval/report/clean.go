package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// prose is a text of a study or a model, fit to be shown: valid, without
// control characters, and without those that turn the direction of writing and
// so can make a text look like another.
func prose(s string) string {
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

// line is prose on one line, cut.
func line(s string, limit int) string {
	return text.Cut(strings.Join(strings.Fields(prose(s)), " "), limit)
}

// quoted is a path fit for a shell.
func quoted(path string) string {
	for _, r := range path {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./+=,:@%", r) {
			return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
		}
	}
	return path
}

package embedded

import (
	"strings"
	"unicode"
)

// fold is text as it is compared: lower case, ё as е.
func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "ё", "е")
}

// tokens are the words and hashtags of a text, folded.
func tokens(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool {
		return r != '#' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// stem is a word without its ending, or "" for one that carries no topic.
func (w *words) stem(token string) string {
	if len([]rune(token)) < 3 {
		return ""
	}
	return token
}

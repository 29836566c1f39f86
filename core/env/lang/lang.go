// Package lang holds what environments say to residents in the language of
// their society, and takes in what residents write.
package lang

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/plugins/text"
)

// Phrase is a text in Russian and in English with " ¦ " between them. Both may
// hold verbs of fmt for the same operands.
type Phrase string

// In is the phrase in a language: Russian for ru, else English.
func (p Phrase) In(language string) string {
	ru, en, _ := strings.Cut(string(p), " ¦ ")
	if language == "ru" {
		return ru
	}
	return en
}

// Refuse makes a refusal from a phrase and its operands.
func (p Phrase) Refuse(language string, operands ...any) *env.Refusal {
	return &env.Refusal{Why: fmt.Sprintf(p.In(language), operands...)}
}

// Clean makes a resident's text fit to be kept and shown: valid UTF-8, without
// control characters except line breaks, trimmed.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// Line is Clean on one line with single spaces: for names and short answers.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// Fold is text as it is compared: one line, lower case, ё as е.
func Fold(s string) string { return text.Fold(Line(s)) }

// Excerpt is the beginning of a text: at most limit characters, on one line.
func Excerpt(s string, limit int) string { return text.Cut(Line(s), limit) }

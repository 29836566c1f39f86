package page

import (
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

// Prose is text.Prose, as all of a page is.
func Prose(s string) string { return text.Prose(s) }

// Line is prose on one line, cut.
func Line(s string, limit int) string {
	return text.Cut(strings.Join(strings.Fields(Prose(s)), " "), limit)
}

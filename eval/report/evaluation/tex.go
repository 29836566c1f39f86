package evaluation

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/llm-city/gorod/eval/report/internal/page"
)

// special are characters that mean something else to TeX, or that its fonts have
// in formulas only.
func special(r rune) (string, bool) {
	for _, x := range [...]struct {
		r   rune
		tex string
	}{
		{'\\', `\textbackslash{}`}, {'{', `\{`}, {'}', `\}`}, {'$', `\$`}, {'&', `\&`}, {'#', `\#`}, {'%', `\%`}, {'_', `\_`},
		{'~', `\textasciitilde{}`}, {'^', `\textasciicircum{}`}, {'"', `\textquotedbl{}`}, {'`', `\textasciigrave{}`}, {'<', `\ensuremath{<}`},
		{'>', `\ensuremath{>}`}, {'|', `\textbar{}`}, {'-', `-{}`}, {'\u2212', `\ensuremath{-}`}, {'×', `\ensuremath{\times}`}, {'≤', `\ensuremath{\le}`},
		{'≥', `\ensuremath{\ge}`}, {'±', `\ensuremath{\pm}`}, {'↑', `\ensuremath{\uparrow}`}, {'↓', `\ensuremath{\downarrow}`}, {'α', `\ensuremath{\alpha}`},
		{'β', `\ensuremath{\beta}`}, {'γ', `\ensuremath{\gamma}`}, {'δ', `\ensuremath{\delta}`}, {'·', `\ensuremath{\cdot}`}, {'\u00a0', `~`},
		{'…', `\dots{}`}, {'—', `---`}, {'–', `--`}, {'→', `\ensuremath{\to}`}, {'½', `\ensuremath{\frac12}`},
	} {
		if x.r == r {
			return x.tex, true
		}
	}
	return "", false
}

// tex makes a text mean itself in TeX, on one line. Letters with accents lose
// them, unless they are Cyrillic; what the fonts of TeX do not have is a question
// mark.
func tex(s string) string {
	var out strings.Builder
	for _, r := range page.Line(s, 4000) {
		if text, is := special(r); is {
			out.WriteString(text)
			continue
		}
		out.WriteString(letter(r))
	}
	return out.String()
}

func letter(r rune) string {
	switch {
	case r >= ' ' && r < 0x7f, r >= 'а' && r <= 'я', r >= 'А' && r <= 'Я', strings.ContainsRune("ёЁіІїЇєЄґҐўЎ«»„“”‘’№", r):
		return string(r)
	case r == ' ', unicode.IsSpace(r):
		return " "
	case unicode.Is(unicode.Latin, r):
		if base := norm.NFD.String(string(r)); base[0] < 0x7f {
			return base[:1]
		}
	case unicode.Is(unicode.Mn, r): // an accent on its own
		return ""
	}
	return "?"
}

package markup

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Avatar is a picture (SVG) with the initials of a name, in a colour that
// belongs to a number.
func Avatar(name string, number int64) string {
	hue := (uint64(number) * 0x9e3779b97f4a7c15) >> 32 % 360
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120" viewBox="0 0 120 120">`+
		`<rect width="120" height="120" fill="hsl(%d,45%%,42%%)"/>`+
		`<text x="60" y="62" fill="#fff" font-family="system-ui,sans-serif" font-size="52" text-anchor="middle" dominant-baseline="middle">%s</text></svg>`,
		hue, html.EscapeString(initials(name)))
}

// Header is the picture behind a profile: a plain band.
func Header() string {
	return `<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="500"><rect width="1500" height="500" fill="#667"/></svg>`
}

// initials are the first letters of the first two words of a name.
func initials(name string) string {
	var b strings.Builder
	for i, word := range strings.Fields(name) {
		if i == 2 {
			break
		}
		r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		if r != utf8.RuneError {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

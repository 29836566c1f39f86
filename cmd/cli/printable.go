package cli

import (
	"fmt"
	"strings"
	"unicode"
)

// printable takes out of a text what would steer a terminal: it came from a
// model, or from a file of somebody else's.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return '�'
		}
		return r
	}, s)
}

// escaped writes in a line of JSON what would steer a terminal as \u00xx.
func escaped(line string) string {
	if !strings.ContainsFunc(line, steers) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if steers(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func steers(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}

// flat is an untrusted text in one line that cannot steer a terminal.
func flat(s string) string { return printable(strings.Join(strings.Fields(s), " ")) }

// indented is an untrusted text whose further lines cannot be taken for lines
// of the program's own.
func indented(s string) string { return strings.ReplaceAll(printable(s), "\n", "\n\t") }

// Package jinja renders the part of Jinja that tasks of lm-evaluation-harness
// describe their questions with: {{ … }} with fields, their parts, lists,
// simple operators, methods of texts and filters. Anything else is refused, by
// name and place, when a template is read.
package jinja

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Refused says what of a template is not understood.
type Refused struct {
	At   int // character of the template, from 1
	What string
}

// Error is what, and where in the template.
func (r *Refused) Error() string {
	return fmt.Sprintf("%s, at character %d of the template", r.What, r.At)
}

// kind of a token.
type kind int

const (
	end kind = iota
	name
	number
	quote
	sign
)

type token struct {
	kind kind
	text string // of a quote: what is in it
	at   int    // byte of the template
}

// lex splits an expression into tokens. offset is where it stands in the
// template.
func lex(expression string, offset int) ([]token, *Refused) {
	var out []token
	for i := 0; i < len(expression); {
		r, size := utf8.DecodeRuneInString(expression[i:])
		rest := expression[i:]
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case r == '\'' || r == '"':
			text, n := quoted(rest)
			if n == 0 {
				return nil, &Refused{offset + i, "a text without its closing quote"}
			}
			out = append(out, token{quote, text, offset + i})
			i += n
			continue
		case unicode.IsDigit(r):
			size = len(rest) - len(strings.TrimLeft(rest, "0123456789."))
			out = append(out, token{number, rest[:size], offset + i})
		case r == '_' || unicode.IsLetter(r):
			size = len(rest) - len(strings.TrimLeftFunc(rest, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }))
			out = append(out, token{name, rest[:size], offset + i})
		default:
			for _, double := range []string{"==", "!=", "<=", ">=", "//", "**"} {
				if strings.HasPrefix(rest, double) {
					size = 2
				}
			}
			out = append(out, token{sign, rest[:size], offset + i})
		}
		i += size
	}
	return append(out, token{kind: end, at: offset + len(expression)}), nil
}

// quoted reads a text in quotes, and how many bytes it takes; 0 where it does not
// end.
func quoted(s string) (text string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			return b.String(), i + 1
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0
}

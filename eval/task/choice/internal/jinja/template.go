package jinja

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Template is a text with expressions in it.
type Template struct{ pieces []piece }

// piece is a literal text, or an expression.
type piece struct {
	text string
	expr expr
}

// expr gives the value of an expression for the fields of a document.
type expr func(fields map[string]any) (any, error)

// Parse reads a template. What is not understood is a Refused.
func Parse(text string) (*Template, error) {
	t := &Template{}
	if refused := t.parse(text); refused != nil {
		refused.At = utf8.RuneCountInString(text[:min(refused.At, len(text))]) + 1
		return nil, refused
	}
	return t, nil
}

func (t *Template) parse(text string) *Refused {
	for at := 0; at < len(text); {
		open := opening(text[at:])
		if open < 0 {
			t.pieces = append(t.pieces, piece{text: text[at:]})
			return nil
		}
		if open > 0 {
			t.pieces = append(t.pieces, piece{text: text[at : at+open]})
			at += open
		}
		next, refused := t.tag(text, at)
		if refused != nil {
			return refused
		}
		at = next
	}
	return nil
}

// opening is where the next tag begins.
func opening(text string) int {
	first := -1
	for _, mark := range []string{"{{", "{%", "{#"} {
		if i := strings.Index(text, mark); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// tag reads the tag at a byte and says where the text goes on.
func (t *Template) tag(text string, at int) (int, *Refused) {
	switch text[at+1] {
	case '%':
		word, _, _ := strings.Cut(strings.TrimLeft(text[at+2:], "- "), " ")
		return 0, &Refused{at, "{% " + word + " %} is not supported"}
	case '#':
		if size := strings.Index(text[at:], "#}"); size >= 0 {
			return at + size + 2, nil
		}
		return 0, &Refused{at, "a comment without its end #}"}
	}
	size := closing(text[at:])
	if size < 0 {
		return 0, &Refused{at, "{{ without }}"}
	}
	inner, from := text[at+2:at+size], at+2
	if strings.HasPrefix(inner, "-") { // takes away the space before
		inner, from = inner[1:], from+1
		if n := len(t.pieces); n > 0 && t.pieces[n-1].expr == nil {
			t.pieces[n-1].text = strings.TrimRight(t.pieces[n-1].text, " \t\r\n")
		}
	}
	next := at + size + 2
	if trimmed, ok := strings.CutSuffix(inner, "-"); ok {
		inner = trimmed
		next += len(text[next:]) - len(strings.TrimLeft(text[next:], " \t\r\n"))
	}
	e, refused := parseExpression(inner, from)
	t.pieces = append(t.pieces, piece{expr: e})
	return next, refused
}

// closing is where the }} of a tag stands that is not in quotes; −1 where there
// is none.
func closing(tag string) int {
	for i := 2; i < len(tag); i++ {
		switch tag[i] {
		case '\'', '"':
			_, n := quoted(tag[i:])
			if n == 0 {
				return strings.Index(tag, "}}")
			}
			i += n - 1
		case '}':
			if strings.HasPrefix(tag[i:], "}}") {
				return i
			}
		}
	}
	return -1
}

// Value is what the template says of a document: the value of its expression
// where it is nothing but one, and a text otherwise.
func (t *Template) Value(fields map[string]any) (any, error) {
	if len(t.pieces) == 1 && t.pieces[0].expr != nil {
		return t.pieces[0].expr(fields)
	}
	return t.Text(fields)
}

// Text is the template with the values of its expressions.
func (t *Template) Text(fields map[string]any) (string, error) {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.expr(fields)
		if err != nil {
			return "", err
		}
		b.WriteString(Written(v))
	}
	return b.String(), nil
}

// errNoList says that a text is no list.
var errNoList = errors.New("it is no list")

// List reads a list that is written as Python and JSON do: ['да', 'нет'].
func List(text string) ([]any, error) {
	e, refused := parseExpression(text, 0)
	if refused != nil {
		return nil, errNoList
	}
	v, err := e(nil)
	if list, ok := v.([]any); ok && err == nil {
		return list, nil
	}
	return nil, errNoList
}

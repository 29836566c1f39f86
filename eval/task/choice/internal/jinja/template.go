package jinja

import (
	"errors"
	"maps"
	"strings"
	"unicode/utf8"
)

// Template is a text with expressions in it.
type Template struct{ nodes []node }

// node is a literal text, an expression, a variable that is set, or one of
// several parts by condition.
type node struct {
	text  string
	expr  expr
	set   string // the variable that gets the value of expr
	parts []part
}

// part of {% if %}: what is written where the condition holds; nil always holds.
type part struct {
	condition expr
	nodes     []node
}

// expr gives the value of an expression for the fields of a document.
type expr func(fields map[string]any) (any, error)

// Parse reads a template. What is not understood is a Refused.
func Parse(text string) (*Template, error) {
	s := &scanner{text: text}
	nodes, refused := s.nodes(0)
	if refused == nil && s.word != "" {
		refused = &Refused{s.from, "{% " + s.word + " %} without its beginning"}
	}
	if refused != nil {
		refused.At = utf8.RuneCountInString(text[:min(refused.At, len(text))]) + 1
		return nil, refused
	}
	return &Template{nodes}, nil
}

// Value is what the template says of a document: the value of its expression
// where it is nothing but one, and a text otherwise.
func (t *Template) Value(fields map[string]any) (any, error) {
	if len(t.nodes) == 1 && t.nodes[0].expr != nil && t.nodes[0].set == "" {
		return t.nodes[0].expr(fields)
	}
	return t.Text(fields)
}

// Text is the template with the values of its expressions.
func (t *Template) Text(fields map[string]any) (string, error) {
	var b strings.Builder
	own := maps.Clone(fields) // variables are set in it
	if own == nil {
		own = map[string]any{}
	}
	err := write(&b, t.nodes, own)
	return b.String(), err
}

func write(b *strings.Builder, nodes []node, fields map[string]any) error {
	for _, n := range nodes {
		switch {
		case n.parts != nil:
			if err := choose(b, n.parts, fields); err != nil {
				return err
			}
		case n.expr != nil:
			v, err := n.expr(fields)
			if err != nil {
				return err
			}
			if n.set != "" {
				fields[n.set] = v
				continue
			}
			b.WriteString(Written(v))
		default:
			b.WriteString(n.text)
		}
	}
	return nil
}

func choose(b *strings.Builder, parts []part, fields map[string]any) error {
	for _, p := range parts {
		if p.condition != nil {
			v, err := p.condition(fields)
			if err != nil {
				return err
			}
			if !truth(v) {
				continue
			}
		}
		return write(b, p.nodes, fields)
	}
	return nil
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

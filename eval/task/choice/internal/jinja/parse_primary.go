package jinja

import (
	"fmt"
	"strconv"
	"strings"
)

// list reads values with commas between them, up to a bracket.
func (p *parser) list(closing string) ([]expr, *Refused) {
	var out []expr
	for {
		if _, ok := p.take(closing); ok {
			return out, nil
		}
		e, refused := p.choice()
		if refused != nil {
			return nil, refused
		}
		out = append(out, e)
		if _, ok := p.take(","); !ok {
			if _, ok := p.take(closing); ok {
				return out, nil
			}
			return nil, p.refuse()
		}
	}
}

func (p *parser) primary() (expr, *Refused) {
	t := p.tokens[0]
	if t.kind == end {
		return nil, p.refuse()
	}
	p.tokens = p.tokens[1:]
	switch {
	case t.kind == quote:
		return constant(t.text), nil
	case t.kind == number:
		return numeral(t)
	case t.kind == name:
		return named(t.text), nil
	case t.text == "-" && p.tokens[0].kind == number:
		t, p.tokens = p.tokens[0], p.tokens[1:]
		t.text = "-" + t.text
		return numeral(t)
	case t.text == "(":
		e, refused := p.choice()
		if _, ok := p.take(")"); refused == nil && !ok {
			refused = p.refuse()
		}
		return e, refused
	case t.text == "[":
		parts, refused := p.list("]")
		return func(fields map[string]any) (any, error) { return all(parts, fields) }, refused
	}
	return nil, &Refused{t.at, fmt.Sprintf("%q is not supported", t.text)}
}

func numeral(t token) (expr, *Refused) {
	if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
		return constant(n), nil
	}
	x, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		return nil, &Refused{t.at, fmt.Sprintf("%q is no number", t.text)}
	}
	return constant(x), nil
}

func named(word string) expr {
	switch strings.ToLower(word) {
	case "true":
		return constant(true)
	case "false":
		return constant(false)
	case "none":
		return constant(nil)
	}
	return func(fields map[string]any) (any, error) {
		v, ok := fields[word]
		if !ok {
			return nil, &missingError{word}
		}
		return v, nil
	}
}

package jinja

import (
	"errors"
	"fmt"
)

// value is a value with what follows it: .field, [index], (arguments), | filter.
func (p *parser) value() (expr, *Refused) {
	e, refused := p.primary()
	for refused == nil {
		switch sign, _ := p.take(".", "[", "|"); sign {
		case ".":
			e, refused = p.member(e)
		case "[":
			e, refused = p.index(e)
		case "|":
			e, refused = p.filter(e)
		default:
			return e, nil
		}
	}
	return nil, refused
}

// word takes a name.
func (p *parser) word() (token, *Refused) {
	t := p.tokens[0]
	if t.kind != name && t.kind != number {
		return t, p.refuse()
	}
	p.tokens = p.tokens[1:]
	return t, nil
}

func (p *parser) member(of expr) (expr, *Refused) {
	t, refused := p.word()
	if refused != nil {
		return nil, refused
	}
	if _, called := p.take("("); !called {
		return lookup(of, constant(t.text)), nil
	}
	return p.call(of, t, methods())
}

func (p *parser) filter(of expr) (expr, *Refused) {
	t, refused := p.word()
	if refused != nil {
		return nil, refused
	}
	if _, called := p.take("("); called {
		return p.call(of, t, filters())
	}
	return apply(of, nil, t, filters())
}

// call reads the arguments of a method or filter.
func (p *parser) call(of expr, t token, known map[string]function) (expr, *Refused) {
	args, refused := p.list(")")
	if refused != nil {
		return nil, refused
	}
	return apply(of, args, t, known)
}

func apply(of expr, args []expr, t token, known map[string]function) (expr, *Refused) {
	f, ok := known[t.text]
	if !ok {
		return nil, &Refused{t.at, fmt.Sprintf("%q is not supported", t.text)}
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, &Refused{t.at, fmt.Sprintf("%s with %d arguments is not supported", t.text, len(args))}
	}
	return func(fields map[string]any) (any, error) {
		v, err := of(fields)
		if _, absent := errors.AsType[*missingError](err); absent && t.text == "default" {
			v, err = nil, nil
		}
		if err != nil {
			return nil, err
		}
		values, err := all(args, fields)
		if err != nil {
			return nil, err
		}
		return f.of(v, values)
	}, nil
}

func (p *parser) index(of expr) (expr, *Refused) {
	var from, to expr
	var refused *Refused
	_, sliced := p.take(":")
	if !sliced {
		if from, refused = p.choice(); refused != nil {
			return nil, refused
		}
		_, sliced = p.take(":")
	}
	_, closed := p.take("]")
	if sliced && !closed {
		if to, refused = p.choice(); refused != nil {
			return nil, refused
		}
		_, closed = p.take("]")
	}
	switch {
	case !closed:
		return nil, p.refuse()
	case sliced:
		return slice(of, from, to), nil
	}
	return lookup(of, from), nil
}

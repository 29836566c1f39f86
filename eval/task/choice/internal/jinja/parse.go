package jinja

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxDepth of an expression.
const maxDepth = 32

// parser reads an expression by recursive descent.
type parser struct {
	tokens []token
	depth  int
}

func parseExpression(text string, offset int) (expr, *Refused) {
	tokens, refused := lex(text, offset)
	if refused != nil {
		return nil, refused
	}
	p := &parser{tokens: tokens}
	e, refused := p.choice()
	if refused == nil && p.tokens[0].kind != end {
		refused = p.refuse()
	}
	return e, refused
}

// refuse is about the token at hand.
func (p *parser) refuse() *Refused {
	if t := p.tokens[0]; t.kind != end {
		return &Refused{t.at, fmt.Sprintf("%q is not supported", t.text)}
	}
	return &Refused{p.tokens[0].at, "an expression that ends too early"}
}

// take takes the token at hand where it is a sign or a word.
func (p *parser) take(words ...string) (string, bool) {
	t := p.tokens[0]
	for _, w := range words {
		if (t.kind == sign || t.kind == name) && t.text == w {
			p.tokens = p.tokens[1:]
			return w, true
		}
	}
	return "", false
}

// choice is "a if c else b", or what stands below it.
func (p *parser) choice() (expr, *Refused) {
	if p.depth++; p.depth > maxDepth {
		return nil, &Refused{p.tokens[0].at, "too many brackets"}
	}
	defer func() { p.depth-- }()
	then, refused := p.logic()
	if refused != nil {
		return nil, refused
	}
	if _, ok := p.take("if"); !ok {
		return then, nil
	}
	condition, refused := p.logic()
	if refused != nil {
		return nil, refused
	}
	otherwise := constant("")
	if _, ok := p.take("else"); ok {
		if otherwise, refused = p.choice(); refused != nil {
			return nil, refused
		}
	}
	return func(fields map[string]any) (any, error) {
		c, err := condition(fields)
		switch {
		case err != nil:
			return nil, err
		case truth(c):
			return then(fields)
		}
		return otherwise(fields)
	}, nil
}

// logic is a chain of or of chains of and.
func (p *parser) logic() (expr, *Refused) { return p.chain(p.both, "or") }

func (p *parser) both() (expr, *Refused) { return p.chain(p.comparison, "and") }

func (p *parser) comparison() (expr, *Refused) {
	if _, ok := p.take("not"); ok {
		e, refused := p.comparison()
		return negated(e), refused
	}
	left, refused := p.sum()
	for refused == nil {
		op, ok := p.take("==", "!=", "<", ">", "<=", ">=", "in", "not", "is")
		if !ok {
			break
		}
		if op == "is" {
			left, refused = p.test(left)
			continue
		}
		if _, in := p.take("in"); op == "not" && !in {
			return nil, p.refuse()
		}
		var right expr
		if right, refused = p.sum(); refused != nil {
			break
		}
		if op == "not" {
			left = negated(binary("in", left, right))
		} else {
			left = binary(op, left, right)
		}
	}
	return left, refused
}

func negated(e expr) expr {
	return func(fields map[string]any) (any, error) {
		v, err := e(fields)
		return !truth(v), err
	}
}

// test is what stands after "is": defined, none, not string.
func (p *parser) test(of expr) (expr, *Refused) {
	_, not := p.take("not")
	t, refused := p.word()
	if refused != nil {
		return nil, refused
	}
	known, ok := tests()[t.text]
	if !ok {
		return nil, &Refused{t.at, fmt.Sprintf("%q is not supported", t.text)}
	}
	return func(fields map[string]any) (any, error) {
		v, err := of(fields)
		_, absent := errors.AsType[*missingError](err)
		asked := t.text == "defined" || t.text == "undefined"
		if err != nil && (!absent || !asked) {
			return nil, err
		}
		return known(v, absent) != not, nil
	}, nil
}

func (p *parser) sum() (expr, *Refused) { return p.chain(p.value, "+", "-", "~") }

// chain is operands with operators between them.
func (p *parser) chain(operand func() (expr, *Refused), operators ...string) (expr, *Refused) {
	left, refused := operand()
	for refused == nil {
		op, ok := p.take(operators...)
		if !ok {
			break
		}
		var right expr
		if right, refused = operand(); refused == nil {
			left = binary(op, left, right)
		}
	}
	return left, refused
}

func binary(op string, left, right expr) expr {
	return func(fields map[string]any) (any, error) {
		a, err := left(fields)
		switch {
		case err != nil:
			return nil, err
		case op == "and" && !truth(a), op == "or" && truth(a):
			return a, nil
		}
		b, err := right(fields)
		if err != nil || op == "and" || op == "or" {
			return b, err
		}
		return operate(op, a, b)
	}
}

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

package jinja

import (
	"errors"
	"fmt"
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

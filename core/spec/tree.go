package spec

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a YAML text. Aliases count as often as they are used.
const (
	maxBytes = 8 << 20
	maxNodes = 500_000
	maxDepth = 64
)

// node is a value of a YAML text with its place. It is what --set and the
// matrix change, and what is decoded.
type node struct {
	at      place
	text    string  // of a scalar, as it was written: a name may look like a number
	value   any     // nil, bool, int64, uint64, float64 or string, for a scalar
	items   []*node // of a sequence
	entries []entry // of a mapping
	kind    nodeKind
}

type nodeKind int

const (
	scalar nodeKind = iota
	sequence
	mapping
)

type entry struct {
	key   string
	at    place
	value *node
}

// place is where something stands.
type place struct {
	file      string
	line, col int
	origin    string // instead of a place in a file: "--set a=b"
}

func (p place) problem(what, why, do string) Problem {
	return Problem{File: p.file, Line: p.line, Column: p.col, Origin: p.origin, What: what, Why: why, Do: do}
}

func (n *node) child(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// parse reads one YAML document.
func parse(file string, text []byte) (*node, Problems) {
	if len(text) > maxBytes {
		return nil, Problems{{File: file, What: "file too large", Why: fmt.Sprintf("%d bytes, at most %d are read", len(text), maxBytes)}}
	}
	if p, bad := foreign(file, text); bad {
		return nil, Problems{p}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors begin files with a mark
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, Problems{malformed(file, err)}
	}
	t := &treeMaker{file: file, anchors: map[string]ast.Node{}}
	root := &node{kind: mapping, at: place{file: file, line: 1, col: 1}}
	if len(parsed.Docs) > 1 {
		t.problem(parsed.Docs[1].GetToken(), "second document", "a file holds one", "put it into a file of its own")
	}
	if len(parsed.Docs) > 0 && parsed.Docs[0].Body != nil {
		root = t.make(parsed.Docs[0].Body, 0)
	}
	return root, t.problems
}

// foreign finds the first byte of a text that is in another encoding.
func foreign(file string, text []byte) (Problem, bool) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			line := bytes.Count(text[:i], []byte("\n")) + 1
			column := utf8.RuneCount(text[bytes.LastIndexByte(text[:i], '\n')+1:i]) + 1
			return place{file: file, line: line, col: column}.problem("not UTF-8", fmt.Sprintf("byte %#x begins no character", text[i]), "save the file in UTF-8"), true
		}
		i += size
	}
	return Problem{}, false
}

// malformed takes the place and the reason out of the parser's error.
func malformed(file string, err error) Problem {
	p := Problem{File: file, Line: 1, Column: 1, What: "malformed YAML", Why: err.Error(), Do: "check the indentation, colons and quotes there"}
	var positioned interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &positioned) && positioned.GetToken() != nil {
		p.Line, p.Column, p.Why = positioned.GetToken().Position.Line, positioned.GetToken().Position.Column, positioned.GetMessage()
	} else if line, column, rest, ok := leadingPosition(err.Error()); ok {
		p.Line, p.Column, p.Why = line, column, rest
	}
	p.Why, _, _ = strings.Cut(p.Why, "\n")
	return p
}

// leadingPosition reads "[line:column] message".
func leadingPosition(s string) (line, column int, rest string, ok bool) {
	inner, rest, found := strings.Cut(strings.TrimPrefix(s, "["), "]")
	l, c, colon := strings.Cut(inner, ":")
	line, errLine := strconv.Atoi(l)
	column, errColumn := strconv.Atoi(c)
	return line, column, strings.TrimSpace(rest), found && colon && errLine == nil && errColumn == nil
}

// treeMaker turns the parser's tree into ours.
type treeMaker struct {
	file     string
	anchors  map[string]ast.Node
	nodes    int
	over     bool // the bounds are passed, and it was said
	problems Problems
}

func (t *treeMaker) at(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{file: t.file, line: 1, col: 1}
	}
	return place{file: t.file, line: tk.Position.Line, col: tk.Position.Column}
}

func (t *treeMaker) problem(tk *token.Token, what, why, do string) {
	t.problems = append(t.problems, t.at(tk).problem(what, why, do))
}

func (t *treeMaker) make(n ast.Node, depth int) *node {
	out := &node{}
	if n == nil {
		return out
	}
	out.at = t.at(n.GetToken())
	if t.tooMuch(n, depth) {
		return out
	}
	if text, ok := unsplit(n); ok {
		out.value, out.text = text, text
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		t.mapping(out, n.Values, depth)
	case *ast.MappingValueNode:
		t.mapping(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.kind = sequence
		for _, item := range n.Values {
			out.items = append(out.items, t.make(item, depth+1))
		}
	case *ast.AnchorNode:
		t.anchors[n.Name.GetToken().Value] = n.Value
		return t.make(n.Value, depth+1)
	case *ast.AliasNode:
		return t.make(t.target(n), depth+1)
	case *ast.TagNode:
		return t.make(n.Value, depth+1)
	default:
		out.value, out.text = t.scalar(n), n.GetToken().Value
	}
	return out
}

// unsplit mends what the parser makes of a plain word with a colon in it when
// it stands in nested brackets: [http://127.0.0.1:11434] there becomes a
// mapping. By YAML a colon parts key and value only where a space follows.
func unsplit(n ast.Node) (string, bool) {
	m, ok := n.(*ast.MappingNode)
	if !ok || len(m.Values) != 1 || m.GetToken().Value == "{" {
		return "", false
	}
	pair := m.Values[0]
	key, colon, value := pair.Key.GetToken(), pair.Start, pair.Value.GetToken()
	if key.Type != token.StringType || colon == nil || value.Position.Offset != colon.Position.Offset+1 {
		return "", false
	}
	return key.Value + ":" + value.Value, true
}

// tooMuch counts a value and says whether the bounds are passed, once.
func (t *treeMaker) tooMuch(n ast.Node, depth int) bool {
	t.nodes++
	if t.nodes <= maxNodes && depth <= maxDepth {
		return false
	}
	if !t.over {
		t.problem(n.GetToken(), "too much", fmt.Sprintf("more than %d values or %d levels, aliases counted", maxNodes, maxDepth), "make the file smaller")
	}
	t.over = true
	return true
}

// target is what an alias stands for.
func (t *treeMaker) target(n *ast.AliasNode) ast.Node {
	name := n.Value.GetToken().Value
	target, ok := t.anchors[name]
	if !ok {
		t.problem(n.GetToken(), fmt.Sprintf("alias *%s", name), "no such anchor before it", "define it with &"+name)
	}
	return target
}

func (t *treeMaker) mapping(into *node, pairs []*ast.MappingValueNode, depth int) {
	into.kind = mapping
	for i, pair := range pairs {
		if i == 0 {
			into.at = t.at(pair.Key.GetToken())
		}
		t.pair(into, pair, depth)
	}
}

func (t *treeMaker) pair(into *node, pair *ast.MappingValueNode, depth int) {
	if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
		for _, e := range t.make(pair.Value, depth+1).entries {
			if into.child(e.key) == nil {
				into.entries = append(into.entries, e)
			}
		}
		return
	}
	key := pair.Key.GetToken().Value
	into.entries = append(into.entries, entry{key, t.at(pair.Key.GetToken()), t.make(pair.Value, depth+1)})
}

func (t *treeMaker) scalar(n ast.Node) any {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		return n.Value
	case *ast.FloatNode:
		return n.Value
	case *ast.StringNode:
		if x, ok := exponential(n); ok {
			return x
		}
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	default:
		t.problem(n.GetToken(), "unexpected value", fmt.Sprintf("%s is not used in experiments", n.Type()), "write a number, a word or a list")
		return nil
	}
}

// exponential is the number that a plain 1e-4 is by YAML 1.2, for which the
// parser wants a dot.
func exponential(n *ast.StringNode) (float64, bool) {
	word := n.GetToken()
	if word.Type != token.StringType || strings.Trim(word.Value, "0123456789eE+-") != "" || !strings.ContainsAny(word.Value[:1], "0123456789+-") {
		return 0, false
	}
	mantissa, power, ok := strings.Cut(strings.ToLower(word.Value), "e")
	if !ok {
		return 0, false
	}
	_, badMantissa := strconv.ParseInt(mantissa, 10, 64)
	_, badPower := strconv.ParseInt(power, 10, 16)
	x, err := strconv.ParseFloat(word.Value, 64)
	return x, badMantissa == nil && badPower == nil && err == nil
}

// plain is the node as plain Go data: what JSON would make of it.
func (n *node) plain() any {
	switch n.kind {
	case mapping:
		out := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			out[e.key] = e.value.plain()
		}
		return out
	case sequence:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.plain()
		}
		return out
	default:
		return n.value
	}
}

// clone copies the tree, so that a cell may change its own.
func (n *node) clone() *node {
	out := *n
	out.items, out.entries = make([]*node, len(n.items)), make([]entry, len(n.entries))
	for i, item := range n.items {
		out.items[i] = item.clone()
	}
	for i, e := range n.entries {
		out.entries[i] = entry{e.key, e.at, e.value.clone()}
	}
	return &out
}

// set puts a value at a path such as agents.planner.plugin or events[0].text,
// making the mappings on the way. It reports a path that goes through
// something else.
func (n *node) set(path string, value *node) error {
	at := n
	steps := strings.Split(strings.ReplaceAll(path, "[", ".["), ".")
	for i, step := range steps {
		slot, err := at.slot(step, value.at)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(steps[:i+1], "."), err)
		}
		if i == len(steps)-1 {
			*slot = value
			return nil
		}
		if (*slot).kind == scalar && (*slot).value == nil {
			(*slot).kind = mapping
		}
		at = *slot
	}
	return nil
}

// slot is where a step of a path leads.
func (n *node) slot(step string, at place) (**node, error) {
	if index, ok := strings.CutPrefix(step, "["); ok {
		i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || n.kind != sequence || i < 0 || i >= len(n.items) {
			return nil, errors.New("there is no such item")
		}
		return &n.items[i], nil
	}
	if step == "" {
		return nil, errors.New("the path has an empty part")
	}
	if n.kind != mapping {
		return nil, errors.New("its parent is not a mapping")
	}
	for i := range n.entries {
		if n.entries[i].key == step {
			return &n.entries[i].value, nil
		}
	}
	n.entries = append(n.entries, entry{step, at, &node{at: at}})
	return &n.entries[len(n.entries)-1].value, nil
}

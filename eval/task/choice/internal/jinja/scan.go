package jinja

import "strings"

// scanner reads a template tag by tag.
type scanner struct {
	text string
	at   int
	// The statement that ended a list of nodes: else, elif or endif, with what
	// follows its word, and where; empty at the end of the text.
	word, rest string
	from       int
	trim       bool // the last tag takes away the space behind it
}

// nodes reads up to a statement that ends a part, or to the end of the text.
func (s *scanner) nodes(depth int) ([]node, *Refused) {
	s.word = ""
	if depth > maxDepth {
		return nil, &Refused{s.at, "too many {% if %} in each other"}
	}
	var out []node
	for s.at < len(s.text) {
		open := opening(s.text[s.at:])
		literal := s.text[s.at:]
		if open >= 0 {
			literal = literal[:open]
		}
		s.at += len(literal)
		out = append(out, s.literal(literal, open >= 0)...)
		if open < 0 {
			break
		}
		n, ended, refused := s.tag(depth)
		if refused != nil || ended {
			return out, refused
		}
		if n != nil {
			out = append(out, *n)
		}
	}
	return out, nil
}

// literal is a text between tags, without the space that {{- and -}} take away.
func (s *scanner) literal(text string, more bool) []node {
	const space = " \t\r\n"
	if s.trim {
		text = strings.TrimLeft(text, space)
	}
	if more && strings.HasPrefix(s.text[min(s.at+2, len(s.text)):], "-") {
		text = strings.TrimRight(text, space)
	}
	s.trim = false
	if text == "" {
		return nil
	}
	return []node{{text: text}}
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

// tag reads the tag at hand; ended says that it ends a part.
func (s *scanner) tag(depth int) (n *node, ended bool, refused *Refused) {
	begin := s.at
	closes := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[s.text[begin+1]]
	size := closing(s.text[begin:], closes)
	if size < 0 {
		return nil, false, &Refused{begin, s.text[begin:begin+2] + " without " + closes}
	}
	s.at = begin + size + 2
	inner, from := s.text[begin+2:begin+size], begin+2
	if strings.HasPrefix(inner, "-") {
		inner, from = inner[1:], from+1
	}
	inner, s.trim = strings.CutSuffix(inner, "-")
	switch closes {
	case "#}":
		return nil, false, nil
	case "}}":
		e, refused := parseExpression(inner, from)
		return &node{expr: e}, false, refused
	}
	return s.statement(inner, from, begin, depth)
}

// closing is where a tag's end stands that is not in quotes; −1 where there is
// none.
func closing(tag, end string) int {
	for i := 2; i < len(tag); i++ {
		switch c := tag[i]; {
		case (c == '\'' || c == '"') && end != "#}":
			_, n := quoted(tag[i:])
			if n == 0 {
				return strings.Index(tag, end)
			}
			i += n - 1
		case strings.HasPrefix(tag[i:], end):
			return i
		}
	}
	return -1
}

// statement reads {% if %}, {% set %} and what belongs to them.
func (s *scanner) statement(inner string, from, begin, depth int) (n *node, ended bool, refused *Refused) {
	trimmed := strings.TrimLeft(inner, " \t\r\n")
	from += len(inner) - len(trimmed)
	word := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "abcdefghijklmnopqrstuvwxyz"))]
	rest := trimmed[len(word):]
	switch word {
	case "if":
		n, refused = s.branches(rest, from+len(word), depth)
		return n, false, refused
	case "elif", "else", "endif":
		s.word, s.rest, s.from = word, rest, from+len(word)
		return nil, true, nil
	case "set":
		name, value, ok := strings.Cut(rest, "=")
		if ok && !strings.ContainsAny(strings.TrimSpace(name), " ,.[") {
			e, refused := parseExpression(value, from+len(word)+len(name)+1)
			return &node{expr: e, set: strings.TrimSpace(name)}, false, refused
		}
	}
	return nil, false, &Refused{begin, "{% " + word + " %} is not supported"}
}

// branches reads the parts of an {% if %} up to its {% endif %}.
func (s *scanner) branches(condition string, from, depth int) (*node, *Refused) {
	begin := from
	out := &node{}
	for word := "if"; ; word = s.word {
		var p part
		var refused *Refused
		if word != "else" {
			if p.condition, refused = parseExpression(condition, from); refused != nil {
				return nil, refused
			}
		}
		if p.nodes, refused = s.nodes(depth + 1); refused != nil {
			return nil, refused
		}
		out.parts = append(out.parts, p)
		switch {
		case s.word == "":
			return nil, &Refused{begin, "{% if %} without {% endif %}"}
		case s.word == "endif":
			s.word = ""
			return out, nil
		case word == "else":
			return nil, &Refused{s.from, "{% " + s.word + " %} after {% else %}"}
		}
		condition, from = s.rest, s.from
	}
}

package spec

import (
	"fmt"
	"slices"
)

// Fragments are merged by TinyTroupe's rules: mappings merge key by key, lists
// append what they do not have yet, and a text or a number that both sides give
// must be the same on both. Nothing (null) gives way to something.

// settle merges the fragments that a persona names, relative to dir.
func (r *personaReader) settle(n *node, dir string) *node {
	list := n.child("fragments")
	if list == nil {
		return n
	}
	rest := *n
	rest.entries = slices.DeleteFunc(slices.Clone(n.entries), func(e entry) bool { return e.key == "fragments" })
	return r.merged(&rest, r.fragments(list, dir))
}

// fragments reads the files of a list.
func (r *personaReader) fragments(list *node, dir string) []*node {
	if list == nil || list.kind == scalar && list.value == nil {
		return nil
	}
	if list.kind != sequence {
		r.problem(list.at.problem("fragments has the wrong type", "it is no list", "give a list of files, relative to this one"))
		return nil
	}
	var read []*node
	for _, item := range list.items {
		name, ok := item.value.(string)
		if !ok {
			r.problem(item.at.problem("fragments has the wrong type", "this is no file", "give a list of files, relative to this one"))
			continue
		}
		if n := r.read(beside(dir, name), fragment); n != nil {
			read = append(read, n)
		}
	}
	return read
}

// merged is a persona with fragments in it; the persona and the fragments stay
// as they are.
func (r *personaReader) merged(n *node, fragments []*node) *node {
	if n == nil || len(fragments) == 0 {
		return n
	}
	out := n.clone()
	for _, f := range fragments {
		r.merge(out, f, "")
	}
	return out
}

func (r *personaReader) merge(into, from *node, path string) {
	switch {
	case from.empty():
	case into.empty():
		*into = *from.clone()
	case into.kind != from.kind:
		r.clash(into, from, path, into.kind.String(), from.kind.String())
	case into.kind == mapping:
		r.mergeMapping(into, from, path)
	case into.kind == sequence:
		for _, item := range from.items {
			if !slices.ContainsFunc(into.items, item.same) {
				into.items = append(into.items, item.clone())
			}
		}
	case !into.same(from):
		r.clash(into, from, path, fmt.Sprintf("%.60q", fmt.Sprint(into.value)), fmt.Sprintf("%.60q", fmt.Sprint(from.value)))
	}
}

func (r *personaReader) mergeMapping(into, from *node, path string) {
	for _, e := range from.entries {
		if have := into.child(e.key); have != nil {
			r.merge(have, e.value, join(path, e.key))
			continue
		}
		into.entries = append(into.entries, entry{e.key, e.at, e.value.clone()})
	}
}

func (r *personaReader) clash(into, from *node, path, there, here string) {
	r.problem(from.at.problem(
		fmt.Sprintf("%s contradicts %s:%d:%d", path, into.at.file, into.at.line, into.at.col),
		fmt.Sprintf("%s here, %s there", here, there), "keep one of the two"))
}

func (n *node) empty() bool { return n.kind == scalar && n.value == nil }

// same reports whether two values are equal; 1 and 1.0 are.
func (n *node) same(other *node) bool {
	if n.kind != other.kind || len(n.items) != len(other.items) || len(n.entries) != len(other.entries) {
		return false
	}
	for i, item := range n.items {
		if !item.same(other.items[i]) {
			return false
		}
	}
	for _, e := range n.entries {
		if value := other.child(e.key); value == nil || !e.value.same(value) {
			return false
		}
	}
	x, isNumber := number(n.value)
	y, isOther := number(other.value)
	if isNumber && isOther {
		return x == y
	}
	return n.value == other.value
}

// String names a kind in messages.
func (k nodeKind) String() string {
	switch k {
	case mapping:
		return "a mapping"
	case sequence:
		return "a list"
	default:
		return "a text or a number"
	}
}

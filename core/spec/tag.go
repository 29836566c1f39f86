package spec

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Tag is a tag that stands before a value of a YAML text, such as !function.
// Decode takes the value and passes the tag over.
type Tag struct {
	Name         string // with its !
	Value        string // as it is written, where it is a word
	Line, Column int
}

// Tags are the tags of a YAML text in its order; none where it is malformed,
// which Decode says.
func Tags(text []byte) []Tag {
	if len(text) > maxBytes {
		return nil
	}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil
	}
	var found tagFinder
	for _, doc := range parsed.Docs {
		if doc.Body != nil {
			ast.Walk(&found, doc.Body)
		}
	}
	return found.tags
}

type tagFinder struct{ tags []Tag }

// Visit implements ast.Visitor.
func (f *tagFinder) Visit(n ast.Node) ast.Visitor {
	if tag, ok := n.(*ast.TagNode); ok {
		out := Tag{Name: tag.Start.Value, Line: tag.Start.Position.Line, Column: tag.Start.Position.Column}
		if tag.Value != nil {
			out.Value = tag.Value.GetToken().Value
		}
		f.tags = append(f.tags, out)
	}
	return f
}

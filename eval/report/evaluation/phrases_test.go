package evaluation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/llm-city/gorod/eval/report/internal/words"
	"github.com/llm-city/gorod/eval/stats"
)

// constants are the values of those of a type in package stats.
func constants(t *testing.T, kind string) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../../stats/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			of, ok := n.(*ast.ValueSpec)
			if !ok || len(of.Values) != 1 {
				return true
			}
			name, ok := of.Type.(*ast.Ident)
			value, literal := of.Values[0].(*ast.BasicLit)
			if ok && literal && name.Name == kind {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, text)
			}
			return true
		})
	}
	if len(out) < 10 {
		t.Fatalf("only %d constants of the type %s", len(out), kind)
	}
	return out
}

func TestEveryReasonAndMethodHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range []words.Language{"ru", "en"} {
		w := &writer{Language: l}
		for _, key := range constants(t, "Why") {
			if w.why(stats.Why(key)) == key {
				t.Errorf("%s: the reason %q has no words", l, key)
			}
		}
		for _, key := range constants(t, "Method") {
			if w.method(stats.Method(key)) == key {
				t.Errorf("%s: the method %q has no words", l, key)
			}
		}
	}
}

package export

import (
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/event"
)

func TestEveryKindOfEventIsDocumentedFieldByField(t *testing.T) {
	t.Parallel()
	var kinds []event.Kind
	for _, p := range payloads() {
		kinds = append(kinds, p.kind)
		paths := map[string]bool{}
		for _, f := range p.fields() {
			paths[f.Name] = true
			if f.Doc == "" {
				t.Errorf("%s: %s is not documented", p.kind, f.Name)
			}
		}
		for path := range p.docs {
			if !paths[path] {
				t.Errorf("%s: %s is documented but not there", p.kind, path)
			}
		}
	}
	if !slices.Equal(kinds, event.Kinds()) {
		t.Errorf("documented are %q, there are %q", kinds, event.Kinds())
	}
}

func TestEveryColumnIsDocumented(t *testing.T) {
	t.Parallel()
	for _, table := range Tables() {
		for _, c := range table.Columns {
			if c.Name == "" || c.Type == "" || c.Doc == "" {
				t.Errorf("%s: %+v is not documented", table.Name, c)
			}
		}
	}
}

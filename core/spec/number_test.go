package spec_test

import (
	"testing"

	"github.com/llm-city/gorod/core/spec"
)

func TestNumbersAreReadAsYAMLHasThemAndAnyKindOfValueIsKept(t *testing.T) {
	t.Parallel()
	var into struct {
		Rate   float64          `yaml:"rate"`
		Name   string           `yaml:"name"`
		Values map[string][]any `yaml:"values"`
	}
	text := "rate: 1e-4\nname: 1e4\nvalues: {a.b: [2E+3, \"1e4\", e5, 1e, -1e2, [x], {k: 1}, null]}\n"
	if _, problems := spec.Decode("x.yaml", []byte(text), &into); len(problems) > 0 {
		t.Fatal(problems)
	}
	got := into.Values["a.b"]
	if into.Rate != 1e-4 || into.Name != "1e4" || got[0] != 2000.0 || got[1] != "1e4" || got[2] != "e5" || got[3] != "1e" || got[4] != -100.0 || got[7] != nil {
		t.Errorf("%+v", into)
	}
	if list, ok := got[5].([]any); !ok || list[0] != "x" {
		t.Errorf("%v", got[5])
	}
}

func TestAMapTakesAFileOfAnyKind(t *testing.T) {
	t.Parallel()
	into := map[string]any{}
	if _, problems := spec.Decode("x.yaml", []byte("kind: Evaluation\nname: x\n"), &into); len(problems) > 0 || into["name"] != "x" {
		t.Errorf("%v, %v", into, problems)
	}
}

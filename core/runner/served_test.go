package runner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/spec"
)

func TestEveryMeaningOfAnEntryHasAProvider(t *testing.T) {
	t.Parallel()
	cell := func(name string, models map[string]spec.Model) Planned {
		return Planned{Cell: spec.Cell{Name: name, Study: &spec.Study{Models: models}}}
	}
	small, large := spec.Model{Provider: "ollama", Model: "small"}, spec.Model{Provider: "ollama", Model: "large"}
	got := modelsOf([]Planned{
		cell("a", map[string]spec.Model{"default": small, "judge": large}),
		cell("a", map[string]spec.Model{"default": small, "judge": large}), // another seed
		cell("b", map[string]spec.Model{"default": large, "judge": large}),
		cell("c", map[string]spec.Model{"default": small, "judge": large, "more": small}),
	})
	want := map[string]spec.Model{"default": small, "judge": large, "default@b": large, "more": small}
	if diff := cmp.Diff(want, got.models); diff != "" {
		t.Error(diff)
	}
	for at, name := range map[[2]string]string{{"a", "default"}: "default", {"b", "default"}: "default@b", {"c", "default"}: "default", {"c", "more"}: "more", {"b", "judge"}: "judge"} {
		if got.names[at[0]][at[1]] != name {
			t.Errorf("%v is %q, want %q", at, got.names[at[0]][at[1]], name)
		}
	}
}

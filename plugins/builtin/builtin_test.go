package builtin_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/builtin"
)

func TestBuiltinsAreListedOnceInOrder(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, p := range builtin.Plugins() {
		info := p.Info()
		ids = append(ids, info.ID())
		if info.Version == "" || info.Summary == "" || len(info.APIVersions) == 0 {
			t.Errorf("%s does not say what it is: %+v", info.ID(), info)
		}
	}
	want := []string{"mayor/greedy", "mayor/llm", "mayor/none", "mayor/random", "memory/curious", "memory/longshort", "memory/stream", "metric/activity", "metric/emotion", "metric/events", "metric/groups", "metric/language", "metric/persona", "metric/spread", "metric/town",
		"planner/babyagi", "planner/justplan", "planner/qaframework", "planner/reflect", "sentiment/encoder", "sentiment/lexicon", "sentiment/llm"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("built-ins (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in order: %v", ids)
	}
}

func TestConfigSchemasAreStrictObjectsWithDescriptions(t *testing.T) {
	t.Parallel()
	for _, p := range builtin.Plugins() {
		var schema struct {
			Type       string
			Additional *bool `json:"additionalProperties"`
			Properties map[string]struct{ Description string }
		}
		if err := json.Unmarshal(p.ConfigSchema(), &schema); err != nil {
			t.Fatalf("%s: %v", p.Info().ID(), err)
		}
		if schema.Type != "object" || schema.Additional == nil || *schema.Additional {
			t.Errorf("%s takes keys that it does not know", p.Info().ID())
		}
		for name, property := range schema.Properties {
			if property.Description == "" {
				t.Errorf("%s does not say what %s is", p.Info().ID(), name)
			}
		}
	}
}

package planning_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// properties are those of a config schema.
func properties(t *testing.T, schema string) []string {
	t.Helper()
	var s struct {
		AdditionalProperties *bool
		Properties           map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(schema), &s); err != nil || s.AdditionalProperties == nil || *s.AdditionalProperties {
		t.Fatalf("%v in schema %s", err, schema)
	}
	var names []string
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestAPlannersOwnSettingsStandBesideTheShared(t *testing.T) {
	t.Parallel()
	const own = `"critics": {"type": "array"}`
	for schema, want := range map[string][]string{
		planning.ConfigSchema:            {"max_tokens", "reuse", "reuse_ticks", "temperature"},
		planning.ConfigSchemaWith(own):   {"critics", "max_tokens", "reuse", "reuse_ticks", "temperature"},
		planning.SamplingSchemaWith(own): {"critics", "max_tokens", "temperature"},
	} {
		if diff := cmp.Diff(want, properties(t, schema)); diff != "" {
			t.Errorf("settings (-want +got):\n%s", diff)
		}
	}
}

func TestAReplyOfAPlannersOwnHoldsTheSameActions(t *testing.T) {
	t.Parallel()
	d, host := asking(t)
	scene, err := d.Scene(planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scene.Attempt(t.Context(), 3, nil, nil); err != nil {
		t.Fatal(err)
	}
	call := host.Asked()[0]
	if call.Call.Index != 3 || call.Call.Purpose != "plan" {
		t.Errorf("call %+v", call.Call)
	}
	var whole struct {
		Properties struct{ Actions json.RawMessage }
	}
	if err := json.Unmarshal(call.Schema, &whole); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		part, err := scene.ActionsSchema()
		if err != nil || string(part) != string(whole.Properties.Actions) {
			t.Errorf("%v, schema %s, want %s", err, part, whole.Properties.Actions)
		}
	}
	var reply []map[string]json.RawMessage
	if err := json.Unmarshal([]byte(`[{"kind":"vote","option":2,"text":""},{"kind":"a"},{"kind":"b"}]`), &reply); err != nil {
		t.Fatal(err)
	}
	want := []sdk.Action{{Kind: "vote", Args: map[string]string{"option": "2"}}, {Kind: "a", Args: map[string]string{}}}
	if diff := cmp.Diff(want, scene.Actions(reply)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

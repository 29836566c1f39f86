package journal_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

func record(agent, key, kind string) sdk.RecordChange {
	return sdk.RecordChange{Record: sdk.Record{Agent: agent, Key: key, Kind: kind, JSON: json.RawMessage(`{}`)}}
}

func TestOneResidentIsReadWithoutTheOthers(t *testing.T) {
	t.Parallel()
	j := create(t, filepath.Join(t.TempDir(), "run.db"))
	commit(t, j, event.Commit{
		Agents:    []event.AgentState{{ID: "a0001", Goals: []string{"дом"}}},
		Newcomers: []event.Newcomer{{ID: "a0003", Name: "Новосёл", Group: "new", Persona: json.RawMessage(`{}`)}},
		Rows:      []event.Row{{Kind: "town", ID: "town", JSON: json.RawMessage(`{"money":7}`)}, {Kind: "group", ID: "g1", JSON: json.RawMessage(`{}`)}},
		Records: []event.PluginChanges{
			{Plugin: "memory", Changes: []sdk.RecordChange{record("a0001", "k1", "person"), record("a0001", "k2", "place"), record("a0002", "k1", "person")}},
			{Plugin: "planner", Changes: []sdk.RecordChange{record("a0001", "k1", "experience")}},
		},
	})
	commit(t, j, event.Commit{Tick: 1, Records: []event.PluginChanges{{Plugin: "memory", Changes: []sdk.RecordChange{record("a0001", "k3", "person")}}}})

	residents, err := j.Residents(t.Context())
	if err != nil || len(residents) != 3 || residents[2].Name != "Новосёл" {
		t.Errorf("residents %+v, %v", residents, err)
	}
	if a, ok, err := j.Agent(t.Context(), "a0001"); err != nil || !ok || a.Goals[0] != "дом" {
		t.Errorf("agent %+v, %v, %v", a, ok, err)
	}
	if _, ok, err := j.Agent(t.Context(), "a0002"); err != nil || ok {
		t.Errorf("an agent that no tick changed: %v, %v", ok, err)
	}
	type town struct{ Money int }
	if got, ok, err := journal.Row[town](t.Context(), j, "town", "town"); err != nil || !ok || got.Money != 7 {
		t.Errorf("row %+v, %v, %v", got, ok, err)
	}
	if _, ok, err := journal.Row[town](t.Context(), j, "town", "other"); err != nil || ok {
		t.Errorf("a row that is not there: %v, %v", ok, err)
	}
	for row, err := range j.RowsOf(t.Context(), "group") {
		if err != nil || row.ID != "g1" {
			t.Errorf("row %+v, %v", row, err)
		}
	}
}

func TestRecordsOfAResidentComeInPages(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	for tick := range int64(3) {
		commit(t, j, event.Commit{Tick: tick, Records: []event.PluginChanges{
			{Plugin: "memory", Changes: []sdk.RecordChange{record("a0001", fmt.Sprint("p", tick), "person"), record("a0002", "x", "person")}},
			{Plugin: "planner", Changes: []sdk.RecordChange{record("a0001", fmt.Sprint("e", tick), "experience")}},
		}})
	}
	for name, c := range map[string]struct {
		kind          string
		until         int64
		limit, offset int
		keys          []string
		count         map[string]int
	}{
		"the newest first": {until: 9, limit: 3, keys: []string{"p2", "e2", "p1"}, count: map[string]int{"person": 3, "experience": 3}},
		"the second page":  {until: 9, limit: 3, offset: 3, keys: []string{"e1", "p0", "e0"}, count: map[string]int{"person": 3, "experience": 3}},
		"of one kind":      {kind: "person", until: 9, limit: 9, keys: []string{"p2", "p1", "p0"}, count: map[string]int{"person": 3, "experience": 3}},
		"of an older tick": {until: 0, limit: 9, keys: []string{"p0", "e0"}, count: map[string]int{"person": 1, "experience": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, count, err := j.RecordsOf(t.Context(), "a0001", c.kind, c.until, c.limit, c.offset)
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, r := range page {
				keys = append(keys, r.Key)
			}
			if d := cmp.Diff(c.keys, keys) + cmp.Diff(c.count, count); d != "" {
				t.Error(d)
			}
		})
	}
}

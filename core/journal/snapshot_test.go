package journal_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
)

func TestASnapshotStandsStillWhileTheRunGoesOn(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	var rows []event.Row
	for i := range 450 {
		rows = append(rows, event.Row{Kind: "post", ID: fmt.Sprintf("p%d", i+1), JSON: json.RawMessage(`{}`)})
	}
	rows = append(rows, event.Row{Kind: "follow", ID: "a0001", JSON: json.RawMessage(`["a0002"]`)})
	commit(t, j, event.Commit{
		Tick: 0, Rows: rows, Agents: []event.AgentState{{ID: "a0001"}},
		Events: []event.Event{{Kind: event.KindAction, Data: json.RawMessage(`{"target_agent":"@anna"}`)}, {Kind: event.KindMood, Data: json.RawMessage(`{}`)}},
	})
	s, err := j.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit(t, j, event.Commit{Tick: 1, Rows: []event.Row{{Kind: "post", ID: "p451", JSON: json.RawMessage(`{}`)}}})
	if s.Tick() != 0 {
		t.Errorf("the snapshot is of tick %d", s.Tick())
	}
	if got := collect(t, s.Rows(t.Context(), "post")); len(got) != 450 || got[0].Kind != "post" {
		t.Errorf("%d posts", len(got))
	}
	var ids []string
	for i := range 460 {
		ids = append(ids, fmt.Sprintf("p%d", i+1))
	}
	if got := collect(t, s.RowsOf(t.Context(), "post", ids...)); len(got) != 450 {
		t.Errorf("asked for 460 posts, of which 450 are there: got %d", len(got))
	}
	if got := collect(t, s.RowsOf(t.Context(), "post")); len(got) != 0 {
		t.Errorf("asked for none: got %d", len(got))
	}
	if got := collect(t, s.Events(t.Context(), journal.Filter{Holds: `"@`})); len(got) != 1 || got[0].Kind != event.KindAction {
		t.Errorf("events that hold a visitor: %v", got)
	}
	agents, err := s.Agents(t.Context())
	if err != nil || len(agents) != 1 {
		t.Errorf("agents: %v, %v", agents, err)
	}
	residents, err := s.Residents(t.Context(), 1)
	if err != nil || !slices.Equal([]string{residents[0].ID}, []string{"a0002"}) {
		t.Errorf("residents from the second on: %v, %v", residents, err)
	}
}

func TestASnapshotOfARunWithoutTicks(t *testing.T) {
	t.Parallel()
	s, err := newJournal(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Tick() != -1 {
		t.Errorf("tick %d", s.Tick())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

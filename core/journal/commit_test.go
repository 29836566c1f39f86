package journal_test

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestACommitIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	negativeZero := math.Copysign(0, -1)
	agents := []event.AgentState{
		{ID: "a0001", Mood: sdk.Mood{Valence: negativeZero, Arousal: 0.1 + 0.2}, Goals: []string{"найти ёлку"}, Plan: sdk.Plan{Purpose: "гулять", Since: 3}},
		{ID: "a0002", Outcomes: []sdk.Outcome{{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "<b>\u2028"}}, OK: true}}},
	}
	c := event.Commit{
		Tick: 0, Time: "2026-03-01T08:00:00+03:00", Steps: 2, Digest: []byte{0, 1, 255}, Done: true, Agents: agents,
		Events: []event.Event{
			{Agent: "a0001", Kind: event.KindAction, Data: json.RawMessage(`{"kind":"post","text":"Привет, ёж"}`)},
			{Kind: event.KindInvalid, Data: json.RawMessage(`{"why":"x"}`)},
		},
		Incidents: []event.Incident{{Tick: 0, Kind: "restart", Source: "memory/longshort", Detail: "killed"}},
	}
	commit(t, j, c)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	last, ok, err := j.Last(t.Context())
	want := journal.Checkpoint{Tick: 0, Time: c.Time, Digest: c.Digest, Events: 2, Steps: 2, Done: true}
	if diff := cmp.Diff(want, last); diff != "" || !ok || err != nil {
		t.Errorf("checkpoint (%v, %v) differs\n%s", ok, err, diff)
	}
	got, err := j.Agents(t.Context())
	if diff := cmp.Diff(agents, got); diff != "" || err != nil || !math.Signbit(got[0].Mood.Valence) {
		t.Errorf("agents (%v) differ\n%s", err, diff)
	}
	if diff := cmp.Diff(c.Events, collect(t, j.Events(t.Context(), journal.Filter{}))); diff != "" {
		t.Errorf("events differ\n%s", diff)
	}
	incidents, err := j.Incidents(t.Context())
	if diff := cmp.Diff(c.Incidents, incidents); diff != "" || err != nil {
		t.Errorf("incidents (%v) differ\n%s", err, diff)
	}
}

func TestRecordsAndRowsAreTheLastChangeInBytewiseOrder(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	record := func(agent, key, text string) sdk.RecordChange {
		return sdk.RecordChange{Record: sdk.Record{Agent: agent, Key: key, Kind: "person", JSON: json.RawMessage(text)}}
	}
	gone := func(agent, key string) sdk.RecordChange {
		return sdk.RecordChange{Record: sdk.Record{Agent: agent, Key: key}, Delete: true}
	}
	commit(t, j, event.Commit{Tick: 0,
		Records: []event.PluginChanges{
			{Plugin: "memory", Changes: []sdk.RecordChange{
				record("a2", "k", "1"), record("a1", "k2", "1"), record("a1", "k10", "1"), record("", "k", "1"), record("a1", "gone", "1"),
				record("a1", "back", "1"), gone("a1", "back"), record("a1", "back", "2"), record("a1", "fleeting", "1"), gone("a1", "fleeting"),
			}},
			{Plugin: "planner", Changes: []sdk.RecordChange{record("a1", "k2", "planner")}},
		},
		Rows: []event.Row{
			{Kind: "post", ID: "p2", JSON: json.RawMessage("1")}, {Kind: "post", ID: "p10", JSON: json.RawMessage("1")},
			{Kind: "follow", ID: "я", JSON: json.RawMessage("1")}, {Kind: "follow", ID: "ё", JSON: json.RawMessage("1")},
			{Kind: "post", ID: "p3", JSON: json.RawMessage("1")}, {Kind: "post", ID: "p3"},
		},
	})
	commit(t, j, event.Commit{Tick: 1,
		Records: []event.PluginChanges{{Plugin: "memory", Changes: []sdk.RecordChange{gone("a1", "gone"), record("a1", "k2", "2"), gone("a9", "never")}}},
		Rows:    []event.Row{{Kind: "post", ID: "p2", JSON: json.RawMessage("2")}, {Kind: "follow", ID: "я"}},
	})
	var records []string
	for _, r := range collect(t, j.Records(t.Context(), "memory")) {
		records = append(records, r.Agent+"/"+r.Key+"="+string(r.JSON)+" "+r.Kind)
	}
	want := []string{"/k=1 person", "a1/back=2 person", "a1/k10=1 person", "a1/k2=2 person", "a2/k=1 person"}
	if diff := cmp.Diff(want, records); diff != "" {
		t.Errorf("records differ\n%s", diff)
	}
	var rows []string
	for _, r := range collect(t, j.Rows(t.Context())) {
		rows = append(rows, r.Kind+"/"+r.ID+"="+string(r.JSON))
	}
	if want := []string{"follow/ё=1", "post/p10=1", "post/p2=2"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
}

func TestEventsAreFiltered(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	for tick := range int64(4) {
		c := event.Commit{Tick: tick}
		for range 20 { // more than one insert
			c.Events = append(c.Events,
				event.New(0, "a1", event.KindMood, event.Mood{}), event.New(0, "a2", event.KindMood, event.Mood{}),
				event.New(0, "a1", event.KindPlan, event.Plan{}))
		}
		commit(t, j, c)
	}
	cases := map[string]struct {
		filter journal.Filter
		want   int
	}{
		"all":        {journal.Filter{}, 240},
		"from":       {journal.Filter{From: 3}, 60},
		"to":         {journal.Filter{To: 1}, 60},
		"kinds":      {journal.Filter{Kinds: []event.Kind{event.KindPlan, event.KindTold}}, 80},
		"agent":      {journal.Filter{Agent: "a2"}, 80},
		"everything": {journal.Filter{From: 1, To: 3, Kinds: []event.Kind{event.KindPlan, event.KindMood}, Agent: "a1"}, 80},
		"nobody":     {journal.Filter{Agent: "a1' OR '1'='1"}, 0},
	}
	for name, c := range cases {
		if got := collect(t, j.Events(t.Context(), c.filter)); len(got) != c.want {
			t.Errorf("%s: %d events, want %d", name, len(got), c.want)
		}
	}
}

func TestOnlyTheNextTickIsTaken(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	commit(t, j, event.Commit{Tick: 0})
	for _, tick := range []int64{0, 2, -1} {
		err := j.Commit(t.Context(), event.Commit{Tick: tick})
		if e, ok := errors.AsType[*journal.TickError](err); !ok || e.Want != 1 || e.Got != tick {
			t.Errorf("tick %d: %v", tick, err)
		}
	}
	commit(t, j, event.Commit{Tick: 1})
}

func TestACommitThatFailsLeavesNoTrace(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	bad := event.Commit{
		Tick: 0, Events: []event.Event{{Kind: event.KindMood, Data: json.RawMessage("{}")}, {Tick: 7, Seq: 1}},
		Rows: []event.Row{{Kind: "post", ID: "p1", JSON: json.RawMessage("{}")}},
	}
	if err := j.Commit(t.Context(), bad); err == nil {
		t.Fatal("an event of another tick was taken")
	}
	if events := collect(t, j.Events(t.Context(), journal.Filter{})); len(events) != 0 {
		t.Errorf("%d events of a failed commit", len(events))
	}
	if _, ok, err := j.Last(t.Context()); ok || err != nil {
		t.Errorf("a tick is there (%v)", err)
	}
	commit(t, j, event.Commit{Tick: 0})
}

func TestReadersSeeWholeTicksAndDoNotHoldUpACommit(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	put := func(tick int64) {
		c := event.Commit{Tick: tick}
		for _, id := range []string{"p1", "p2", "p3"} {
			c.Rows = append(c.Rows, event.Row{Kind: "post", ID: id, JSON: json.RawMessage{'0' + byte(tick)}})
		}
		commit(t, j, c)
	}
	put(0)
	var seen string
	for r, err := range j.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.ID == "p1" {
			put(1) // while the reader is at its first row
		}
		seen += string(r.JSON)
	}
	if seen != "000" {
		t.Errorf("the reader saw %q, want one tick's rows: 000", seen)
	}
	if rows := collect(t, j.Rows(t.Context())); string(rows[2].JSON) != "1" {
		t.Errorf("the next reader sees %s, want 1", rows[2].JSON)
	}
}

func TestAReadThatIsBrokenOffLetsGoOfItsConnection(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	commit(t, j, event.Commit{Tick: 0, Rows: []event.Row{{Kind: "a", ID: "1", JSON: json.RawMessage("1")}, {Kind: "a", ID: "2", JSON: json.RawMessage("1")}}})
	for range 20 { // more than there are connections
		for range j.Rows(t.Context()) {
			break
		}
	}
	if rows := collect(t, j.Rows(t.Context())); len(rows) != 2 {
		t.Errorf("%d rows, want 2", len(rows))
	}
}

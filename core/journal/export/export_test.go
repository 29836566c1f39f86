package export_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/journal/export"
	"github.com/llm-city/gorod/core/parquet"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write SCHEMAS.md anew")

const start = "2026-03-01T08:00:00+03:00"

// makeRun writes a run of two ticks, with something for every table.
func makeRun(t testing.TB, seed uint64) export.Source {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "run.db")
	j, err := journal.Create(t.Context(), path, journal.Meta{
		Gorod: "1.2.3", Study: "двор", Cell: "planner=justplan", Seed: seed, RunID: "r", StudyDigest: "d", Language: "ru",
		Clock: journal.Clock{Start: at, Step: time.Hour, Ticks: 2},
		Residents: []journal.Resident{
			{ID: "a0001", Name: "Анна", Group: "соседи", Model: "small", Persona: json.RawMessage(`{"name":"Анна"}`)},
			{ID: "a0002", Name: "Пётр", Model: "small", Persona: json.RawMessage(`{"name":"Пётр"}`)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commits() {
		for i := range c.Events {
			c.Events[i].Tick, c.Events[i].Seq = c.Tick, i
		}
		if err := j.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return export.Source{Journal: path, Calls: func(context.Context) iter.Seq2[export.Call, error] {
		return func(yield func(export.Call, error) bool) {
			yield(export.Call{Tick: 1, Agent: "a0001", Purpose: "plan", Model: "m", PromptTokens: 10, Latency: 1500 * time.Microsecond, Key: "k", Prompt: "[]", Reply: "да"}, nil)
		}
	}}
}

func commits() []event.Commit {
	post := event.Action{
		Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Ёлка!"}}, ID: "p1", Audience: "public", About: "news", Text: "Ёлка!",
		Sentiment: &sdk.Sentiment{Valence: 0, Arousal: 0.5, Label: sdk.Neutral},
	}
	return []event.Commit{
		{Tick: 0, Digest: []byte{1}, Events: []event.Event{
			event.New(0, "a0001", event.KindTold, event.Told{Event: "news", Text: "новость"}),
			event.New(0, "a0001", event.KindHeard, event.Heard{Event: "news", Via: "event"}),
			event.New(0, "a0001", event.KindMood, event.Mood{Valence: -0.5, Arousal: 0.25, Stimuli: 2, Mean: -1}),
			event.New(0, "a0001", event.KindPlan, event.Plan{Purpose: "написать", Place: "network", Thought: "почему бы нет", Reused: true}),
			event.New(0, "a0001", event.KindAction, post),
		}},
		{Tick: 1, Digest: []byte{2}, Events: []event.Event{
			event.New(1, "a0002", event.KindExposure, event.Exposure{Feed: "hot", Items: []event.Shown{{ID: "p1", Author: "a0001", Score: 0.5}, {ID: "p0", Author: "a0003", Score: 0.25}}}),
			event.New(1, "a0002", event.KindAction, event.Action{Action: sdk.Action{Kind: "favourite"}, Target: "p1", TargetAgent: "a0001"}),
			event.New(1, "a0002", event.KindInvalid, event.Invalid{Action: &sdk.Action{Kind: "follow"}, Why: "уже"}),
			event.New(1, "a0002", event.KindInvalid, event.Invalid{Why: "ответ не по схеме"}),
		},
			Agents:  []event.AgentState{{ID: "a0002", Mood: sdk.Mood{Valence: 0.75}, Goals: []string{"a", "б"}, Plan: sdk.Plan{Purpose: "спать"}}},
			Records: []event.PluginChanges{{Plugin: "memory", Changes: []sdk.RecordChange{{Record: sdk.Record{Agent: "a0002", Key: "k", Kind: "person", JSON: json.RawMessage(`{}`)}}}}},
			Rows:    []event.Row{{Kind: "post", ID: "p1", JSON: json.RawMessage(`{"x":1}`)}},
		},
	}
}

func read[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	var all []T
	err := parquet.Read(filepath.Join(dir, name+".parquet"), name, func(rows []T) error {
		all = append(all, rows...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func base(seed uint64, tick int64) export.Base {
	local := time.Date(2026, 3, 1, 8+int(tick), 0, 0, 0, time.UTC) // the society's clocks, whatever the zone
	return export.Base{Study: "двор", Cell: "planner=justplan", Seed: seed, Tick: tick, Time: local.UnixMicro()}
}

func exportRuns(t *testing.T, seeds ...uint64) string {
	t.Helper()
	var sources []export.Source
	for _, seed := range seeds {
		sources = append(sources, makeRun(t, seed))
	}
	dir := filepath.Join(t.TempDir(), "study", "export")
	if err := export.Run(t.Context(), sources, dir, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEveryTableHoldsWhatTheJournalHolds(t *testing.T) {
	t.Parallel()
	const seed = 1<<64 - 1
	dir := exportRuns(t, seed)
	zero, half, quarter3, neutral, follow, none := 0.0, 0.5, 0.75, sdk.Neutral, "follow", "{}"
	check(t, dir, "agents", []export.Agent{
		{Base: base(seed, 1), Agent: "a0001", Name: "Анна", Group: "соседи", Model: "small", Persona: `{"name":"Анна"}`, Goals: []string{}},
		{Base: base(seed, 1), Agent: "a0002", Name: "Пётр", Model: "small", Persona: `{"name":"Пётр"}`, Valence: &quarter3, Arousal: &zero, Goals: []string{"a", "б"}, Plan: "спать"},
	})
	check(t, dir, "actions", []export.Action{
		{Base: base(seed, 0), Seq: 4, Agent: "a0001", Kind: "post", Args: `{"text":"Ёлка!"}`, ID: "p1", Audience: "public", About: "news", Text: "Ёлка!", Valence: &zero, Arousal: &half, Label: &neutral},
		{Base: base(seed, 1), Seq: 1, Agent: "a0002", Kind: "favourite", Args: "{}", Target: "p1", TargetAgent: "a0001"},
	})
	check(t, dir, "messages", []export.Message{
		{Base: base(seed, 0), Seq: 4, ID: "p1", Author: "a0001", Kind: "post", Text: "Ёлка!", Audience: "public", About: "news", Valence: &zero, Label: &neutral},
	})
	check(t, dir, "exposures", []export.Exposure{
		{Base: base(seed, 1), Agent: "a0002", Feed: "hot", Rank: 1, Item: "p1", Author: "a0001", Score: 0.5},
		{Base: base(seed, 1), Agent: "a0002", Feed: "hot", Rank: 2, Item: "p0", Author: "a0003", Score: 0.25},
	})
	check(t, dir, "moods", []export.Mood{{Base: base(seed, 0), Agent: "a0001", Valence: -0.5, Arousal: 0.25, Stimuli: 2, Mean: -1}})
	check(t, dir, "plans", []export.Plan{{Base: base(seed, 0), Agent: "a0001", Purpose: "написать", Place: "network", Thought: "почему бы нет", Reused: true}})
	check(t, dir, "heard", []export.Heard{{Base: base(seed, 0), Agent: "a0001", Event: "news", Via: "event"}})
	check(t, dir, "invalid", []export.Invalid{
		{Base: base(seed, 1), Agent: "a0002", Kind: &follow, Args: &none, Why: "уже"},
		{Base: base(seed, 1), Agent: "a0002", Why: "ответ не по схеме"},
	})
	check(t, dir, "records", []export.Record{{Base: base(seed, 1), Plugin: "memory", Agent: "a0002", Key: "k", Kind: "person", JSON: "{}"}})
	check(t, dir, "rows", []export.Row{{Base: base(seed, 1), Kind: "post", ID: "p1", JSON: `{"x":1}`}})
	check(t, dir, "llm_calls", []export.LLMCall{{Base: base(seed, 1), Agent: "a0001", Purpose: "plan", Model: "m", PromptTokens: 10, LatencyMS: 1.5, Key: "k", Prompt: "[]", Reply: "да"}})
	events := read[export.Event](t, dir, "events")
	if len(events) != 9 {
		t.Fatalf("%d events, want 9", len(events))
	}
	want := export.Event{Base: base(seed, 1), Seq: 1, Agent: "a0002", Kind: "action", Data: string(commits()[1].Events[1].Data)}
	if diff := cmp.Diff(want, events[6]); diff != "" {
		t.Errorf("event differs\n%s", diff)
	}
}

func check[T any](t *testing.T, dir, name string, want []T) {
	t.Helper()
	if diff := cmp.Diff(want, read[T](t, dir, name)); diff != "" {
		t.Errorf("%s differs (-want +got)\n%s", name, diff)
	}
}

func TestAllRunsOfAStudyAreInOneFileThatNamesThem(t *testing.T) {
	t.Parallel()
	dir := exportRuns(t, 7, 8)
	seeds := map[uint64]int{}
	for _, e := range read[export.Event](t, dir, "events") {
		seeds[e.Seed]++
	}
	if diff := cmp.Diff(map[uint64]int{7: 9, 8: 9}, seeds); diff != "" {
		t.Errorf("events by seed\n%s", diff)
	}
	metadata, err := parquet.Metadata(filepath.Join(dir, "moods.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"gorod.version": "1.2.3", "gorod.study": "двор", "gorod.cells": `["planner=justplan"]`, "gorod.seeds": "[7,8]",
		"gorod.runs": `[{"study":"двор","cell":"planner=justplan","seed":7,"run_id":"r","study_digest":"d"},{"study":"двор","cell":"planner=justplan","seed":8,"run_id":"r","study_digest":"d"}]`,
	} {
		if got := metadata[key]; got != want {
			t.Errorf("metadata %s is %q, want %q", key, got, want)
		}
	}
}

func TestAFailedExportLeavesTheEarlierOneAlone(t *testing.T) {
	t.Parallel()
	good := makeRun(t, 1)
	broken := good
	broken.Calls = func(context.Context) iter.Seq2[export.Call, error] {
		return func(yield func(export.Call, error) bool) { yield(export.Call{}, errors.New("cassette torn")) }
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := export.Run(t.Context(), []export.Source{good}, dir, nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ctx    context.Context
		second export.Source
		says   string
	}{
		"no journal": {t.Context(), export.Source{Journal: filepath.Join(dir, "none.db")}, "none.db"},
		"bad calls":  {t.Context(), broken, "cassette torn"},
		"cancelled":  {cancelled, good, "cancel"},
	} {
		err := export.Run(c.ctx, []export.Source{good, c.second}, dir, nil)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v does not say %q", name, err, c.says)
		}
		if n := len(read[export.Event](t, dir, "events")); n != 9 {
			t.Errorf("%s: the earlier export has %d events, want 9", name, n)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("%s: left behind: %q", name, left)
		}
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	t.Parallel()
	var last export.Progress
	err := export.Run(t.Context(), []export.Source{makeRun(t, 1), makeRun(t, 2)}, t.TempDir(), func(p export.Progress) { last = p })
	if want := (export.Progress{Run: 2, Runs: 2, Events: 9, Total: 9}); last != want || err != nil {
		t.Errorf("last progress %+v (%v), want %+v", last, err, want)
	}
}

func TestARunThatHasNotBegunGivesEmptyTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, err := journal.Create(t.Context(), filepath.Join(dir, "run.db"), journal.Meta{Study: "s"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := export.Run(t.Context(), []export.Source{{Journal: filepath.Join(dir, "run.db")}}, dir, nil); err != nil {
		t.Fatal(err)
	}
	for _, table := range export.Tables() {
		if table.Some {
			if _, err := os.Stat(filepath.Join(dir, table.Name+".parquet")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is there (%v)", table.Name, err)
			}
			continue
		}
		if rows := read[export.Base](t, dir, table.Name); len(rows) != 0 {
			t.Errorf("%s has %d rows", table.Name, len(rows))
		}
	}
}

func TestSchemasAreDocumented(t *testing.T) {
	t.Parallel()
	if *update {
		if err := os.WriteFile("SCHEMAS.md", []byte(export.Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("SCHEMAS.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), export.Markdown()); diff != "" {
		t.Errorf("SCHEMAS.md is stale: go test ./core/journal/export -update\n%s", diff)
	}
}

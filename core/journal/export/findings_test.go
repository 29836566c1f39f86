package export_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/journal/export"
	"github.com/llm-city/gorod/plugins/sdk"
)

// makeSmallRun writes a run of one tick with what is there only in some.
func makeSmallRun(t testing.TB, events []event.Event, found event.Findings, extracts ...export.Extraction) export.Source {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "run.db")
	j, err := journal.Create(t.Context(), path, journal.Meta{
		Gorod: "1.2.3", Study: "двор", Cell: "planner=justplan", Seed: 7, Clock: journal.Clock{Start: at, Step: time.Hour, Ticks: 1},
		Residents: []journal.Resident{{ID: "a0001", Name: "Анна", Group: "соседи", Persona: json.RawMessage(`{}`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		events[i].Seq = i
	}
	commit := event.Commit{
		Digest: []byte{1}, Events: events, Findings: found,
		Newcomers: []event.Newcomer{{ID: "a0002", Name: "Пётр", Group: "гости", Persona: json.RawMessage(`{}`)}},
	}
	if err := j.Commit(t.Context(), commit); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return export.Source{Journal: path, Extracts: extracts}
}

// exportTo exports runs into a folder, which may hold an earlier export.
func exportTo(t *testing.T, dir string, sources ...export.Source) {
	t.Helper()
	if err := export.Run(t.Context(), sources, dir, nil); err != nil {
		t.Fatal(err)
	}
}

// somethingOfEverything has rows for every table that is not always there.
func somethingOfEverything() ([]event.Event, event.Findings) {
	five := 5.5
	events := []event.Event{
		event.New(0, "", event.KindIntervention, event.Intervention{ID: "calm", Why: "mood < 0", Effects: []event.Effect{
			{Kind: "tell", Agents: []string{"a0001", "a0002"}, Detail: "тише"}, {Kind: "stop"},
		}}),
		event.New(0, "mayor", event.KindDecree, event.Decree{Action: sdk.Action{Kind: "build", Args: map[string]string{"y": "2", "x": "1"}}, OK: true, Detail: "дом", Thought: "пора"}),
		event.New(0, "mayor", event.KindDecree, event.Decree{Detail: "not JSON"}),
		event.New(0, "a0001", event.KindTransfer, event.Transfer{From: "a0001", To: "mayor", Amount: 1 << 40, Why: event.ForGoods, Building: "store-1", Thing: "суп × 2"}),
		event.New(0, "", event.KindTown, event.Town{Money: -1, Population: 2, Buildings: 3, Beds: 4, FreeBeds: 5, Decisions: 6, Invalid: 7, Met: true}),
		event.New(0, "", event.KindControl, event.Control{ID: 12, Who: "operator", Effects: []event.Effect{{Kind: "mood", Agents: []string{"a0001"}, Detail: "-0.1, +0"}}}),
		event.New(0, "", event.KindControl, event.Control{ID: 13, Who: "operator", Refused: "nobody is meant"}),
		event.New(0, "", event.KindControl, event.Control{ID: 14, Who: "the door", Order: json.RawMessage(`{"visit":{"visitor":{"id":"@alice"}}}`), Action: &event.Action{
			Action: sdk.Action{Kind: "reply"}, ID: "p9", Target: "p1", TargetAgent: "a0001", Audience: "public", Text: "Здравствуйте!",
		}}),
	}
	return events, event.Findings{
		Answers: []event.Answer{
			{Survey: "poll", Question: "mind", Type: "multiple", Agent: "a0001", Options: []string{"шум", "уют"}, Text: "Ёж"},
			{Survey: "poll", Question: "more", Type: "scale", Agent: "a0002", Number: &five},
			{Survey: "poll", Question: "why", Type: "open", Agent: "a0002", Missing: "left"},
		},
		Scores: []event.Score{
			{Source: "metric/x", Score: sdk.Score{Metric: "m", Tick: sdk.NoTick, Value: -1e-9}},
			{Source: "proposition/p", Score: sdk.Score{Metric: "p", Agent: "a0001", Group: "соседи", Item: "i", Tick: 0, Value: 9, N: 2}, Detail: "потому"},
		},
		Extracts: []event.Extract{{Name: "ideas", Agent: "a0001", JSON: json.RawMessage(`{"идея":"мост"}`)}},
	}
}

func smallBase() export.Base {
	b := base(7, 0)
	return b
}

func TestTablesThatAreThereInSomeRunsHoldWhatTheJournalHolds(t *testing.T) {
	t.Parallel()
	events, found := somethingOfEverything()
	dir := t.TempDir()
	exportTo(t, dir, makeSmallRun(t, events, found))
	b, five, zero := smallBase(), 5.5, int64(0)
	check(t, dir, "surveys", []export.Survey{
		{Base: b, Survey: "poll", Question: "mind", Type: "multiple", Agent: "a0001", Name: "Анна", Group: "соседи", Options: []string{"шум", "уют"}, Text: "Ёж"},
		{Base: b, Survey: "poll", Question: "more", Type: "scale", Agent: "a0002", Name: "Пётр", Group: "гости", Options: []string{}, Number: &five},
		{Base: b, Survey: "poll", Question: "why", Type: "open", Agent: "a0002", Name: "Пётр", Group: "гости", Options: []string{}, Missing: "left"},
	})
	check(t, dir, "messages", []export.Message{
		{Base: b, Seq: 7, ID: "p9", Author: "@alice", Kind: "reply", Text: "Здравствуйте!", Audience: "public", Parent: "p1", To: "a0001"},
	})
	check(t, dir, "scores", []export.Score{
		{Study: b.Study, Cell: b.Cell, Seed: 7, Source: "metric/x", Metric: "m", Value: -1e-9},
		{Study: b.Study, Cell: b.Cell, Seed: 7, Source: "proposition/p", Metric: "p", Agent: "a0001", Group: "соседи", Item: "i", Tick: &zero, Value: 9, N: 2, Detail: "потому"},
	})
	check(t, dir, "interventions", []export.Intervention{
		{Base: b, ID: "calm", Why: "mood < 0", Effect: 1, Kind: "tell", Agents: []string{"a0001", "a0002"}, Detail: "тише"},
		{Base: b, ID: "calm", Why: "mood < 0", Effect: 2, Kind: "stop", Agents: []string{}},
		{Base: b, Seq: 5, ID: "control-12", Why: "operator", Effect: 1, Kind: "mood", Agents: []string{"a0001"}, Detail: "-0.1, +0"},
	})
	check(t, dir, "decrees", []export.Decree{
		{Base: b, Seq: 1, Kind: "build", Args: `{"x":"1","y":"2"}`, OK: true, Detail: "дом", Thought: "пора"},
		{Base: b, Seq: 2, Args: "{}", Detail: "not JSON"},
	})
	check(t, dir, "transfers", []export.Transfer{{Base: b, Seq: 3, From: "a0001", To: "mayor", Amount: 1 << 40, Why: "goods", Building: "store-1", Thing: "суп × 2"}})
	check(t, dir, "town", []export.Town{{Base: b, Money: -1, Population: 2, Buildings: 3, Beds: 4, FreeBeds: 5, Decisions: 6, Invalid: 7, Met: true}})
}

func TestTablesOfAnEarlierExportGoWhereThisOneHasNone(t *testing.T) {
	t.Parallel()
	events, found := somethingOfEverything()
	dir := t.TempDir()
	mine := filepath.Join(dir, "extract-mine.parquet")
	write(t, mine, "not of an export")
	exportTo(t, dir, makeSmallRun(t, events, found))
	if diff := cmp.Diff([]string{"decrees", "extract-ideas", "extract-mine", "interventions", "scores", "surveys", "town", "transfers"}, someThere(t, dir)); diff != "" {
		t.Fatalf("first export (-want +got)\n%s", diff)
	}
	found.Extracts[0].Name = "other"
	exportTo(t, dir, makeSmallRun(t, nil, event.Findings{Extracts: found.Extracts}))
	if diff := cmp.Diff([]string{"extract-mine", "extract-other"}, someThere(t, dir)); diff != "" {
		t.Errorf("second export (-want +got)\n%s", diff)
	}
}

// someThere are the tables in a folder beside those that every export has.
func someThere(t *testing.T, dir string) (names []string) {
	t.Helper()
	always := map[string]bool{}
	for _, table := range export.Tables() {
		always[table.Name] = !table.Some
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if name := strings.TrimSuffix(filepath.Base(path), ".parquet"); !always[name] {
			names = append(names, name)
		}
	}
	return names
}

func TestHugeAndHostileTextsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	hostile := "\x1b[2J'; DROP TABLE surveys; --\x00\u202e,\"\n" + strings.Repeat("Ё🙂", 1<<20)
	quoted, err := json.Marshal(map[string]string{"т": hostile})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	exportTo(t, dir, makeSmallRun(t, nil, event.Findings{
		Answers: []event.Answer{
			{Survey: "s", Question: "q", Type: "open", Agent: "a0001", Text: hostile, Options: []string{hostile}},
			{Survey: "s", Question: "r", Type: "open", Agent: "a0001", Text: "torn \xff\xd0 bytes", Missing: "\xff"},
		},
		Scores:   []event.Score{{Source: "s", Score: sdk.Score{Metric: "m"}, Detail: hostile}},
		Extracts: []event.Extract{{Name: "x", JSON: quoted}},
	}, export.Extraction{Name: "x", Schema: json.RawMessage(`{"properties":{"т":{"type":"string"}}}`)}))
	if info, err := os.Stat(filepath.Join(dir, "surveys.parquet")); err != nil || info.Size() > 5*int64(len(hostile)) {
		t.Errorf("two texts of %d bytes take %d (%v): they repeat themselves", len(hostile), info.Size(), err)
	}
	answers := read[export.Survey](t, dir, "surveys")
	if answers[0].Text != hostile || answers[0].Options[0] != hostile {
		t.Error("a huge answer differs")
	}
	if answers[1].Text != "torn \uFFFD bytes" || answers[1].Missing != "\uFFFD" {
		t.Errorf("an answer that is not UTF-8 became %q, %q", answers[1].Text, answers[1].Missing)
	}
	if read[export.Score](t, dir, "scores")[0].Detail != hostile {
		t.Error("a huge justification differs")
	}
	if got := extracted(t, dir, "x"); got.rows[0]["т"] != hostile {
		t.Error("a huge extract differs")
	}
}

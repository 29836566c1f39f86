package report

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// two is a study with known numbers: two conditions, of which one has two seeds.
func two(language string) Study {
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	run := func(cell string, seed uint64, valence float64, more ...event.Event) Run {
		say := func(tick int64, agent, kind, id, target, to, text string) event.Event {
			return event.New(tick, agent, event.KindAction, event.Action{
				Action: sdk.Action{Kind: kind}, ID: id, Target: target, TargetAgent: to, Text: text, Audience: "public",
				Sentiment: &sdk.Sentiment{Valence: valence, Label: sdk.Positive},
			})
		}
		return Run{
			Cell: cell, Values: map[string]any{"agents.planner.plugin": "planner/" + cell}, Seed: seed, Status: Done, Ticks: 2,
			Digest: strings.Repeat(string('a'+rune(seed)), 64),
			Clock:  Clock{Start: start, Step: time.Hour, Ticks: 2},
			Residents: []Resident{
				{"a1", "Анна Петрова", "центр"}, {"a2", "Пётр *Ёлкин*", "окраина"}, {"a3", "Вера", "окраина"}, {"a4", "Глеб", "окраина"},
			},
			Events: events(append([]event.Event{
				event.New(0, "a1", event.KindTold, event.Told{Event: "tram", Text: "Трамвай закроют"}),
				event.New(0, "a1", event.KindHeard, event.Heard{Event: "tram"}),
				event.New(0, "a1", event.KindMood, event.Mood{Valence: valence, Arousal: 0.25}),
				event.New(0, "a1", event.KindPlan, event.Plan{Purpose: "рассказать"}),
				say(0, "a1", "post", "p1", "", "", "Трамвай закроют!"),
				event.New(1, "a2", event.KindExposure, event.Exposure{Feed: "hot", Items: []event.Shown{{ID: "p1", Author: "a1"}}}),
				event.New(1, "a2", event.KindHeard, event.Heard{Event: "tram", From: "a1", Hops: 1}),
				event.New(1, "a2", event.KindMood, event.Mood{Valence: valence, Arousal: 0.75}),
				event.New(1, "a2", event.KindPlan, event.Plan{Purpose: "ответить", Reused: true}),
				say(1, "a2", "reply", "p2", "p1", "a1", "- Не может быть | <b>правда</b>?"),
			}, more...)...),
			Calls: []CallStat{{Model: "default", Purpose: "plan", Tick: 0, Calls: 2, PromptTokens: 1000, ReplyTokens: 200, Latency: 30 * time.Millisecond}},
		}
	}
	ignored := event.New(1, "a1", event.KindInvalid, event.Invalid{Why: "reply was no JSON"})
	in := Study{
		Name: "tram", Description: "Кто узнает о трамвае?", Language: language, GorodVersion: "v1.2.3",
		Generated: time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC),
		Providers: []Provider{{Entry: "default", Provider: "ollama", Model: "qwen2.5:3b", Digest: "sha256:0123456789abcdef"}},
		Runs:      []Run{run("just", 1, 0.5), run("just", 2, -0.25), run("ask", 1, 0.125, ignored)},
	}
	in.Runs[1].Incidents = []event.Incident{{Tick: 1, Kind: "plugin_restarted", Source: "memory/longshort", Detail: "signal: killed"}}
	return in
}

// written writes a report and reads it again.
func written(t *testing.T, in Study) (html, markdown string, data map[string][][]string) {
	t.Helper()
	files, err := Write(t.Context(), t.TempDir(), in)
	if err != nil {
		t.Fatal(err)
	}
	data = map[string][][]string{}
	for _, file := range files.Data {
		rows, err := csv.NewReader(strings.NewReader(read(t, file))).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		data[strings.TrimSuffix(filepath.Base(file), ".csv")] = rows
	}
	return read(t, files.HTML), read(t, files.Markdown), data
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestMarkdownIsAsExpected(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "tram-20260304-050600")
			files, err := Write(t.Context(), dir, two(language))
			if err != nil {
				t.Fatal(err)
			}
			got, golden := read(t, files.Markdown), filepath.Join("testdata", "report."+language+".md")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(read(t, golden), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestTheSameStudyGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "study")
	first, err := Write(t.Context(), dir, town("ru", 2, 3, 12, 24))
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]string{}
	all := append(first.Data, first.HTML, first.Markdown)
	for _, file := range all {
		before[file] = read(t, file)
	}
	if _, err := Write(t.Context(), dir, town("ru", 2, 3, 12, 24)); err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if read(t, file) != before[file] {
			t.Errorf("%s differs", file)
		}
	}
}

func TestDataFilesHoldEveryRun(t *testing.T) {
	t.Parallel()
	_, _, data := written(t, two("ru"))
	column := func(name string) int {
		at := slices.Index(data["runs"][0], name)
		if at < 0 {
			t.Fatalf("no column %s in %v", name, data["runs"][0])
		}
		return at
	}
	if n := len(data["runs"]); n != 4 {
		t.Fatalf("%d rows in runs.csv", n)
	}
	for name, want := range map[string][3]string{
		"cell": {"just", "just", "ask"}, "seed": {"1", "2", "1"}, "agents.planner.plugin": {"planner/just", "planner/just", "planner/ask"},
		"agent_steps": {"2", "2", "3"}, "invalid_share": {"0", "0", "0.333333"}, "mood_start": {"0.5", "-0.25", "0.125"},
		"exposure_gini": {"0.75", "0.75", "0.75"}, "calls_per_step": {"1", "1", "0.666667"}, "tokens_per_step": {"600", "600", "400"},
		"latency_ms": {"15", "15", "15"}, "reused_plans": {"0.5", "0.5", "0.5"},
	} {
		for i, w := range want {
			if got := data["runs"][i+1][column(name)]; got != w {
				t.Errorf("%s of run %d: %q, want %q", name, i+1, got, w)
			}
		}
	}
	for _, want := range [][]string{
		{"just", "mood_start", "2", "0.125", "0.53033", "-0.25", "0.5"}, {"ask", "mood_start", "1", "0.125", "", "0.125", "0.125"},
	} {
		if !slices.ContainsFunc(data["conditions"], func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("conditions.csv lacks %v", want)
		}
	}
	for name, want := range map[string][]string{
		"series":      {"just", "2", "1", "1", "2026-03-02T09:00:00Z", "1", "1", "0", "1", "-0.25", "0.75", "-0.25"},
		"actions":     {"ask", "1", "reply", "1"},
		"spread":      {"just", "1", "tram", "окраина", "1", "1", "1", "3"},
		"spread_hops": {"just", "1", "tram", "1", "1"},
		"ties":        {"just", "1", "a2", "a1", "Пётр *Ёлкин*", "Анна Петрова", "1"},
		"exposure":    {"ask", "1", "1", "1"},
		"calls":       {"just", "1", "0", "default", "plan", "2", "1000", "200", "30"},
		"incidents":   {"just", "2", "1", "plugin_restarted", "memory/longshort", "signal: killed"},
	} {
		if !slices.ContainsFunc(data[name], func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("%s.csv lacks %v: %v", name, want, data[name])
		}
	}
}

func TestOnlyWhatTheStudyMeasuresIsShown(t *testing.T) {
	t.Parallel()
	sections := map[string][]string{
		Activity: {"activity", "ties", "exposure", "examples"}, Mood: {"mood"}, Sentiment: {"sentiment"}, Actions: {"actions"},
		Calls: {"calls"}, Spread: {"spread"},
	}
	for asked := range sections {
		in := two("en")
		in.Measures = []string{asked}
		html, _, data := written(t, in)
		for measure, ids := range sections {
			for _, id := range ids {
				if has := strings.Contains(html, `<section id="`+id+`"`); has != (measure == asked) {
					t.Errorf("%s asked for; section %s shown: %t", asked, id, has)
				}
			}
		}
		if len(data["runs"]) != 4 {
			t.Errorf("%s asked for: %v", asked, data["runs"])
		}
		if _, there := data["calls"]; there != (asked == Calls) {
			t.Errorf("%s asked for; calls.csv written: %t", asked, there)
		}
	}
}

func TestTheReferenceSaysThatItIsNoModel(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"ru": "Это не языковая модель", "en": "Not a language model"} {
		in := two(language)
		html, markdown, _ := written(t, in)
		if strings.Contains(html, want) || strings.Contains(markdown, want) {
			t.Errorf("%s: a real model is called none", language)
		}
		in.Providers = append(in.Providers, Provider{Entry: "judge", Provider: "reference"})
		html, markdown, _ = written(t, in)
		if !strings.Contains(html, want) || !strings.Contains(markdown, "> **"+want) {
			t.Errorf("%s: nothing says %q", language, want)
		}
	}
}

func TestUnfinishedRunsAreNotInTheMeans(t *testing.T) {
	t.Parallel()
	in := two("en")
	in.Runs[1].Status, in.Runs[1].Ticks = "interrupted", 1
	in.Runs[2].Status, in.Runs[2].Error = "failed", "disk full"
	html, markdown, data := written(t, in)
	want := []string{"just", "mood_start", "1", "0.5", "", "0.5", "0.5"}
	if !slices.ContainsFunc(data["conditions"], func(row []string) bool { return slices.Equal(row, want) }) {
		t.Errorf("conditions.csv lacks %v", want)
	}
	for _, said := range []string{"2 of 3 did not come to their end", "just (n\u00a0=\u00a01)", "ask* (n\u00a0=\u00a01)", "failed: disk full", "interrupted"} {
		if !strings.Contains(html, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if !strings.Contains(markdown, "1 / 2") {
		t.Error("the ticks committed are not told")
	}
}

func TestARunWithoutATickAndAStudyWithoutARunAreReported(t *testing.T) {
	t.Parallel()
	stopped := two("ru")
	stopped.Runs = stopped.Runs[:1]
	stopped.Runs[0].Events, stopped.Runs[0].Calls, stopped.Runs[0].Ticks, stopped.Runs[0].Status, stopped.Runs[0].Digest = nil, nil, 0, "interrupted", ""
	nothing := two("ru")
	nothing.Runs = nil
	for name, c := range map[string]struct {
		in   Study
		says string
	}{"stopped before the first tick": {stopped, "прерван"}, "no run": {nothing, "Ни один прогон не начат."}} {
		html, markdown, data := written(t, c.in)
		if !strings.Contains(html, c.says) || !strings.Contains(markdown, c.says) {
			t.Errorf("%s: the report does not say %q", name, c.says)
		}
		if strings.Contains(html, "NaN") && strings.Contains(html[:strings.Index(html, `id="plots"`)], "NaN") || strings.Contains(markdown, "NaN") {
			t.Errorf("%s: a number that is none is shown", name)
		}
		if strings.Contains(html, `class="plot"`) {
			t.Errorf("%s: a chart of nothing is drawn", name)
		}
		if len(data["runs"]) != len(c.in.Runs)+1 {
			t.Errorf("%s: %v", name, data["runs"])
		}
	}
}

func TestAJournalThatCannotBeReadAndACancelledContextStopTheReport(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	in := two("ru")
	in.Runs[1].Events = func(yield func(event.Event, error) bool) { yield(event.Event{}, broken) }
	dir := t.TempDir()
	if _, err := Write(t.Context(), dir, in); !errors.Is(err, broken) || !strings.Contains(err.Error(), "just with seed 2") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Write(ctx, dir, two("ru")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "report")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a report is left: %v", err)
	}
}

func TestAFileIsReplacedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "report", "report.md"), 0o755); err != nil { // in the way
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), dir, two("ru")); err == nil || !strings.Contains(err.Error(), "report.md") {
		t.Errorf("%v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "report", ".report-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOverManyTicksAChartHasBoundedPoints(t *testing.T) {
	t.Parallel()
	in := town("en", 1, 1, 3, 1000)
	s, err := newStudy(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.axis.bins(); n > maxBins || n < maxBins/2 {
		t.Errorf("%d points", n)
	}
	_, _, data := written(t, in)
	if got := data["series"][2][2:4]; !slices.Equal(got, []string{"5", "5"}) {
		t.Errorf("the second bin is %v", got)
	}
}

func TestWhatConditionsSetIsShownAsAStudyWouldSayIt(t *testing.T) {
	t.Parallel()
	in := two("en")
	for i := range in.Runs {
		in.Runs[i].Values = map[string]any{"agents.planner": map[string]any{"plugin": "./herald", "config": map[string]any{"zeal": 0.5, "to": "a>b"}}}
	}
	_, markdown, data := written(t, in)
	const want = `{"config":{"to":"a>b","zeal":0.5},"plugin":"./herald"}`
	if plain := strings.ReplaceAll(strings.ReplaceAll(markdown, "\\", ""), "&gt;", ">"); !strings.Contains(plain, want) {
		t.Errorf("no %s in\n%s", want, markdown)
	}
	if at := slices.Index(data["runs"][0], "agents.planner"); at < 0 || data["runs"][1][at] != want {
		t.Errorf("runs.csv: %q", data["runs"][:2])
	}
}

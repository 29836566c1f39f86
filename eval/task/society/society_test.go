package society_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/society"
	"github.com/llm-city/gorod/plugins/sdk"
)

// score of a metric; about is "run", an agent, an item or a group.
func score(metric, about string, value float64) event.Score {
	s := event.Score{Source: "metric/activity", Score: sdk.Score{Metric: metric, Tick: sdk.NoTick, Value: value}}
	switch kind, name, _ := strings.Cut(about, ":"); kind {
	case "agent":
		s.Agent = name
	case "item":
		s.Item = name
	case "group":
		s.Group = name
	}
	return s
}

func claim(id string, tick int64, agent string, value float64) event.Score {
	return event.Score{Source: "proposition/" + id, Score: sdk.Score{Metric: "claim", Agent: agent, Tick: tick, Value: value}}
}

// begin writes a run with its scores.
func begin(t *testing.T, dir, study, cell string, seed uint64, status journal.Status, scores ...event.Score) {
	t.Helper()
	folder := filepath.Join(dir, study+"-20260101-000000", cell, fmt.Sprint(seed))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Create(t.Context(), filepath.Join(folder, "run.db"), journal.Meta{
		Gorod: "test", Study: study, Cell: cell, Seed: seed, RunID: fmt.Sprint(study, cell, seed), Language: "ru",
		Clock: journal.Clock{Start: time.Unix(0, 0).UTC(), Step: time.Hour, Ticks: 4},
	})
	if err != nil {
		t.Fatal(err)
	}
	bySource := map[string][]event.Score{}
	for _, s := range scores {
		bySource[s.Source] = append(bySource[s.Source], s)
	}
	for source, of := range bySource {
		if err := j.SetScores(t.Context(), source, of); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.SetStatus(t.Context(), status, "why"); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func setup(metrics []string, runs ...string) task.Setup {
	return tasktest.Setup(suite.Task{Society: &suite.Society{Runs: runs, Metrics: metrics}})
}

// rows are those of a task, checked.
func rows(t *testing.T, s task.Setup) task.Outcome {
	t.Helper()
	loaded, err := society.Kind{}.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	out, err := loaded.(task.Measured).Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := loaded.(task.Measured).Rows(t.Context())
	if err != nil || !reflect.DeepEqual(out, again) {
		t.Error("the rows differ a second time")
	}
	tasktest.Sound(t, society.Kind{}.Measures(t.Context(), s.Task), tasktest.Result{Samples: out.Samples, Scores: out.Scores})
	return out
}

// values are those of a measure, by subject and item.
func values(o task.Outcome, measure string) map[string]float64 {
	out := map[string]float64{}
	for _, s := range o.Scores {
		var at int
		if _, err := fmt.Sscan(s.Sample, &at); err == nil && s.Measure == measure && s.Missing == "" {
			out[o.Samples[at].Subject+" "+o.Samples[at].Item] = s.Value
		}
	}
	return out
}

func TestConditionsAreComparedBySeed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for seed := range uint64(3) {
		begin(t, dir, "spread", "planner=a", seed, journal.Done, score("active_share", "run", 0.1*float64(seed)))
		begin(t, dir, "spread", "planner=b", seed, journal.Done, score("active_share", "run", 0.5))
	}
	got := rows(t, setup(nil, filepath.Join(dir, "*")))
	want := map[string]float64{"planner=a seed 0": 0, "planner=a seed 1": 0.1, "planner=a seed 2": 0.2, "planner=b seed 0": 0.5, "planner=b seed 1": 0.5, "planner=b seed 2": 0.5}
	if x := values(got, "active_share"); !reflect.DeepEqual(x, want) {
		t.Errorf("%v", x)
	}
	m := society.Kind{}.Measures(t.Context(), setup(nil, filepath.Join(dir, "*")).Task)
	if len(m) != 1 || m[0].Per != task.PerRun || m[0].High != 1 {
		t.Errorf("%+v", m)
	}
	if c := got.Samples[0].Cluster; c != "spread/0" {
		t.Errorf("cluster %q", c)
	}
}

func TestARowNamesTheModelsOfItsRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "spread", "a/b", 1, journal.Done, score("active_share", "run", 1))
	study := filepath.Join(dir, "spread-20260101-000000")
	manifest := `{"models": {"default": {"provider": "ollama", "model": "qwen3:4b"}, "judge": {"provider": "reference"}, "same": {"provider": "ollama", "model": "qwen3:4b"}}}`
	if err := os.WriteFile(filepath.Join(study, "manifest.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	models := rows(t, setup(nil, study)).Samples[0].Model
	if models != "ollama qwen3:4b; reference" || !society.StandIn(models) || society.StandIn("ollama reference; ") {
		t.Errorf("%q", models)
	}
}

func TestAMetricIsThatOfTheRunOrTheMeanOfItsResidents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "town", "base", 1, journal.Done,
		score("whole", "run", 3), score("whole", "agent:a1", 9),
		score("felt", "agent:a1", 1), score("felt", "agent:a2", 2), score("felt", "group:g", 50),
		score("told", "item:Пожар", 7),
		claim("peace", 1, "a1", 0), claim("peace", 3, "a1", 4), claim("peace", 3, "a2", 8))
	got := rows(t, setup(nil, filepath.Join(dir, "town-20260101-000000", "base", "1")))
	for measure, want := range map[string]float64{"whole": 3, "felt": 1.5, "told_пожар": 7, "claim_peace": 6} {
		if x := values(got, measure)["base seed 1"]; x != want {
			t.Errorf("%s is %v, want %v", measure, x, want)
		}
	}
	if n := len(got.Scores); n != 4 {
		t.Errorf("%d scores", n)
	}
	for named, want := range map[string]string{"felt": "felt", "told": "told_пожар", "claim_peace": "claim_peace"} {
		if only := rows(t, setup([]string{named}, dir)); len(only.Scores) != 1 || only.Scores[0].Measure != want {
			t.Errorf("%s: %+v", named, only.Scores)
		}
	}
}

// What one kind of action, or one event, has is bounded as its metric is.
func TestMeasuresOfItemsAreDescribedAsTheirMetricIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "town", "base", 1, journal.Done, score("town_decision_share", "item:build", 0.5))
	m := society.Kind{}.Measures(t.Context(), setup(nil, dir).Task)
	if len(m) != 1 || m[0].Name != "town_decision_share_build" || m[0].High != 1 {
		t.Errorf("%+v", m)
	}
}

func TestStudiesAreToldApartByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "one", "base", 1, journal.Done, score("m", "run", 1))
	begin(t, dir, "two", "base", 1, journal.Done, score("m", "run", 2))
	begin(t, dir, "two", "planner=a", 1, journal.Done, score("m", "run", 3))
	got := rows(t, setup(nil, dir, dir)) // twice: each run counts once
	if x := values(got, "m"); !reflect.DeepEqual(x, map[string]float64{"one seed 1": 1, "two seed 1": 2, "two/planner=a seed 1": 3}) {
		t.Errorf("%v", x)
	}
	if len(got.Samples) != 3 {
		t.Errorf("%d samples", len(got.Samples))
	}
}

func TestRunsThatDidNotEndAreSaidAndDoNotCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "s", "base", 1, journal.Done, score("m", "run", 1))
	begin(t, dir, "s", "base", 2, journal.Failed, score("m", "run", 100))
	begin(t, dir, "s", "base", 3, journal.Done)
	got := rows(t, setup(nil, dir))
	if x := values(got, "m"); !reflect.DeepEqual(x, map[string]float64{"base seed 1": 1}) {
		t.Errorf("%v", x)
	}
	want := []sample.Score{{Missing: ""}, {Missing: "the run is not done but failed: why"}, {Missing: "the run has no such metric"}}
	for i, s := range got.Scores {
		if s.Missing != want[i].Missing {
			t.Errorf("%d: %q", i, s.Missing)
		}
	}
	if got.Samples[1].Error != "the run is not done but failed: why" {
		t.Errorf("%q", got.Samples[1].Error)
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	empty, measured := t.TempDir(), t.TempDir()
	begin(t, empty, "s", "base", 1, journal.Done)
	begin(t, measured, "s", "base", 1, journal.Done, score("m", "run", 1))
	broken := filepath.Join(t.TempDir(), "run.db")
	if err := os.WriteFile(broken, []byte("no database, but a text that is long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	tasktest.Refused(t, society.Kind{}, []tasktest.Bad{
		{"nothing there", "no runs in", setup(nil, filepath.Join(measured, "nowhere"))},
		{"no run in it", "no runs in", setup(nil, t.TempDir())},
		{"no scores", "nothing was measured", setup(nil, empty)},
		{"no such metric", `no run has the metric "x": they have m`, setup([]string{"x"}, measured)},
		{"no database", "a run cannot be read", setup(nil, filepath.Dir(broken))},
		{"no pattern", "the runs cannot be read: syntax error in pattern", setup(nil, "[")},
	})
}

// Without runs to look at, measures are those that are named, or the built-in
// ones.
func TestMeasuresAreKnownWithoutRuns(t *testing.T) {
	t.Parallel()
	k := society.Kind{}
	if m := k.Measures(t.Context(), setup([]string{"mine"}, "nowhere").Task); len(m) != 1 || m[0].Name != "mine" || m[0].Per != task.PerRun {
		t.Errorf("%+v", m)
	}
	if m := k.Measures(t.Context(), setup(nil, "nowhere").Task); len(m) < 20 {
		t.Errorf("%d built-in metrics", len(m))
	}
}

func TestNoRunsAreReadForNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "spread", "base", 1, journal.Done, score("active_share", "run", 0.5))
	of := setup(nil, filepath.Join(dir, "*")).Task
	ctx, cancel := context.WithCancel(t.Context())
	read := society.Kind{}.Measures(ctx, of)
	cancel()
	if stopped := (society.Kind{}).Measures(ctx, of); len(read) != 1 || len(stopped) < 20 {
		t.Errorf("%d measures of the run, %d where nobody waits for them", len(read), len(stopped))
	}
}

package main_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
)

// asked is what is put to the residents of the small study out of band.
const asked = `
surveys:
  - id: mood
    every: 2h
    questions:
      - {text: "Как настроение?", type: scale, min: 1, max: 9}
      - {text: "Что дальше?", type: single, options: [гулять, спать]}
interviews:
  - {id: talk, agents: [Анна], questions: ["Как день?", "А почему?"]}
propositions:
  - {id: kind, claim: вежливы, every: 4h}
extract:
  - {name: topics, instruction: о чём говорят, schema: {type: object, properties: {topic: {type: string}}, required: [topic]}}
metrics:
  - {plugin: metric/activity}
  - {plugin: metric/persona, config: {early: 1, min_texts: 3}}
`

func openRun(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	book, err := journal.OpenReadOnly(t.Context(), filepath.Join(dir, "run.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func TestAskingResidentsChangesNothingInTheRun(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	plain := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", "study.yaml")).Runs[0]
	dir = write(t, small+asked)
	a := gorod(t, dir, "run", "--json", "--no-report", "study.yaml")
	run := lastLine(t, a).Runs[0]
	if a.code != 0 || run.Digest != plain.Digest {
		t.Fatalf("digest %s when nobody is asked: %v", plain.Digest, a)
	}
	book := openRun(t, filepath.Join(dir, run.Dir))
	count := map[string]int{}
	for answer, err := range book.Answers(t.Context()) {
		if err != nil || answer.Missing != "" {
			t.Fatal(answer, err)
		}
		count[answer.Survey]++
	}
	for score, err := range book.Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		count[score.Source]++
	}
	for extract, err := range book.Extracts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		count[extract.Name]++
	}
	if count["mood"] != 4*4*2 || count["talk"] != 2 || count["proposition/kind"] != 2 || count["topics"] != 1 || count["metric/activity"] == 0 || count["metric/persona"] == 0 {
		t.Errorf("found %v", count)
	}
	if v := gorod(t, dir, "verify", run.Dir); v.code != 0 {
		t.Errorf("it does not replay: %v", v)
	}
}

// governed is a town with a mayor, in which the study intervenes.
const governed = `
environment:
  town: {level: hard, mayor: {plugin: mayor/greedy}, goal: {population: 7}}
interventions:
  - id: rich
    when: {metric: {plugin: metric/activity, name: actions_per_agent_tick, above: 0.1}}
    check: 5
    do: [{goals: {add: [разбогатеть]}}, {mood: {valence: 0.3}}]
  - id: talkative
    when: {query: {kind: action, at_least: 20, within: 8h}}
    times: 0
    cooldown: 6h
    do: [{tell: {text: "В городе становится шумно."}}]
  - id: judged
    when: {proposition: {claim: жители устали, mode: check}}
    check: 7
    times: 2
    do: [{tell: {text: "Отдохните!"}}, {model: {use: other}}]
surveys:
  - {id: day, every: 6h, questions: [{text: "Как день?"}]}
models: {default: {provider: reference}, other: {provider: reference}}
`

func governedStudy() string {
	yaml := strings.Replace(small, "ticks: 8", "ticks: 60", 1)
	return yaml + governed
}

func TestAKilledTownWithNewcomersAndInterventionsResumesToTheSameDigest(t *testing.T) {
	t.Parallel()
	dir := write(t, governedStudy())
	a := gorod(t, dir, "run", "--json", "--no-report", "--out", "whole", "study.yaml")
	whole := lastLine(t, a).Runs[0]
	if a.code != 0 {
		t.Fatal(a)
	}
	book := openRun(t, filepath.Join(dir, whole.Dir))
	if n := len(book.Meta().Residents); n <= 4 {
		t.Errorf("nobody was recruited: %d residents", n)
	}
	fired := 0
	for e, err := range book.Events(t.Context(), journal.Filter{Kinds: []event.Kind{event.KindIntervention}}) {
		if err != nil {
			t.Fatal(e, err)
		}
		fired++
	}
	if fired < 3 {
		t.Errorf("%d interventions", fired)
	}
	killUntilDone(t, dir, whole.Digest, 12)
	if v := gorod(t, dir, "verify", "killed"); v.code != 0 {
		t.Errorf("it does not replay: %v", v)
	}
	for i, key := range []string{"answers", "residents"} {
		if got, want := rowsIn(t, dir, "killed", i), rowsIn(t, dir, "whole", i); got != want {
			t.Errorf("%d %s after kills, %d in one go", got, key, want)
		}
	}
}

// rowsIn counts answers (0) or residents (1) of a study of one run.
func rowsIn(t *testing.T, dir, study string, what int) (n int) {
	t.Helper()
	book := openRun(t, filepath.Join(dir, study, "base", "5"))
	if what == 1 {
		return len(book.Meta().Residents)
	}
	for _, err := range book.Answers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// Two groups that follow only among themselves, in a network without strangers
// in the feed and without search: no word can pass from one to the other.
func TestNewsToldToOneOfTwoUnconnectedGroupsNeverReachesTheOther(t *testing.T) {
	t.Parallel()
	personas, err := filepath.Abs("../../experiments/personas/ru")
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, fmt.Sprintf(`apiVersion: gorod/v1
kind: Experiment
name: islands
language: ru
seed: 1
repeats: 6
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 40}
population:
  - {group: север, count: 10, personas: [%[1]q]}
  - {group: юг, count: 10, personas: [%[2]q]}
agents: {activity: [1]}
environment:
  network:
    actions: [post, reply, quote, boost, favourite, ignore]
    feed: {rank: chronological, discover: 0}
    follows: {graph: groups, degree: 4, between: 0}
events:
  - {id: ball, tick: 1, text: "На площади красный шар.", group: север}
metrics: [{plugin: metric/spread}]
`, filepath.Join(personas, "[abe]*.yaml"), filepath.Join(personas, "[gikl]*.yaml")))
	a := gorod(t, dir, "run", "--json", "--no-report", "study.yaml")
	if a.code != 0 {
		t.Fatal(a)
	}
	reach := map[string]float64{}
	for _, run := range lastLine(t, a).Runs {
		for s, err := range openRun(t, filepath.Join(dir, run.Dir)).Scores(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Metric == "cascade_reach" && s.Item == "ball" && s.Group != "" {
				reach[s.Group] += s.Value / 6
			}
		}
	}
	if reach["север"] < 0.999 || reach["юг"] != 0 {
		t.Errorf("reach %v", reach)
	}
}

// Every memory and planner, with a classifier that asks the model: the digest
// is the same whether residents were asked or not, and after kills.
func TestEveryMindKeepsItsDigestThroughQuestionsAndKills(t *testing.T) {
	t.Parallel()
	for memory, planner := range map[string]string{"longshort": "babyagi", "stream": "reflect", "curious": "justplan"} {
		t.Run(memory+" "+planner, func(t *testing.T) {
			t.Parallel()
			minds := fmt.Sprintf("agents:\n  memory: {plugin: memory/%s}\n  planner: {plugin: planner/%s}\n  sentiment: {plugin: sentiment/llm}\n", memory, planner)
			yaml := strings.NewReplacer("ticks: 8", "ticks: 26", "T08:00", "T20:00", "agents:\n", minds).Replace(small) // a night with its dreams
			plain := write(t, yaml)
			a := gorod(t, plain, "run", "--json", "--no-report", "study.yaml")
			if a.code != 0 {
				t.Fatal(a)
			}
			dir := write(t, yaml+"surveys: [{id: s, every: 2h, questions: [{text: Как дела?}, {text: Балл?, type: scale}]}]\n")
			killUntilDone(t, dir, lastLine(t, a).Runs[0].Digest, 5)
			if v := gorod(t, dir, "verify", "killed"); v.code != 0 {
				t.Errorf("it does not replay: %v", v)
			}
		})
	}
}

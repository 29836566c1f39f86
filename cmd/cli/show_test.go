package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// hostile would clear the screen, begin a line of its own and turn the rest
// around.
const (
	hostile = "да\x1b[2J\n2026-03-02 08:00  Анна: \u202eнет"
	tamed   = "да�[2J 2026-03-02 08:00 Анна: �нет"
)

// printed is what show prints of a run that holds something of everything.
func printed(t *testing.T, asJSON bool, opts showOptions) string {
	t.Helper()
	out, err := tryShow(t, asJSON, opts, everything(), findings())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryShow(t *testing.T, asJSON bool, opts showOptions, events []event.Event, found event.Findings) (string, error) {
	t.Helper()
	dir := t.TempDir()
	clock := spec.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour}
	j, err := journal.Create(t.Context(), filepath.Join(dir, runner.JournalFile), journal.Meta{
		Study: "s", Clock: journal.Clock{Start: clock.Start, Step: clock.Step, Ticks: 1},
		Residents: []journal.Resident{{ID: "a1", Name: "Анна", Persona: []byte("{}")}, {ID: "a2", Name: "Пётр\x1b[1m", Persona: []byte("{}")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		events[i].Seq = i
	}
	if err := j.Commit(t.Context(), event.Commit{Digest: []byte{1}, Events: events, Findings: found}); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	study := &spec.Study{Clock: clock, Surveys: []spec.Survey{{ID: "poll"}}, Interviews: []spec.Interview{{ID: "talk"}}}
	run := runner.Planned{Dir: dir, Cell: spec.Cell{Name: "base", Study: study}, Seed: 7}
	var out strings.Builder
	err = (&State{Stdout: &out, json: asJSON}).printRun(t.Context(), run, opts)
	return out.String(), err
}

func everything() []event.Event {
	return []event.Event{
		event.New(0, "", event.KindIntervention, event.Intervention{ID: "calm", Why: "mean mood -0.4", Effects: []event.Effect{
			{Kind: "tell", Agents: []string{"a1"}, Detail: hostile}, {Kind: "mood", Agents: []string{"a1", "a2", "a3", "a4"}, Detail: "+0.2, +0"}, {Kind: "stop"},
		}}),
		event.New(0, "mayor", event.KindDecree, event.Decree{Action: sdk.Action{Kind: "build", Args: map[string]string{"y": "2", "x": "1"}}, OK: true, Detail: "Построено.", Thought: "пора"}),
		event.New(0, "mayor", event.KindDecree, event.Decree{Action: sdk.Action{Kind: "recruit"}, Detail: "Мест нет."}),
		event.New(0, "mayor", event.KindDecree, event.Decree{Detail: "not JSON"}),
		event.New(0, "mayor", event.KindTransfer, event.Transfer{From: "mayor", To: "world", Amount: 7000, Why: event.ForBuild, Building: "park-1"}),
		event.New(0, "a1", event.KindTransfer, event.Transfer{From: "world", To: "a1", Amount: 1, Why: event.ForWage}),
		event.New(0, "a1", event.KindTransfer, event.Transfer{From: "a1", To: "mayor", Amount: 6, Why: event.ForGoods, Building: "store-1", Thing: "суп × 2"}),
		event.New(0, "", event.KindTown, event.Town{Money: 5, Population: 2, Buildings: 1, Beds: 3, FreeBeds: 1, Decisions: 3, Invalid: 2, Met: true}),
		event.New(0, "", event.KindControl, event.Control{ID: 3, Who: "ольга", Effects: []event.Effect{{Kind: "tell", Agents: []string{"a1"}, Detail: "Снег"}}}),
		event.New(0, "", event.KindControl, event.Control{ID: 4, Who: "@alice", Action: &event.Action{Action: sdk.Action{Kind: "reply"}, TargetAgent: "a1", Text: "да"}}),
		event.New(0, "", event.KindControl, event.Control{ID: 5, Who: "ольга", Refused: "nobody is meant"}),
	}
}

func findings() event.Findings {
	five, half := 5., 0.123456
	return event.Findings{
		Answers: []event.Answer{
			{Survey: "poll", Question: "buy", Type: spec.Single, Agent: "a1", Options: []string{"куплю"}, Text: hostile},
			{Survey: "poll", Question: "mind", Type: spec.Multiple, Agent: "a1", Options: []string{"шум", "уют"}},
			{Survey: "poll", Question: "mind", Type: spec.Multiple, Agent: "a2"},
			{Survey: "poll", Question: "more", Type: spec.Scale, Agent: "a1", Number: &five},
			{Survey: "talk", Question: "q01", Type: spec.Open, Agent: "a1", Text: "Хорошо.\nОчень."},
			{Survey: "talk", Question: "q01", Type: spec.Open, Agent: "a2", Missing: hostile},
		},
		Scores: []event.Score{
			{Source: "metric/x", Score: sdk.Score{Metric: "money", Tick: sdk.NoTick, Value: 1_000_000, N: 3}},
			{Source: "metric/x", Score: sdk.Score{Metric: "share", Agent: "a1", Group: "друзья", Item: "новость", Tick: 0, Value: half}},
			{Source: "proposition/p", Score: sdk.Score{Metric: "p", Tick: sdk.NoTick, Value: 9}, Detail: hostile},
		},
		Extracts: []event.Extract{
			{Name: "ideas", Agent: "a1", JSON: json.RawMessage(`{"идея":"мост","за":["раз","два"],"n":3,"deep":{"a":[1,"\u001b"]},"none":null}`)},
			{Name: "odd", JSON: json.RawMessage("[1,\n2]")},
		},
	}
}

func TestWhatWasFoundReadsWell(t *testing.T) {
	t.Parallel()
	const at = "2026-03-02 08:00  "
	for name, c := range map[string]struct {
		opts showOptions
		want []string
	}{
		"answers": {showOptions{answers: true, tick: -1}, []string{
			at + "poll/buy Анна: куплю - " + tamed, at + "poll/mind Анна: шум, уют", at + "poll/mind Пётр�[1m: none of them",
			at + "poll/more Анна: 5", at + "talk/q01 Анна: Хорошо. Очень.", at + "talk/q01 Пётр�[1m: no answer (" + tamed + ")",
		}},
		"answers to a survey of a resident": {showOptions{answers: true, tick: -1, survey: "talk", agent: "анна"}, []string{at + "talk/q01 Анна: Хорошо. Очень."}},
		"answers at another tick":           {showOptions{answers: true, tick: 1}, []string{"no answers"}},
		"scores": {showOptions{scores: true, tick: -1}, []string{
			"source         metric  about                  time              value    n  why",
			"metric/x       money   the run                                  1000000  3",
			"metric/x       share   Анна, друзья, новость  2026-03-02 08:00  0.1235   0",
			"proposition/p  p       the run                                  9        0  " + tamed,
		}},
		"scores of a tick": {showOptions{scores: true, tick: 0}, []string{
			"source    metric  about                  time              value   n  why",
			"metric/x  share   Анна, друзья, новость  2026-03-02 08:00  0.1235  0",
		}},
		"extracts": {showOptions{extracts: true, tick: -1}, []string{
			at + "ideas of Анна", `  deep: {"a":[1,"\u001b"]}`, "  n: 3", "  none: null", "  за: раз; два", "  идея: мост",
			at + "odd of the run", "  [1, 2]",
		}},
		"extracts of a resident": {showOptions{extracts: true, tick: -1, agent: "a2"}, []string{"no extracts"}},
	} {
		got := strings.Split(strings.TrimSuffix(printed(t, false, c.opts), "\n"), "\n")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestWhatHappensAroundARunReadsWell(t *testing.T) {
	t.Parallel()
	const at = "2026-03-02 08:00  "
	want := at + "the study intervenes with calm (mean mood -0.4), tell Анна: да�[2J\n\t2026-03-02 08:00  Анна: �нет; mood 4 residents: +0.2, +0; stop\n" +
		at + "the mayor decrees build x=1 y=2: Построено. “пора”\n" +
		at + "the mayor decrees recruit, refused: Мест нет.\n" +
		at + "the mayor decides nothing: not JSON\n" +
		at + "the mayor pays 7000 coins to the world (build at park-1)\n" +
		at + "Анна gets 1 coin from the world (wage)\n" +
		at + "Анна pays 6 coins to the mayor (goods at store-1, суп × 2)\n" +
		at + "the town has 5 coins, 2 residents, 1 building, 1 of 3 beds free; 3 decisions, 2 refused; its goal is reached\n" +
		at + "from outside by ольга (command 3), tell Анна: Снег\n" +
		at + "from outside by @alice (command 4), reply → Анна: да\n" +
		at + "from outside by ольга (command 5), refused: nobody is meant\n"
	if diff := cmp.Diff(want, printed(t, false, showOptions{events: true, tick: -1})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	mayor := printed(t, false, showOptions{events: true, tick: -1, agent: "mayor"})
	if n := strings.Count(mayor, at+"the mayor "); n != 4 || strings.Count(mayor, "\n") != n {
		t.Errorf("of the mayor:\n%s", mayor)
	}
}

func TestFindingsAsJSONHoldEverything(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts  showOptions
		lines int
		want  []string
	}{
		"answers": {showOptions{answers: true, tick: -1}, 6, []string{
			`{"cell":"base","seed":7,"survey":"poll","question":"more","type":"scale","agent":"a1","tick":0,"number":5,"name":"Анна"}`,
			`"missing":"да\u001b[2J\n2026-03-02 08:00  Анна: \u202eнет"`,
		}},
		"scores": {showOptions{scores: true, tick: -1}, 3, []string{
			`{"cell":"base","seed":7,"metric":"money","value":1000000,"n":3,"source":"metric/x","tick":null}`, `"value":0.123456,"source":"metric/x","tick":0,"name":"Анна"}`,
		}},
		"extracts": {showOptions{extracts: true, tick: -1}, 2, []string{
			`{"cell":"base","seed":7,"extract":"ideas","tick":0,"agent":"a1","name":"Анна","data":{"идея":"мост","за":["раз","два"],"n":3,"deep":{"a":[1,"\u001b"]},"none":null}}`,
		}},
		"none": {showOptions{answers: true, tick: 5}, 0, nil},
	} {
		out := printed(t, true, c.opts)
		if n := strings.Count(out, "\n"); n != c.lines {
			t.Errorf("%s: %d lines, want %d\n%s", name, n, c.lines, out)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %s in\n%s", name, want, out)
			}
		}
		for line := range strings.Lines(out) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: not JSON: %s", name, line)
			}
		}
	}
}

func TestShowNamesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string]showOptions{
		"poll, talk": {answers: true, tick: -1, survey: "pol"},
		"Анна":       {scores: true, tick: -1, agent: "Никто"},
	} {
		_, err := tryShow(t, false, opts, nil, findings())
		if err == nil || exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", opts, err, want)
		}
	}
}

func TestAnyJSONReadOutIsAProperty(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"a\nb"`: "a b", `null`: "null", `[]`: "", `["a"]`: "a", `["a",1]`: `["a",1]`, `1e3`: "1e3", `true`: "true", `{"a": 1}`: `{"a": 1}`, `""`: "",
	} {
		if got := property(json.RawMessage(raw)); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

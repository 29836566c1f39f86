package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatHappenedCanBeRead(t *testing.T) {
	t.Parallel()
	dir := write(t, strings.Replace(small, "В городе выпал первый снег", `"Мост \u009b31m закрыт"`, 1))
	run := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml")).Runs[0].Dir
	for _, c := range []struct {
		args      []string
		want, not string
	}{
		{[]string{"--events"}, "is told snow: Мост", "\u009b"},
		{[]string{"--events", "--kind", "action"}, "post", "feels"},
		{[]string{"--events", "--agent", "a0002", "--tick", "1"}, "a0002", "a0001"},
		{[]string{"--calls", "--tick", "1"}, "--- reply\n{", "\u009b"},
		{[]string{"--calls", "--json"}, `"messages":[{"role":"system"`, "\u009b"},
	} {
		a := gorod(t, dir, append([]string{"show", run}, c.args...)...)
		if c.args[0] == "--events" && len(c.args) == 5 { // names stand for ids
			c.want, c.not = "", nameOf(t, dir, run, "a0001")+" feels"
		}
		if a.code != 0 || !strings.Contains(a.stdout, c.want) || strings.Contains(a.stdout, c.not) {
			t.Errorf("show %q, want %q and no %q: %v", c.args, c.want, c.not, a)
		}
	}
}

func nameOf(t *testing.T, dir, run, id string) string {
	t.Helper()
	a := gorod(t, dir, "show", run, "--events", "--json", "--agent", id, "--kind", "mood", "--tick", "0")
	var e struct{ Agent, Name string }
	if err := json.Unmarshal([]byte(a.stdout), &e); err != nil || e.Agent != id || e.Name == "" {
		t.Fatal(err, a)
	}
	return e.Name
}

func TestShowRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	run := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml")).Runs[0].Dir
	for _, args := range [][]string{
		{"--events", "--calls"}, {"--kind", "mood"}, {"--agent", "a0001"}, {"--tick", "1"}, {"--calls", "--kind", "mood"},
		{"--events", "--agent", "Никто"}, {"--events", "--kind", "moods"}, {"--answers", "--scores"}, {"--survey", "poll"},
		{"--extracts", "--kind", "mood"}, {"--answers", "--survey", "poll"}, {"--scores", "--survey", "poll"},
	} {
		if a := gorod(t, dir, append([]string{"show", run}, args...)...); a.code != 2 {
			t.Errorf("show %q: %v", args, a)
		}
	}
}

// asking is what a study asks out of band.
const asking = `surveys:
  - {id: poll, ticks: [1], questions: [{id: glad, text: Вы рады?, type: single, options: [да, нет]}]}
extract:
  - {name: ideas, instruction: о чём говорят, schema: {type: object, properties: {тема: {type: string}, tick: {type: integer}}, required: [тема, tick]}}
metrics: [{plugin: metric/activity}]
interventions:
  - {id: calm, when: {tick: 3}, do: [{mood: {valence: 0.5}}]}
`

func TestWhatAStudyAskedIsShownAndExported(t *testing.T) {
	t.Parallel()
	dir := write(t, small+asking)
	study := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml")).Study
	for _, c := range []struct{ option, want string }{
		{"--answers", "  poll/glad Анна: "}, {"--scores", "metric/activity  "}, {"--extracts", "  тема: "},
		{"--events", "the study intervenes with calm (the tick has come), mood 4 residents: +0.5, +0"},
	} {
		if a := gorod(t, dir, "show", study, c.option); a.code != 0 || !strings.Contains(a.stdout, c.want) {
			t.Errorf("show %s, want %q: %v", c.option, c.want, a)
		}
	}
	if a := gorod(t, dir, "export", study); a.code != 0 {
		t.Fatal(a)
	}
	for _, table := range []string{"surveys", "scores", "interventions", "extract-ideas"} {
		data, err := os.ReadFile(filepath.Join(dir, study, "export", table+".parquet"))
		if err != nil || !strings.HasPrefix(string(data), "PAR1") {
			t.Errorf("%s: %v", table, err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, study, "export", "extract-ideas.parquet"))
	if err != nil || !strings.Contains(string(data), "property_tick") {
		t.Errorf("the columns do not come from the schema (%v)", err)
	}
}

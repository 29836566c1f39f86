package main_test

import (
	"encoding/json"
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
		{"--events", "--agent", "Никто"}, {"--events", "--kind", "moods"},
	} {
		if a := gorod(t, dir, append([]string{"show", run}, args...)...); a.code != 2 {
			t.Errorf("show %q: %v", args, a)
		}
	}
}

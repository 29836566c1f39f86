package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// askOfRun puts orders into the queue of a folder's run, and finishes the first.
func askOfRun(t *testing.T, dir string, orders ...control.Order) {
	t.Helper()
	q, err := control.Open(t.Context(), filepath.Join(dir, runner.ControlFile))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	for _, o := range orders {
		if _, err := q.Add(t.Context(), "ольга", "", time.Date(2026, 11, 21, 15, 4, 5, 0, time.UTC), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Finish(t.Context(), 1, control.Done, 0, []control.Remark{{Who: "a1", Text: "Да\nконечно"}}, ""); err != nil {
		t.Fatal(err)
	}
	if err := q.Finish(t.Context(), 2, control.Refused, 0, nil, "nobody is meant"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatPeopleAskedOfARunReadsWell(t *testing.T) {
	t.Parallel()
	effect := func(e spec.Effect) control.Order { return control.Order{Effect: &e} }
	some := spec.Audience{Agents: []string{"Анна", "Борис"}}
	dir := t.TempDir()
	askOfRun(t, dir,
		control.Order{Ask: &control.Ask{Audience: some, Table: true, Remember: true, Questions: []spec.Question{{Text: "Ну\x1b[2J?"}}}},
		effect(spec.Effect{Tell: &spec.Tell{Text: "Снег", Audience: spec.Audience{Group: "гости"}}}),
		control.Order{Pause: true}, control.Order{Step: 2},
		effect(spec.Effect{Goals: &spec.GoalChange{Set: []string{"а", "б"}}}), effect(spec.Effect{Goals: &spec.GoalChange{Add: []string{"в"}, Audience: some}}),
		effect(spec.Effect{Mood: &spec.MoodChange{Valence: -0.5}}), effect(spec.Effect{Model: &spec.ModelSwap{Use: "big"}}),
		effect(spec.Effect{Follow: &spec.Ties{Whom: some}}), effect(spec.Effect{Unfollow: &spec.Ties{Who: some}}),
		effect(spec.Effect{Feed: &spec.FeedChange{Rank: "hot"}}), effect(spec.Effect{Stop: true}),
		control.Order{Visit: &social.Visit{ID: "1", Visitor: social.Visitor{ID: "@alice"}, Kind: "reply", Target: "p7", Text: "Да"}},
	)
	run := runner.Planned{Dir: dir, Cell: spec.Cell{Name: "base", Study: &spec.Study{Clock: spec.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour}}}, Seed: 7}
	show := func(asJSON bool, tick int64) string {
		var out strings.Builder
		tr := transcript{State: &State{Stdout: &out, json: asJSON}, run: run, names: map[string]string{"a1": "Анна"}, opts: showOptions{tick: tick, control: true}}
		if err := tr.printControl(t.Context()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const waits = " - waiting (the run has not begun)"
	want := strings.Join([]string{
		"1  2026-11-21 15:04:05  ольга: ask Анна, Борис at a table, to be remembered: Ну�[2J? - done at 2026-03-02 08:00", "\tАнна: Да конечно",
		"2  2026-11-21 15:04:05  ольга: tell group гости: Снег - refused at 2026-03-02 08:00 (nobody is meant)",
		"3  2026-11-21 15:04:05  ольга: pause" + waits, "4  2026-11-21 15:04:05  ольга: step 2 ticks" + waits,
		"5  2026-11-21 15:04:05  ольга: set the goals of everybody: а; б" + waits, "6  2026-11-21 15:04:05  ольга: add to the goals of Анна, Борис: в" + waits,
		"7  2026-11-21 15:04:05  ольга: move the mood of everybody: -0.5, +0" + waits, "8  2026-11-21 15:04:05  ольга: let everybody think with big" + waits,
		"9  2026-11-21 15:04:05  ольга: let everybody follow Анна, Борис" + waits, "10  2026-11-21 15:04:05  ольга: let Анна, Борис unfollow everybody" + waits,
		"11  2026-11-21 15:04:05  ольга: change the feed" + waits, "12  2026-11-21 15:04:05  ольга: end the run with a tick" + waits,
		"13  2026-11-21 15:04:05  ольга: reply p7: Да" + waits, "",
	}, "\n")
	if d := cmp.Diff(want, show(false, -1)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if n := strings.Count(show(false, 0), "at 2026-03-02 08:00"); n != 2 {
		t.Errorf("of tick 0: %d", n)
	}
	if got := show(false, 3); got != "no commands\n" {
		t.Errorf("of tick 3: %q", got)
	}
	lines := strings.Split(strings.TrimSpace(show(true, -1)), "\n")
	var first struct {
		Cell string
		control.Command
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != 13 || first.Cell != "base" || first.ID != 1 || first.Reply[0].Who != "a1" || !first.Order.Ask.Table {
		t.Errorf("%v %d lines, %+v", err, len(lines), first)
	}
}

func TestARunThatNobodyTouchedHasNoCommands(t *testing.T) {
	t.Parallel()
	if got := printed(t, false, showOptions{control: true, tick: -1}); got != "no commands\n" {
		t.Errorf("%q", got)
	}
	opts := showOptions{control: true, agent: "Анна", tick: -1}
	if err := opts.check(); err == nil || exitCode(err) != exitUsage {
		t.Error(err)
	}
}

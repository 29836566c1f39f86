package runner_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

func (p *place) answers(t *testing.T) (all []event.Answer) {
	t.Helper()
	for a, err := range p.book(t).Answers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func poll(remember bool) control.Order {
	return control.Order{Ask: &control.Ask{Remember: remember, Questions: []spec.Question{
		{Text: "Вы за дорогу?", Type: spec.Single, Options: []string{"да", "нет"}}, {Text: "Насколько?", Type: spec.Scale},
	}}}
}

func table(remember bool) control.Order {
	return control.Order{Ask: &control.Ask{Audience: to("Вера", "Анна"), Table: true, Remember: remember, Questions: []spec.Question{{Text: "Что делать с трамваем?"}},
		Said: []control.Remark{{Text: "Привет!"}, {Who: "a0001", Text: "Здравствуйте."}}}}
}

func who(reply []control.Remark) (ids []string) {
	for _, r := range reply {
		ids = append(ids, r.Who)
	}
	return ids
}

func TestAskingChangesNothingInTheRunUnlessItIsRemembered(t *testing.T) {
	t.Parallel()
	digest := newPlace(t, town).finished(t, nil).Digest
	p := newPlace(t, town)
	r := p.finished(t, func(tick int64) {
		if tick == 2 {
			p.order(t, poll(false))
			p.order(t, table(false))
		}
	})
	if r.Digest != digest {
		t.Errorf("digest %s, %s where nobody was asked", r.Digest, digest)
	}
	p.verified(t)
	all := p.commands(t)
	asked, talk := all[0], all[1]
	if got := who(asked.Reply); !slices.Equal(got, []string{"a0001", "a0001", "a0002", "a0002", "a0003", "a0003"}) || asked.State != control.Done || asked.Tick != 3 {
		t.Errorf("%+v", asked)
	}
	if got := who(talk.Reply); !slices.Equal(got, []string{"a0001", "a0003"}) || talk.Reply[0].Text == "" {
		t.Errorf("%+v", talk)
	}
	found := p.answers(t)
	if len(found) != 8 || !slices.Contains([]string{"да", "нет"}, found[0].Options[0]) || found[0].Tick != 3 {
		t.Errorf("%+v", found)
	}
	byAgent := func(a, b event.Answer) int {
		return strings.Compare(a.Survey+a.Agent+a.Question, b.Survey+b.Agent+b.Question)
	}
	kept := slices.SortedFunc(slices.Values(slices.Concat(asked.Answers, talk.Answers)), byAgent)
	slices.SortFunc(found, byAgent)
	if d := cmp.Diff(kept, found); d != "" {
		t.Errorf("the journal's answers (-queue +journal)\n%s", d)
	}
	if _, events := payloads[event.Control](t, p, event.KindControl); len(events) > 0 {
		t.Errorf("%+v", events)
	}
}

func TestWhatIsRememberedIsToldWithTheNextTick(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	p.finished(t, func(tick int64) {
		if tick == 2 {
			p.order(t, tell("Раньше", to("Анна")))
			p.order(t, poll(true))
			p.order(t, table(true))
		}
	})
	p.verified(t)
	commands := p.commands(t)
	ticks, all := payloads[event.Control](t, p, event.KindControl)
	if !slices.Equal(ticks, []int64{3, 3, 3}) || all[1].ID != 2 || len(all[1].Effects) != 3 || len(all[2].Effects) != 1 {
		t.Fatalf("%v %+v", ticks, all)
	}
	own, shared := all[1].Effects[1], all[2].Effects[0]
	if !slices.Equal(own.Agents, []string{"a0002"}) || !slices.Equal(shared.Agents, []string{"a0001", "a0003"}) {
		t.Errorf("%+v %+v", own, shared)
	}
	for _, part := range []string{"Вы за дорогу?", "Насколько?", commands[1].Answers[2].Options[0]} {
		if !strings.Contains(own.Detail, part) {
			t.Errorf("what Boris remembers lacks %q: %s", part, own.Detail)
		}
	}
	for _, part := range []string{"Что делать с трамваем?", "Анна: «" + commands[2].Reply[0].Text, "Вера: «" + commands[2].Reply[1].Text} {
		if !strings.Contains(shared.Detail, part) {
			t.Errorf("what the table remembers lacks %q: %s", part, shared.Detail)
		}
	}
	_, told := payloads[event.Told](t, p, event.KindTold)
	var ids []string
	for _, x := range told[3:] { // after the study's event
		ids = append(ids, x.Event)
	}
	if want := []string{"control-1", "control-2#a0001", "control-2#a0002", "control-2#a0003", "control-3", "control-3"}; !slices.Equal(ids, want) {
		t.Errorf("told %v, want %v", ids, want)
	}
}

func TestModelsThatFailRefuseTheQuestionAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	for _, memory := range []string{"memory/longshort", "memory/stream"} { // the second embeds what it is asked
		t.Run(memory, func(t *testing.T) {
			t.Parallel()
			failingModels(t, strings.Replace(town, "activity: [1]", "activity: [1], memory: {plugin: "+memory+"}", 1))
		})
	}
}

func failingModels(t *testing.T, town string) {
	t.Helper()
	first := newPlace(t, town)
	digest := first.finished(t, nil).Digest
	p := newPlace(t, town+"cassette: replay\n") // holds what residents asked, and no more
	tape, err := os.ReadFile(filepath.Join(first.run.Dir, runner.CassetteFile))
	if err == nil {
		err = os.MkdirAll(p.run.Dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(p.run.Dir, runner.CassetteFile), tape, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := p.finished(t, at(2, func() {
		p.order(t, poll(true))
		p.order(t, control.Order{Ask: &control.Ask{Audience: to("Глеб"), Questions: []spec.Question{{Text: "x"}}}})
	}))
	if r.Digest != digest {
		t.Errorf("digest %s, want %s", r.Digest, digest)
	}
	all := p.commands(t)
	if all[0].State != control.Refused || !strings.Contains(all[0].Why, "not in cassette") || all[1].State != control.Refused || !strings.Contains(all[1].Why, "Глеб") {
		t.Errorf("%+v", all)
	}
	if found := p.answers(t); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}

func TestQuestionsAreAnsweredWhileTheRunPauses(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	r := make(chan runner.Result, 1)
	go func() { r <- p.goOn(t, at(2, func() { p.order(t, control.Order{Pause: true}) })) }()
	p.waitFor(t, 1, control.Done)
	p.order(t, tell("Снег", to("Анна")))
	p.order(t, poll(true))
	if c := p.waitFor(t, 3, control.Done); len(c.Reply) != 6 {
		t.Errorf("%+v", c)
	}
	if c := p.commands(t)[1]; c.State != control.Waiting {
		t.Errorf("a change while the run pauses: %+v", c)
	}
	if found := p.answers(t); len(found) > 0 {
		t.Errorf("before the next tick: %+v", found)
	}
	p.order(t, control.Order{Stop: true})
	if r := <-r; r.Status != journal.Interrupted || r.Ticks != 3 {
		t.Errorf("%+v", r)
	}
	p.finished(t, nil) // what was answered before is stored and remembered now
	if found := p.answers(t); len(found) != 6 || found[0].Tick != 3 {
		t.Errorf("%+v", found)
	}
	if ticks, all := payloads[event.Control](t, p, event.KindControl); !slices.Equal(ticks, []int64{3, 3}) || all[1].ID != 3 || len(all[1].Effects) != 3 {
		t.Errorf("%v %+v", ticks, all)
	}
	p.verified(t)
}

func TestOrdersMayBeGivenBeforeTheRunBegins(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	if err := os.MkdirAll(p.run.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.order(t, control.Order{Pause: true})
	p.order(t, table(true))
	p.order(t, tell("До начала", spec.Audience{}))
	if all := p.commands(t); !strings.Contains(all[0].Why, "not begun") {
		t.Errorf("%+v", all[0])
	}
	r := make(chan runner.Result, 1)
	go func() { r <- p.goOn(t, nil) }()
	p.waitFor(t, 2, control.Done)
	p.order(t, control.Order{Resume: true})
	if r := <-r; r.Status != journal.Done || r.Ticks != 12 {
		t.Errorf("%+v", r)
	}
	if ticks, _ := payloads[event.Control](t, p, event.KindControl); !slices.Equal(ticks, []int64{0, 0}) {
		t.Errorf("carried out in %v", ticks)
	}
	p.verified(t)
}

func TestAQueueThatIsNoneDoesNotEndTheRun(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	if err := os.MkdirAll(p.run.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.queuePath(), []byte(strings.Repeat("не очередь ", 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	p.opts.Log = logTo(&log)
	p.finished(t, nil)
	if n := strings.Count(log.String(), "queue"); n == 0 || n > 3 {
		t.Errorf("the log:\n%s", &log)
	}
}

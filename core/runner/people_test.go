package runner_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

// town is a study of three residents.
const town = `apiVersion: gorod/v1
kind: Experiment
name: town
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 12}
population:
  - group: соседи
    inline: [{name: Анна, gender: женский, interests: [трамваи]}, {name: Борис}]
  - inline: [{name: Вера}]
agents: {activity: [1]}
environment: {network: {feed: {rank: hot}, follows: {graph: complete}}}
events: [{id: tram, tick: 1, text: Закрывают трамвай.}]
`

// people act on a run: they are told of each tick that was computed.
type people struct {
	mu   sync.Mutex
	tick func(tick int64)
}

func (*people) Started(runner.Planned, int)         {}
func (*people) Ended(runner.Planned, runner.Result) {}
func (p *people) Ticked(_ runner.Planned, s sim.Progress, _ runner.Usage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tick != nil {
		p.tick(s.Tick)
	}
}

// place is a run of the town, which is its study's only one.
type place struct {
	opts runner.Options
	run  runner.Planned
	here *people
}

func newPlace(t *testing.T, yaml string) *place {
	t.Helper()
	p, dir := &place{here: &people{}}, t.TempDir()
	err := os.WriteFile(filepath.Join(dir, runnertest.Source), []byte(yaml), 0o600)
	if err == nil {
		p.opts, p.run, err = runnertest.Load(dir, p.here)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *place) queuePath() string { return filepath.Join(p.run.Dir, runner.ControlFile) }

// order adds an order to the queue, as another process would.
func (p *place) order(t *testing.T, o control.Order) {
	t.Helper()
	q, err := control.Open(t.Context(), p.queuePath())
	if err == nil {
		_, err = q.Add(t.Context(), "ольга", "", time.Now(), o)
	}
	if err != nil {
		t.Error(err)
		return
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

// goOn runs what is left of the run; act is called after every tick.
func (p *place) goOn(t *testing.T, act func(tick int64)) runner.Result {
	t.Helper()
	p.here.tick = act
	results, err := runner.Run(t.Context(), p.opts)
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

func (p *place) finished(t *testing.T, act func(tick int64)) runner.Result {
	t.Helper()
	r := p.goOn(t, act)
	if r.Status != journal.Done {
		t.Fatalf("%+v", r)
	}
	return r
}

func (p *place) verified(t *testing.T) {
	t.Helper()
	v, err := runner.Verify(t.Context(), p.opts, p.run)
	if err != nil || !v.OK || v.ModelCalls != 0 {
		t.Errorf("%+v %v", v, err)
	}
}

func (p *place) commands(t *testing.T) []control.Command {
	t.Helper()
	q, err := control.OpenReadOnly(t.Context(), p.queuePath())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	all, err := q.List(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *place) book(t *testing.T) *journal.Journal {
	t.Helper()
	book, err := journal.OpenReadOnly(t.Context(), filepath.Join(p.run.Dir, runner.JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func payloads[T any](t *testing.T, p *place, kind event.Kind) (ticks []int64, all []T) {
	t.Helper()
	for e, err := range p.book(t).Events(t.Context(), journal.Filter{Kinds: []event.Kind{kind}}) {
		var payload T
		if err == nil {
			err = json.Unmarshal(e.Data, &payload)
		}
		if err != nil {
			t.Fatal(err)
		}
		ticks, all = append(ticks, e.Tick), append(all, payload)
	}
	return ticks, all
}

func at(tick int64, do func()) func(int64) {
	return func(now int64) {
		if now == tick {
			do()
		}
	}
}

func effect(e spec.Effect) control.Order { return control.Order{Effect: &e} }

func tell(text string, to spec.Audience) control.Order {
	return effect(spec.Effect{Tell: &spec.Tell{Text: text, Audience: to}})
}

func to(names ...string) spec.Audience { return spec.Audience{Agents: names} }

func TestARunThatNobodyTouchesHasNoQueue(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	p.finished(t, nil)
	if _, err := os.Stat(p.queuePath()); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
	p.verified(t)
	p.order(t, control.Order{Pause: true})
	p.finished(t, nil)
	if c := p.commands(t)[0]; c.State != control.Waiting || !strings.Contains(c.Why, "over") {
		t.Errorf("a command for a run that is over: %+v", c)
	}
}

func TestWhatPeopleDoChangesTheRunOnceAndReplays(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	p.finished(t, at(2, func() {
		p.order(t, tell("Снег <b> & «ёлка»!", to("Анна")))
		p.order(t, effect(spec.Effect{Goals: &spec.GoalChange{Set: []string{"лепить снеговика"}, Audience: spec.Audience{Group: "соседи"}}}))
		p.order(t, effect(spec.Effect{Goals: &spec.GoalChange{Add: []string{"греться"}, Audience: to("Анна")}}))
		p.order(t, effect(spec.Effect{Mood: &spec.MoodChange{Valence: 0.5, Audience: to("Вера")}}))
		p.order(t, effect(spec.Effect{Unfollow: &spec.Ties{Who: to("Вера")}}))
		p.order(t, effect(spec.Effect{Feed: &spec.FeedChange{Rank: "chronological", Size: new(3)}}))
		p.order(t, tell("x", to("Глеб")))
		p.order(t, tell("x", spec.Audience{Group: "гости"}))
		p.order(t, effect(spec.Effect{Model: &spec.ModelSwap{Use: "gpt"}}))
		p.order(t, effect(spec.Effect{Feed: &spec.FeedChange{Rank: "interest"}}))
	}))
	ticks, all := payloads[event.Control](t, p, event.KindControl)
	if len(all) != 10 || slices.ContainsFunc(ticks, func(n int64) bool { return n != 3 }) {
		t.Fatalf("%v %+v", ticks, all)
	}
	for i, c := range p.commands(t) {
		want := control.Done
		if i >= 6 {
			want = control.Refused
		}
		if all[i].ID != c.ID || c.State != want || c.Tick != 3 || c.Why != all[i].Refused || (want == control.Done) != (c.Why == "") || all[i].Who != "ольга" {
			t.Errorf("%+v\nis recorded as %+v", c, all[i])
		}
	}
	if d := all[2].Effects[0]; d.Kind != "goals" || !slices.Equal(d.Agents, []string{"a0001"}) {
		t.Errorf("%+v", d)
	}
	_, told := payloads[event.Told](t, p, event.KindTold)
	if n := len(told); n != 4 || told[3] != (event.Told{Event: "control-1", Text: "Снег <b> & «ёлка»!"}) {
		t.Errorf("told %+v", told)
	}
	agents, err := p.book(t).Agents(t.Context())
	if err != nil || !slices.Equal(agents[0].Goals, []string{"лепить снеговика", "греться"}) || !slices.Equal(agents[1].Goals, []string{"лепить снеговика"}) {
		t.Errorf("%+v %v", agents, err)
	}
	p.verified(t)
}

func TestARunPausesStepsAndGoesOnAndItsDigestIsTheSame(t *testing.T) {
	t.Parallel()
	want := newPlace(t, town)
	digest := want.finished(t, nil).Digest
	p := newPlace(t, town)
	var computed []int64
	paused := make(chan int64, 10)
	r := make(chan runner.Result, 1)
	go func() {
		r <- p.goOn(t, func(tick int64) {
			computed = append(computed, tick)
			if tick == 2 {
				p.order(t, control.Order{Pause: true})
			}
			if tick == 2 || tick == 5 {
				paused <- tick
			}
		})
	}()
	<-paused
	p.waitFor(t, 1, control.Done) // it pauses before tick 3
	p.order(t, control.Order{Step: 3})
	<-paused // after tick 5
	p.waitFor(t, 2, control.Done)
	p.order(t, tell("Во время паузы", to("Анна"))) // waits for tick 6
	p.order(t, control.Order{Step: 1})
	p.waitFor(t, 3, control.Done)
	p.order(t, control.Order{Resume: true})
	result := <-r
	if result.Status != journal.Done || len(computed) != 12 || result.Digest == digest {
		t.Errorf("%+v, ticks %v", result, computed)
	}
	for i, want := range []int64{3, 3, 6, 6, 7} {
		if c := p.commands(t)[i]; c.Tick != want || c.State != control.Done {
			t.Errorf("%+v, want tick %d", c, want)
		}
	}
	p.verified(t)

	calm := newPlace(t, town) // nobody says anything: only the pace changes
	if r := calm.finished(t, at(1, func() {
		calm.order(t, control.Order{Pause: true})
		calm.order(t, control.Order{Resume: true})
	})); r.Digest != digest {
		t.Errorf("digest %s, without a pause %s", r.Digest, digest)
	}
}

// waitFor waits until a command is in a state.
func (p *place) waitFor(t *testing.T, id int64, state control.State) control.Command {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if all := p.commands(t); int64(len(all)) >= id && all[id-1].State == state {
			return all[id-1]
		}
	}
	t.Fatalf("command %d is not %s: %+v", id, state, p.commands(t))
	return control.Command{}
}

func TestAStoppedRunResumesWithWhatWaits(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	r := p.goOn(t, at(4, func() {
		p.order(t, tell("До", to("Анна")))
		p.order(t, control.Order{Stop: true})
		p.order(t, tell("После", to("Борис")))
	}))
	if r.Status != journal.Interrupted || r.Ticks != 5 || r.Err != nil {
		t.Errorf("%+v", r)
	}
	if all := p.commands(t); all[0].State != control.Waiting || !strings.Contains(all[0].Why, "resumed") || all[1].State != control.Done || all[2].State != control.Waiting {
		t.Errorf("%+v", all)
	}
	p.finished(t, nil)
	if ticks, _ := payloads[event.Control](t, p, event.KindControl); !slices.Equal(ticks, []int64{5, 5}) {
		t.Errorf("carried out in %v", ticks)
	}
	p.verified(t)
}

func TestAPauseOutlivesTheProcessAndAStopEndsIt(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	var interrupt atomic.Bool
	p.opts.Stop = interrupt.Load
	paused := func(act func(tick int64), id int64, then func()) runner.Result {
		t.Helper()
		var all sync.WaitGroup
		all.Go(func() {
			p.waitFor(t, id, control.Done)
			then()
		})
		r := p.goOn(t, act)
		all.Wait()
		return r
	}
	pause := at(2, func() { p.order(t, control.Order{Pause: true}) })
	if r := paused(pause, 1, func() { interrupt.Store(true) }); r.Status != journal.Interrupted || r.Ticks != 3 || r.Error != "" {
		t.Errorf("interrupted while it paused: %+v", r)
	}
	interrupt.Store(false)
	var log bytes.Buffer
	p.opts.Log = logTo(&log)
	p.order(t, control.Order{Ask: &control.Ask{Audience: to("Вера"), Questions: []spec.Question{{Text: "Ждёшь?"}}}})
	if r := paused(nil, 2, func() { p.order(t, control.Order{Stop: true}) }); r.Status != journal.Interrupted || r.Ticks != 3 {
		t.Errorf("resumed and stopped while it paused: %+v", r)
	}
	if !strings.Contains(log.String(), "pauses still") {
		t.Errorf("the log does not say why nothing goes on:\n%s", &log)
	}
	p.finished(t, nil)
	p.verified(t)
}

func logTo(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

package intervene_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/intervene"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

const ticks = 10

// platform is a square whose platform can be changed.
type platform struct {
	*simtest.Square
	adjusted []env.Adjustment
}

func (p *platform) Adjust(_ context.Context, a env.Adjustment) error {
	p.adjusted = append(p.adjusted, a)
	return nil
}

// judging answers every claim the same.
type judging struct {
	reply string
	err   error
}

func (j judging) Ask(context.Context, string, sdk.Agent, sdk.GenerateRequest) (sdk.Reply, error) {
	return sdk.Reply{Text: j.reply}, j.err
}

type world struct {
	place   *platform
	store   *simtest.Shelf
	judge   judging
	measure intervene.Measure
}

func newWorld() *world {
	return &world{place: &platform{Square: simtest.NewSquare()}, store: &simtest.Shelf{}}
}

func study(all ...spec.Intervention) *spec.Study {
	for i := range all {
		all[i].Check = max(all[i].Check, 1)
	}
	return &spec.Study{
		Language: "ru", Interventions: all,
		Clock: spec.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: ticks},
	}
}

func (w *world) options(t *testing.T, s *spec.Study, ticks int) sim.Options {
	t.Helper()
	judge, err := probe.NewJudge(s, w.judge)
	if err != nil {
		t.Fatal(err)
	}
	opts := simtest.Options(4, ticks, w.place, simtest.Mind{}, w.store)
	opts.Activity = []float64{1}
	opts.Directors = []sim.Director{intervene.New(intervene.Options{
		Study: s, Judge: judge, Measure: w.measure, Run: sdk.Run{Cell: "base"}, Environment: w.place, Log: slog.New(slog.DiscardHandler),
	})}
	return opts
}

// fired are the ticks in which an intervention acted.
func (w *world) fired(t *testing.T, id string) (at []int64) {
	t.Helper()
	for _, e := range w.store.OfKind(event.KindIntervention) {
		var v event.Intervention
		if err := json.Unmarshal(e.Data, &v); err != nil {
			t.Fatal(err)
		}
		if v.ID == id {
			at = append(at, e.Tick)
		}
	}
	return at
}

func tell(text string) []spec.Effect { return []spec.Effect{{Tell: &spec.Tell{Text: text}}} }

func TestAnInterventionActsWhenItsConditionIsMet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		v    spec.Intervention
		want []int64
	}{
		"time":     {spec.Intervention{When: spec.Condition{At: &at}, Times: 1}, []int64{3}},
		"tick":     {spec.Intervention{When: spec.Condition{Tick: new(int64(4))}, Times: 2}, []int64{4, 5}},
		"every":    {spec.Intervention{When: spec.Condition{Every: 4 * time.Hour}}, []int64{0, 4, 8}},
		"check":    {spec.Intervention{When: spec.Condition{Tick: new(int64(4))}, Check: 3, Times: 1}, []int64{6}},
		"cooldown": {spec.Intervention{When: spec.Condition{Tick: new(int64(1))}, Cooldown: 4 * time.Hour}, []int64{1, 5, 9}},
		// Four residents act in every tick.
		"query":  {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "action", AtLeast: new(9)}}, Times: 1}, []int64{3}},
		"window": {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "action", AtLeast: new(9), Within: 2 * time.Hour}}, Times: 1}, nil},
		"agents": {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "action", Count: "agents", AtLeast: new(5)}}, Times: 1}, nil},
		"few":    {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "action", Action: "say", AtMost: new(5)}}}, []int64{0, 1}},
		"text":   {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "told", Contains: "СНЕГ", AtLeast: new(1)}}, Times: 1}, []int64{2}},
		"about":  {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "told", About: "other", AtLeast: new(1)}}, Times: 1}, nil},
		"of one": {spec.Intervention{When: spec.Condition{Query: &spec.Query{Kind: "action", Of: spec.Audience{Agents: []string{"Р0"}}, AtLeast: new(2)}}, Times: 1}, []int64{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.v.ID, tt.v.Do = "v", tell("слово")
			w := newWorld()
			simtest.Run(t, w.options(t, study(tt.v), ticks))
			if got := w.fired(t, "v"); !slices.Equal(got, tt.want) {
				t.Errorf("acted in ticks %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAnInterventionDoesNotSetItselfOff(t *testing.T) {
	t.Parallel()
	w := newWorld()
	snow := spec.Intervention{ // what it tells is what it looks for
		ID: "snow", When: spec.Condition{Query: &spec.Query{Kind: "told", Contains: "снег", AtLeast: new(1), Within: time.Hour}}, Do: tell("Снег идёт!"),
	}
	simtest.Run(t, w.options(t, study(snow), ticks))
	if got := w.fired(t, "snow"); !slices.Equal(got, []int64{2}) { // after the study's own event of tick 1
		t.Errorf("acted in ticks %v", got)
	}
	if n := len(w.store.OfKind(event.KindTold)); n != 1+4 {
		t.Errorf("%d were told", n)
	}
}

func TestAMetricConditionMeasuresTheRunSoFar(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.measure = func(_ context.Context, c spec.MetricCondition, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
		actions := 0.0
		for e, err := range events {
			if err != nil {
				return nil, err
			}
			if e.Tick >= run.Ticks {
				t.Errorf("tick %d in a run of %d ticks", e.Tick, run.Ticks)
			}
			if e.Kind == "action" {
				actions++
			}
		}
		if len(run.Agents) != 4 || run.Cell != "base" || c.Plugin != "metric/m" {
			t.Errorf("run %+v, condition %+v", run, c)
		}
		if actions == 0 {
			return nil, nil // nothing to measure yet
		}
		return []sdk.Score{
			{Metric: "other", Tick: sdk.NoTick, Value: 99}, {Metric: "n", Tick: 0, Value: 99}, {Metric: "n", Agent: "a0001", Tick: sdk.NoTick, Value: 99},
			{Metric: "n", Tick: sdk.NoTick, Value: actions},
		}, nil
	}
	above := spec.Intervention{ID: "above", Times: 1, Do: tell("много"), When: spec.Condition{Metric: &spec.MetricCondition{Plugin: "metric/m", Name: "n", Above: new(10.0)}}}
	below := spec.Intervention{ID: "below", Do: tell("мало"), When: spec.Condition{Metric: &spec.MetricCondition{Plugin: "metric/m", Name: "n", Below: new(10.0)}}}
	simtest.Run(t, w.options(t, study(above, below), ticks))
	if a, b := w.fired(t, "above"), w.fired(t, "below"); !slices.Equal(a, []int64{3}) || !slices.Equal(b, []int64{1, 2}) {
		t.Errorf("above in %v, below in %v", a, b)
	}
}

func TestAPropositionConditionAsksTheJudge(t *testing.T) {
	t.Parallel()
	score := func(least int) spec.ClaimCondition {
		return spec.ClaimCondition{Claim: spec.Claim{Text: "ссора", Mode: "score", About: "world", Window: 9}, AtLeast: &least}
	}
	check := func(holds bool) spec.ClaimCondition {
		return spec.ClaimCondition{Claim: spec.Claim{Text: "ссора", Mode: "check", About: "each", Window: 9}, Holds: holds}
	}
	for name, tt := range map[string]struct {
		judge judging
		c     spec.ClaimCondition
		want  int
	}{
		"scores enough":   {judging{reply: `{"justification":"","score":7}`}, score(7), ticks},
		"scores too low":  {judging{reply: `{"justification":"","score":6}`}, score(7), 0},
		"holds":           {judging{reply: `{"justification":"","confidence":1,"holds":true}`}, check(true), ticks},
		"holds not":       {judging{reply: `{"justification":"","confidence":1,"holds":false}`}, check(false), ticks},
		"holds after all": {judging{reply: `{"justification":"","confidence":1,"holds":true}`}, check(false), 0},
		"rambles":         {judging{err: sdk.Errorf(sdk.ErrModel, "no JSON")}, check(false), 0},
	} {
		w := newWorld()
		w.judge = tt.judge
		simtest.Run(t, w.options(t, study(spec.Intervention{ID: "v", When: spec.Condition{Proposition: &tt.c}, Do: tell("тише")}), ticks))
		if got := w.fired(t, "v"); len(got) != tt.want {
			t.Errorf("a judge that %s: acted in %v", name, got)
		}
	}
}

func TestEffectsReachThoseWhomTheyConcernInOrder(t *testing.T) {
	t.Parallel()
	some := spec.Audience{Agents: []string{"Р1", "Р2"}}
	when := spec.Condition{Tick: new(int64(2))}
	w := newWorld()
	simtest.Run(t, w.options(t, study(
		spec.Intervention{ID: "one", When: when, Times: 1, Do: []spec.Effect{
			{Tell: &spec.Tell{Text: "раз", Audience: some}}, {Tell: &spec.Tell{Text: "два"}},
			{Goals: &spec.GoalChange{Set: []string{"жить"}, Audience: some}}, {Goals: &spec.GoalChange{Add: []string{"жить", "петь"}}},
			{Mood: &spec.MoodChange{Valence: 2, Arousal: -1}}, {Model: &spec.ModelSwap{Use: "big", Audience: some}},
			{Follow: &spec.Ties{Who: some}}, {Unfollow: &spec.Ties{Who: spec.Audience{Agents: []string{"Р0"}}, Whom: some}},
			{Feed: &spec.FeedChange{Rank: "random", Size: new(3)}},
		}},
		spec.Intervention{ID: "two", When: when, Times: 1, Do: []spec.Effect{{Mood: &spec.MoodChange{Valence: -0.5}}}},
		spec.Intervention{ID: "end", When: spec.Condition{Tick: new(int64(5))}, Times: 1, Do: []spec.Effect{{Stop: true}}},
	), ticks))
	if last := w.store.Commits[len(w.store.Commits)-1]; last.Tick != 5 || !last.Done {
		t.Errorf("the run ended in tick %d", last.Tick)
	}
	var told []string
	for _, e := range w.store.Commits[2].Events {
		if e.Kind == event.KindTold {
			told = append(told, e.Agent+string(e.Data))
		}
	}
	if len(told) != 6 || told[0] != `a0002{"event":"one","text":"раз"}` || told[2] != `a0001{"event":"one#1.2","text":"два"}` {
		t.Errorf("told %q", told)
	}
	for _, a := range w.store.Commits[2].Agents { // the last of each counts
		want := map[bool][]string{true: {"жить", "петь"}, false: {"жить", "петь"}}[a.Model == "big"]
		if a.ID == w.store.Commits[2].Agents[len(w.store.Commits[2].Agents)-1].ID && !slices.Equal(a.Goals, want) {
			t.Errorf("%s has goals %v", a.ID, a.Goals)
		}
	}
	if n := len(w.place.adjusted); n != 3 {
		t.Fatalf("%d adjustments", n)
	}
	if follow, unfollow, feed := w.place.adjusted[0].Follow, w.place.adjusted[1].Unfollow, w.place.adjusted[2].Feed; len(follow) != 2*3 ||
		len(unfollow) != 2 || unfollow[0] != (env.Tie{Who: "a0001", Whom: "a0002"}) || feed.Rank != "random" {
		t.Errorf("adjusted %+v", w.place.adjusted)
	}
}

func TestMoodsStayWithinTheirBoundsAndEachInterventionSeesTheOneBefore(t *testing.T) {
	t.Parallel()
	w := newWorld()
	opts := w.options(t, study(
		spec.Intervention{ID: "up", When: spec.Condition{Tick: new(int64(1))}, Times: 1, Do: []spec.Effect{{Mood: &spec.MoodChange{Valence: 2, Arousal: -1}}}},
		spec.Intervention{ID: "down", When: spec.Condition{Tick: new(int64(1))}, Times: 1, Do: []spec.Effect{{Mood: &spec.MoodChange{Valence: -0.25}}}},
	), 2)
	opts.Activity = []float64{0} // asleep: nothing else moves a mood
	simtest.Run(t, opts)
	for _, a := range w.store.Commits[1].Agents {
		if a.Mood.Valence != 0.75 || a.Mood.Arousal != 0 {
			t.Errorf("%s feels %+v", a.ID, a.Mood)
		}
	}
}

func TestAResumedRunKnowsWhatInterventionsDid(t *testing.T) {
	t.Parallel()
	v := spec.Intervention{ID: "v", Times: 2, When: spec.Condition{Every: 3 * time.Hour}, Do: []spec.Effect{
		{Tell: &spec.Tell{Text: "слово"}}, {Feed: &spec.FeedChange{Rank: "random"}},
	}}
	whole := newWorld()
	want := simtest.Run(t, whole.options(t, study(v), ticks))

	w := newWorld()
	simtest.Run(t, w.options(t, study(v), 5))
	states := map[string]event.AgentState{}
	for _, c := range w.store.Commits {
		for _, a := range c.Agents {
			states[a.ID] = a
		}
	}
	from := &sim.Checkpoint{Tick: 4, Digest: w.store.Commits[4].Digest}
	for _, s := range states {
		from.Agents = append(from.Agents, s)
	}
	w.place.adjusted = nil // a fresh process
	opts := w.options(t, study(v), ticks)
	opts.Resume = from
	if got := simtest.Run(t, opts); got.Digest != want.Digest {
		t.Errorf("digest %s, uninterrupted %s", got.Digest, want.Digest)
	}
	if got := w.fired(t, "v"); !slices.Equal(got, []int64{0, 3}) {
		t.Errorf("acted in %v, not twice in all", got)
	}
	if len(w.place.adjusted) != 2 {
		t.Errorf("the feed was set %d times, not as often as before", len(w.place.adjusted))
	}
}

// outside changes the feed in tick 2, as people do, and fails to in tick 3.
type outside struct{}

func (outside) Direct(_ context.Context, t env.Tick, _ *sim.World) (out sim.Direction, err error) {
	for tick, c := range []event.Control{2: {ID: 1, Order: []byte(`{"effect":{"feed":{"rank":"chronological"}}}`)},
		3: {ID: 2, Order: []byte(`{"effect":{"feed":{"rank":"hot"}}}`), Refused: "no"}, 4: {ID: 3, Order: []byte(`{"effect":{"tell":{"text":"x"}}}`)}} {
		if c.ID > 0 && t.Number == int64(tick) {
			out.Events = append(out.Events, event.New(t.Number, "", event.KindControl, c))
		}
	}
	return out, nil
}

func TestAResumedRunHasTheFeedThatWasSetLastWhoeverSetIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	v := spec.Intervention{ID: "v", Times: 2, When: spec.Condition{Every: 4 * time.Hour}, Do: []spec.Effect{{Feed: &spec.FeedChange{Rank: "random"}}}}
	opts := w.options(t, study(v), 5)
	opts.Directors = append([]sim.Director{outside{}}, opts.Directors...)
	simtest.Run(t, opts)
	w.place.adjusted = nil // a fresh process
	opts = w.options(t, study(v), 6)
	opts.Resume = &sim.Checkpoint{Tick: 4, Digest: w.store.Commits[4].Digest}
	simtest.Run(t, opts)
	var ranks []string
	for _, a := range w.place.adjusted {
		ranks = append(ranks, a.Feed.Rank)
	}
	if !slices.Equal(ranks, []string{"random", "chronological", "random"}) {
		t.Errorf("set to %v", ranks)
	}
}

func TestAnEnvironmentThatCannotBeChangedSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	s := study(spec.Intervention{ID: "v", When: spec.Condition{Tick: new(int64(0))}, Do: []spec.Effect{{Feed: &spec.FeedChange{Rank: "hot"}}}})
	opts := w.options(t, s, 2)
	opts.Directors = []sim.Director{intervene.New(intervene.Options{Study: s, Environment: simtest.NewSquare(), Log: slog.New(slog.DiscardHandler)})}
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Run(t.Context()); err == nil || !strings.Contains(fmt.Sprint(err), "intervention v") {
		t.Errorf("got %v", err)
	}
}

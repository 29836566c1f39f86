// Package tally adds up the events of one run as they pass by. What it holds
// grows with residents and bins, not with events.
package tally

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

// Options say whose events are added up, and into what.
type Options struct {
	Groups map[string]string // the group of each resident by its id
	Ticks  int64             // length of the run
	Width  int64             // ticks in a bin
}

const (
	maxKinds   = 256 // of actions: a plugin's environment may invent them
	maxReasons = 256
	maxTies    = 1 << 16
	maxReason  = 160 // runes
)

// Tally adds up one run. It is not safe for concurrent use.
type Tally struct {
	opts    Options
	out     Result
	kinds   *counter[string]
	reasons *counter[string]
	ties    *counter[Tie]
	moods   map[string]*moods
	shown   map[string]int
	spread  spreads
	talk    talk
	town    towns
}

// New makes an empty tally.
func New(opts Options) *Tally {
	opts.Width = max(opts.Width, 1)
	return &Tally{
		opts: opts, out: Result{Bins: make([]Bin, (opts.Ticks+opts.Width-1)/opts.Width)},
		kinds: newCounter(maxKinds, strings.Compare), reasons: newCounter(maxReasons, strings.Compare),
		ties: newCounter(maxTies, compareTies), moods: map[string]*moods{}, shown: map[string]int{},
		spread: newSpreads(opts), talk: newTalk(), town: newTowns(),
	}
}

// Add adds an event. Events come in order.
func (t *Tally) Add(e event.Event) error {
	at := e.Tick / t.opts.Width
	if e.Tick < 0 || at >= int64(len(t.out.Bins)) {
		return fmt.Errorf("%s event at tick %d of a run of %d ticks", e.Kind, e.Tick, t.opts.Ticks)
	}
	if err := t.add(e, &t.out.Bins[at]); err != nil {
		return fmt.Errorf("%s event %d of tick %d: %w", e.Kind, e.Seq, e.Tick, err)
	}
	return nil
}

func (t *Tally) add(e event.Event, bin *Bin) error {
	switch e.Kind {
	case event.KindAction:
		return read(e, func(a event.Action) { t.action(e, a, bin) })
	case event.KindInvalid:
		return read(e, func(i event.Invalid) { t.invalid(i, bin) })
	case event.KindPlan:
		return read(e, func(p event.Plan) { t.plan(p, bin) })
	case event.KindMood:
		return read(e, func(m event.Mood) { t.mood(e.Agent, m, bin) })
	case event.KindExposure:
		return read(e, t.exposure)
	case event.KindTold:
		return read(e, func(told event.Told) { t.spread.told(e, told) })
	case event.KindHeard:
		return read(e, func(h event.Heard) { t.spread.heard(e, h) })
	case event.KindIntervention:
		return read(e, func(i event.Intervention) { t.intervened(e, i) })
	case event.KindControl:
		return read(e, func(c event.Control) { t.controlled(e, c) })
	case event.KindTown:
		return read(e, func(now event.Town) { t.town.stands(e, now, bin) })
	case event.KindDecree:
		return read(e, t.town.decreed)
	case event.KindTransfer:
		return read(e, t.town.transferred)
	}
	return nil // of a later gorod
}

// read decodes an event's payload for use.
func read[T any](e event.Event, use func(T)) error {
	var payload T
	if err := json.Unmarshal(e.Data, &payload); err != nil {
		return err
	}
	use(payload)
	return nil
}

func (t *Tally) action(e event.Event, a event.Action, bin *Bin) {
	t.out.Actions++
	bin.Actions++
	t.kinds.add(text.Cut(a.Kind, 40), 1)
	if a.TargetAgent != "" && a.TargetAgent != e.Agent && a.Text != "" {
		t.ties.add(Tie{From: e.Agent, To: a.TargetAgent}, 1)
	}
	if a.Text == "" {
		return
	}
	t.out.Messages++
	bin.Messages++
	if s := a.Sentiment; s != nil {
		bin.Sentiment.add(s.Valence)
		t.out.Sentiment.add(s.Valence)
		t.out.Labels.add(s.Label)
	}
	t.talk.add(e, a)
}

func (t *Tally) invalid(i event.Invalid, bin *Bin) {
	t.out.Invalid++
	bin.Invalid++
	t.reasons.add(text.Cut(strings.Join(strings.Fields(i.Why), " "), maxReason), 1)
	if i.Action == nil { // the reply was no use: there is no plan
		t.out.Steps++
		bin.Steps++
	}
}

func (t *Tally) plan(p event.Plan, bin *Bin) {
	t.out.Steps++
	bin.Steps++
	t.out.Plans++
	if p.Reused {
		t.out.Reused++
	}
}

func (t *Tally) mood(agent string, m event.Mood, bin *Bin) {
	bin.Valence.add(m.Valence)
	bin.Arousal.add(m.Arousal)
	felt, ok := t.moods[agent]
	if !ok {
		felt = &moods{first: m}
		t.moods[agent] = felt
	}
	felt.last = m
}

func (t *Tally) exposure(x event.Exposure) {
	for _, item := range x.Items {
		t.shown[item.Author]++
	}
	t.out.Shown += len(x.Items)
}

// Result is what was added up. The tally is of no use afterwards.
func (t *Tally) Result() Result {
	r := t.out
	r.Kinds, r.Reasons = t.kinds.top(maxKinds), t.reasons.top(topReasons)
	r.Ties, r.TiesPruned = t.ties.top(topTies), t.ties.pruned
	for _, agent := range slices.Sorted(maps.Keys(t.moods)) { // sums of floats depend on their order
		felt := t.moods[agent]
		r.Start.add(felt.first)
		r.End.add(felt.last)
	}
	r.Exposure = concentration(t.shown, t.opts.Groups)
	r.Spreads = t.spread.result()
	r.Thread, r.Opening = t.talk.best(), t.talk.opening
	r.Town = t.town.result()
	return r
}

package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Weights of what a resident reads: what is meant for it moves it most.
const (
	weightAddressed = 1.0
	weightRead      = 0.25
)

// stimulus is a text that moves a mood.
type stimulus struct {
	text   string
	weight float64
}

// stimuli are the texts of others that are new in an observation: all
// notifications and feed items (an environment shows them once), and of a
// room's history what was said since the last tick.
func stimuli(self string, t env.Tick, step time.Duration, o *sdk.Observation) []stimulus {
	var out []stimulus
	add := func(item sdk.Item) {
		if item.Text == "" || item.Author == self {
			return
		}
		w := weightRead
		if item.Addressed || item.Kind == sdk.ItemEvent {
			w = weightAddressed
		}
		out = append(out, stimulus{item.Text, w})
	}
	for _, item := range o.Notifications {
		add(item)
	}
	for _, item := range o.Timeline {
		add(item)
	}
	since := t.Time.Add(-step).Format(time.RFC3339)
	for _, item := range o.Messages {
		if item.Time == since {
			add(item)
		}
	}
	return out
}

// appraiser asks the classifier once for every text that residents write or are
// told: many read the same. What it knows when a tick begins depends on the
// journal alone, so a resumed run knows the same; while residents think it
// learns nothing, so the order in which they do makes no difference. A
// classifier may well rate a text differently beside other texts.
//
// It forgets the older half of what was written when it holds cacheSize texts.
type appraiser struct {
	classifier sdk.Classifier
	told       map[string]sdk.Sentiment
	young, old map[string]sdk.Sentiment // written by residents
	written    int                      // texts ever
}

const cacheSize = 1 << 15

func newAppraiser(c sdk.Classifier) *appraiser {
	return &appraiser{classifier: c, told: map[string]sdk.Sentiment{}, young: map[string]sdk.Sentiment{}}
}

// classify returns one sentiment a text, in order. It may be called from
// several goroutines.
func (a *appraiser) classify(ctx context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	unknown, where := a.lookup(texts, out)
	if len(unknown) == 0 {
		return out, nil
	}
	found, err := a.classifier.Classify(ctx, tick, unknown)
	if err != nil {
		return nil, err
	}
	if len(found) != len(unknown) {
		return nil, fmt.Errorf("the sentiment plugin answered %d of %d texts", len(found), len(unknown))
	}
	for i, at := range where {
		if at >= 0 {
			out[i] = found[at]
		}
	}
	return out, nil
}

// lookup fills in what is known. It returns the distinct unknown texts, and for
// every text its place among them, or -1.
func (a *appraiser) lookup(texts []string, out []sdk.Sentiment) (unknown []string, where []int) {
	where = make([]int, len(texts))
	places := map[string]int{}
	for i, text := range texts {
		where[i] = -1
		if s, ok := a.known(text); ok {
			out[i] = s
			continue
		}
		at, ok := places[text]
		if !ok {
			at = len(unknown)
			places[text], unknown = at, append(unknown, text)
		}
		where[i] = at
	}
	return unknown, where
}

func (a *appraiser) known(text string) (sdk.Sentiment, bool) {
	for _, m := range []map[string]sdk.Sentiment{a.young, a.old, a.told} {
		if s, ok := m[text]; ok {
			return s, true
		}
	}
	return sdk.Sentiment{}, false
}

// hear rates and keeps what residents are told in a tick.
func (a *appraiser) hear(ctx context.Context, tick int64, texts []string) error {
	found, err := a.classify(ctx, tick, texts)
	if err != nil {
		return fmt.Errorf("classify what is told: %w", err)
	}
	for i, text := range texts {
		a.told[text] = found[i]
	}
	return nil
}

// learn keeps how a text sounds that a resident wrote.
func (a *appraiser) learn(text string, s sdk.Sentiment) {
	if a.written++; a.written%(cacheSize/2) == 0 {
		a.young, a.old = map[string]sdk.Sentiment{}, a.young
	}
	a.young[text] = s
}

// restore learns what a run that goes on knew. The study holds the ids of its
// events: what an environment told by itself was not heard of before the tick.
func (a *appraiser) restore(ctx context.Context, study map[string]bool, events iter.Seq2[event.Event, error]) error {
	past := hindsight{appraiser: a, study: study, tick: -1}
	for e, err := range events {
		if err == nil {
			err = past.see(ctx, e)
		}
		if err != nil {
			return fmt.Errorf("read what was said and told: %w", err)
		}
	}
	return past.rate(ctx)
}

// hindsight is what an appraiser learns from the events of a tick.
type hindsight struct {
	*appraiser
	study map[string]bool
	tick  int64
	told  []string // and not rated yet
}

// rate rates what was told in the tick, which was before anybody spoke.
func (h *hindsight) rate(ctx context.Context) error {
	texts := h.told
	h.told = nil
	return h.hear(ctx, h.tick, texts)
}

func (h *hindsight) see(ctx context.Context, e event.Event) error {
	if e.Tick != h.tick || e.Kind == event.KindAction {
		if err := h.rate(ctx); err != nil {
			return err
		}
		h.tick = e.Tick
	}
	return h.learnFrom(e)
}

func (h *hindsight) learnFrom(e event.Event) error {
	switch e.Kind {
	case event.KindTold:
		var t event.Told
		if err := json.Unmarshal(e.Data, &t); err != nil {
			return err
		}
		if h.study[event.Origin(t.Event)] && !slices.Contains(h.told, t.Text) {
			h.told = append(h.told, t.Text)
		}
	case event.KindIntervention:
		var v event.Intervention
		if err := json.Unmarshal(e.Data, &v); err != nil {
			return err
		}
		h.study[v.ID] = true
	case event.KindControl:
		var c event.Control
		if err := json.Unmarshal(e.Data, &c); err != nil {
			return err
		}
		if len(c.Effects) > 0 { // else it told nobody anything: there may be very many visits
			h.study[event.ControlID(c.ID)] = true
		}
	case event.KindAction:
		var said event.Action
		if err := json.Unmarshal(e.Data, &said); err != nil {
			return err
		}
		if said.Sentiment != nil {
			h.learn(said.Text, *said.Sentiment)
		}
	default: // neither told nor said
	}
	return nil
}

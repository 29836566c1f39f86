package tally

import (
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxHops   = 8  // the last bar of the histogram holds all beyond
	maxEvents = 64 // of a study
	maxAbout  = 300
)

// Spread is how an event of the study went round.
type Spread struct {
	Event string
	Text  string           // as it was told first
	First int64            // tick in which it was first told or heard
	Half  int64            // tick in which half of the residents had heard; -1 if never
	Heard int              // residents
	Hops  [maxHops + 1]int // residents by the hops that it took to them
	New   map[string][]int // residents who heard in each bin, by group

	known map[string]struct{}
}

// spreads follows all events.
type spreads struct {
	opts  Options
	index map[string]*Spread
	order []*Spread
}

func newSpreads(opts Options) spreads { return spreads{opts: opts, index: map[string]*Spread{}} }

// of is the event's spread; nil when there are too many events, or it is none
// that could go round.
func (s *spreads) of(id string, tick int64) *Spread {
	if known, ok := s.index[id]; ok {
		return known
	}
	if len(s.order) == maxEvents || event.IsExchange(id) {
		return nil
	}
	fresh := &Spread{Event: text.Cut(id, 80), First: tick, Half: -1, New: map[string][]int{}, known: map[string]struct{}{}}
	s.index[id] = fresh
	s.order = append(s.order, fresh)
	return fresh
}

func (s *spreads) told(e event.Event, told event.Told) {
	if at := s.of(told.Event, e.Tick); at != nil && at.Text == "" {
		at.Text = text.Cut(told.Text, maxAbout)
	}
}

func (s *spreads) heard(e event.Event, h event.Heard) {
	at := s.of(h.Event, e.Tick)
	if at == nil {
		return
	}
	if _, again := at.known[e.Agent]; again {
		return
	}
	at.known[e.Agent] = struct{}{}
	at.Heard++
	at.Hops[min(max(h.Hops, 0), maxHops)]++
	group := s.opts.Groups[e.Agent]
	if at.New[group] == nil {
		at.New[group] = make([]int, (s.opts.Ticks+s.opts.Width-1)/s.opts.Width)
	}
	at.New[group][e.Tick/s.opts.Width]++
	if at.Half < 0 && 2*at.Heard >= len(s.opts.Groups) {
		at.Half = e.Tick
	}
}

func (s *spreads) result() []Spread {
	out := make([]Spread, len(s.order))
	for i, at := range s.order {
		at.known = nil
		out[i] = *at
	}
	return out
}

package stream

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Purposes of calls to the host.
const (
	purposeRemember   = "remember"   // vectors of new memories and of what is seen
	purposeImportance = "importance" // ratings
	purposeQuestions  = "questions"  // of a reflection, and their vectors
	purposeInsights   = "insights"   // of a reflection, and their vectors
	purposeRecall     = "recall"     // vectors of queries
)

// at is the simulated time of an observation in seconds: since 1970, or where a
// world has no clock an hour a tick, on from the last observation.
func (c *cursor) at(tick int64, o *sdk.Observation) int64 {
	if t, err := time.Parse(time.RFC3339, o.Time); err == nil {
		return t.Unix()
	}
	return c.Now + 3600*max(0, tick-c.Tick)
}

// perceive recalls what an observation brings to mind, then takes in what is
// new in it.
func (s *step) perceive(ctx context.Context, o *sdk.Observation) error {
	fresh, outcomes, err := s.mind.gather(s.agent, o)
	if err != nil || len(fresh)+len(s.mind.entries) == 0 {
		return err
	}
	texts := make([]string, len(fresh), len(fresh)+1)
	for i, e := range fresh {
		texts[i] = s.words.gist(e)
	}
	focus := focusOf(s.agent, o)
	if focus != "" {
		texts = append(texts, focus)
	}
	found, err := s.Embed(ctx, s.call(purposeRemember, 0), s.mind.table.Dim(), texts)
	if err != nil {
		return err
	}
	var direction []float32
	if focus != "" {
		direction = found[len(fresh)]
	}
	s.remind(s.recollect(direction, s.tick), focus, outcomes)
	if err := s.rate(ctx, 0, fresh); err != nil {
		return err
	}
	for _, e := range fresh {
		s.mind.cursor.Unreflected += e.Importance
	}
	return s.learn(fresh, found)
}

// remind writes down what came to mind.
func (s *step) remind(found []hit, focus, outcomes string) {
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	c := &s.mind.cursor
	c.Tick, c.Now, c.Focus, c.Outcomes, c.Recalled = s.tick, s.now, perception.Digest([]byte(focus)), outcomes, nil
	for _, h := range found {
		c.Recalled = append(c.Recalled, recalled{s.mind.entries[h.place].Seq, h.score})
	}
}

// save forgets what is too much and puts what changed among the changes, in the
// order of memories.
func (s *step) save() {
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	if len(s.mind.entries) == 0 {
		return
	}
	for _, e := range s.mind.forget(s.now) {
		delete(s.touched, e.Seq)
		if e.Seq >= s.first {
			continue // the host never had it
		}
		s.changes.Remove(e.kind(), e.key())
		s.changes.Remove(kindVector, e.vectorKey())
	}
	for _, seq := range slices.Sorted(maps.Keys(s.touched)) {
		at, _ := s.mind.place(seq)
		e := s.mind.entries[at]
		s.changes.Put(e.kind(), e.key(), e)
		if v := s.vectors[seq]; v != nil {
			s.changes.Put(kindVector, e.vectorKey(), v)
		}
	}
	s.changes.Put(kindCursor, kindCursor, s.mind.cursor)
}

const (
	maxQuery  = 1000 // runes
	itemsSeen = 4    // of each kind that go into a query
)

// focusOf is what an observation is about, to compare memories with: the plan
// and what is seen.
func focusOf(agent *sdk.Agent, o *sdk.Observation) string {
	focus := text.Cut(agent.Plan.Purpose, maxText)
	for _, items := range [][]sdk.Item{perception.Last(o.Notifications, itemsSeen), perception.Last(o.Messages, itemsSeen), o.Timeline[:min(len(o.Timeline), itemsSeen)]} {
		for _, item := range items {
			focus += " " + text.Cut(item.Text, maxText)
		}
	}
	return text.Quote(focus, maxQuery)
}

package curious

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/text"
)

// Purposes of calls to the host.
const (
	purposeRemember = "remember" // vectors of new memories
	purposeExpect   = "expect"   // what the model expects to see
	purposeSurprise = "surprise" // how surprising new memories are
	purposeReplay   = "replay"   // what is learned at night
	purposeLesson   = "lesson"   // vectors of lessons
	purposeRelearn  = "relearn"  // how surprising replayed memories still are
	purposeRecall   = "recall"   // vectors of queries
)

const maxExpectation = 300

// perceive takes in what is new, with how surprising it is.
func (s *step) perceive(ctx context.Context) error {
	fresh, outcomes, err := s.mind.gather(s.seen)
	if err != nil {
		return err
	}
	if err := s.weigh(ctx, fresh); err != nil {
		return err
	}
	now := int64(0)
	if t, ok := instant(&s.seen.Observation); ok {
		now = t.Unix()
	}
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	s.mind.cursor.Outcomes = outcomes
	for _, t := range fresh {
		t.Tick, t.Time, t.Importance = s.tick, now, 1
		if err := s.mind.learn(t, s.changes); err != nil {
			return err
		}
	}
	return nil
}

// weigh gives new memories their vectors and their surprise: against earlier
// memories, not against each other.
func (s *step) weigh(ctx context.Context, fresh []*trace) error {
	if len(fresh) == 0 {
		return nil
	}
	texts := make([]string, len(fresh))
	for i, t := range fresh {
		texts[i] = s.words.gist(t)
	}
	vectors, err := s.Embed(ctx, s.call(purposeRemember, 0), s.mind.table.Dim(), texts)
	if err != nil {
		return fmt.Errorf("embed memories: %w", err)
	}
	for i, t := range fresh {
		t.Vector = vectors[i]
	}
	if !s.config.surprised() {
		return nil
	}
	// What the agent did itself, as it meant to, is no surprise to it.
	foreign := slices.DeleteFunc(slices.Clone(fresh), func(t *trace) bool { return t.Kind == perception.Did })
	if len(foreign) == 0 {
		return nil
	}
	met, err := s.encounters(ctx, foreign)
	if err != nil {
		return err
	}
	measured, err := s.measure(ctx, purposeSurprise, met)
	if err != nil {
		return err
	}
	for i, t := range foreign {
		t.Surprise, t.By = measured[i].l, measured[i].by
	}
	return nil
}

// encounters put new memories beside what was expected.
func (s *step) encounters(ctx context.Context, fresh []*trace) ([]encounter, error) {
	met := make([]encounter, len(fresh))
	for i, t := range fresh {
		met[i] = encounter{Came: s.words.tell(t), came: t.Vector}
	}
	if s.config.Expectation == fromModel {
		return met, s.foresee(ctx, met)
	}
	for i, t := range fresh {
		if t.Vector == nil {
			continue
		}
		near := s.mind.nearest(t.Vector, s.config.ExpectFrom)
		met[i].expected = s.mind.centroid(near)
		for _, r := range near {
			if told := s.words.tell(r.trace); !slices.Contains(met[i].Expected, told) {
				met[i].Expected = append(met[i].Expected, told)
			}
		}
	}
	return met, nil
}

// ExpectFacts are what the plugin adds to the host's facts when it asks what
// the agent expects.
type ExpectFacts struct {
	Memories []string `json:"memories,omitempty"`
}

// foresee has the model write what it expects, from the last memories and
// lessons and without what came. Where it writes nothing of use, nothing was
// expected.
func (s *step) foresee(ctx context.Context, met []encounter) error {
	var facts ExpectFacts
	for _, t := range s.mind.latest(s.config.ExpectFrom) {
		facts.Memories = append(facts.Memories, s.words.tell(t))
	}
	var reply struct {
		Expected string `json:"expected"`
	}
	err := s.Ask(ctx, minds.Question{Call: s.call(purposeExpect, 0), Agent: &s.seen.Agent, Prompt: "foresee", View: map[string]any{
		"Memories": facts.Memories, "Plan": text.Quote(s.seen.Agent.Plan.Purpose, maxText), "Place": text.Quote(s.seen.Observation.Place, perception.MaxName),
	}, Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["expected"],"properties":{"expected":{"type":"string"}}}`), Facts: facts}, &reply)
	if err != nil {
		return s.Skip(ctx, s.call(purposeExpect, 0), "nothing was expected", err)
	}
	expected := text.Quote(reply.Expected, maxExpectation)
	if expected == "" {
		return nil
	}
	vectors, err := s.Embed(ctx, s.call(purposeExpect, 0), s.mind.table.Dim(), []string{expected})
	if err != nil {
		return fmt.Errorf("embed the expectation: %w", err)
	}
	for i := range met {
		met[i].Expected = []string{expected}
		if len(vectors[0]) == len(met[i].came) {
			met[i].expected = vectors[0]
		}
	}
	return nil
}

// latest are the last lessons and the last experiences, at most count of each,
// oldest first.
func (m *mind) latest(count int) []*trace {
	var out []*trace
	left := map[bool]int{true: count, false: count}
	for _, t := range slices.Backward(m.traces) {
		lesson := t.Kind == kindLesson
		if left[lesson] == 0 {
			continue
		}
		left[lesson]--
		if out = append(out, t); len(out) == 2*count {
			break
		}
	}
	slices.Reverse(out)
	return out
}

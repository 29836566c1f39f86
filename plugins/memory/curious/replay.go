package curious

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/text"
)

const maxLesson = 300 // runes

// insight is a lesson as it was drawn.
type insight struct {
	text   string
	from   []int  // places among the replayed
	known  *trace // the same lesson, learned before
	vector vectors.Vector
}

// replay has the model reflect on memories and keeps what it learned. Where its
// reply is no use, the night has passed without replays.
func (s *step) replay(ctx context.Context, chosen []*trace, now time.Time) error {
	insights, err := s.reflect(ctx, chosen)
	if err != nil {
		return s.Skip(ctx, s.call(purposeReplay, 0), "a night without replays", err)
	}
	texts := make([]string, len(insights))
	for i := range insights {
		texts[i] = insights[i].text
	}
	vectors, err := s.Embed(ctx, s.call(purposeLesson, 0), s.mind.table.Dim(), texts)
	if err != nil {
		return fmt.Errorf("embed lessons: %w", err)
	}
	for i := range insights {
		insights[i].vector = vectors[i]
	}
	after, err := s.relearn(ctx, chosen, insights)
	if err != nil {
		return err
	}
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	for i, t := range chosen {
		s.mind.replayed(t, after[i], s.changes)
	}
	for _, in := range insights {
		if in.known != nil {
			continue
		}
		t := &trace{Tick: s.tick, Time: now.Unix(), Kind: kindLesson, Text: in.text, Importance: 1, Vector: in.vector}
		for _, at := range in.from {
			t.From = append(t.From, chosen[at].Seq)
		}
		if err := s.mind.learn(t, s.changes); err != nil {
			return err
		}
	}
	return nil
}

// ReplayFacts are what the plugin adds to the host's facts when memories are
// replayed.
type ReplayFacts struct {
	Memories []string `json:"memories"`
}

// reflect asks for lessons. Those without words, of memories that there are
// not, or said twice are left out.
func (s *step) reflect(ctx context.Context, chosen []*trace) ([]insight, error) {
	var facts ReplayFacts
	for _, t := range chosen {
		facts.Memories = append(facts.Memories, s.words.tell(t))
	}
	var reply struct {
		Lessons []struct {
			Memories []int  `json:"memories"`
			Lesson   string `json:"lesson"`
		} `json:"lessons"`
	}
	schema := fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["lessons"],"properties":{"lessons":{"type":"array","maxItems":%d,`+
		`"items":{"type":"object","additionalProperties":false,"required":["memories","lesson"],"properties":{`+
		`"memories":{"type":"array","minItems":1,"maxItems":%[1]d,"items":{"type":"integer","minimum":1,"maximum":%[1]d}},"lesson":{"type":"string"}}}}}}`, len(chosen))
	err := s.Ask(ctx, minds.Question{
		Call: s.call(purposeReplay, 0), Agent: &s.seen.Agent, Prompt: "replay", View: map[string]any{"Memories": facts.Memories},
		Schema: json.RawMessage(schema), Facts: facts,
	}, &reply)
	if err != nil {
		return nil, err
	}
	var insights []insight
	said := map[string]bool{}
	for _, l := range reply.Lessons[:min(len(reply.Lessons), len(chosen))] {
		in := insight{text: text.Quote(l.Lesson, maxLesson)}
		for _, number := range l.Memories {
			if number >= 1 && number <= len(chosen) && !slices.Contains(in.from, number-1) {
				in.from = append(in.from, number-1)
			}
		}
		folded := text.Fold(in.text)
		if in.text == "" || len(in.from) == 0 || said[folded] {
			continue
		}
		said[folded] = true
		in.known = s.mind.lesson(folded)
		insights = append(insights, in)
	}
	return insights, nil
}

// lesson is one that says the same, if there is one.
func (m *mind) lesson(folded string) *trace {
	at := slices.IndexFunc(m.traces, func(t *trace) bool { return t.Kind == kindLesson && text.Fold(t.Text) == folded })
	if at < 0 {
		return nil
	}
	return m.traces[at]
}

// replayOutcome is what became of one memory in a replay.
type replayOutcome struct {
	surprise surprise // empty where it stays
	learned  bool
}

// relearn measures how surprising memories still are for one who has learned
// the first lesson that was drawn from each. A lesson adds to what was known: one
// that explains a memory worse than what was known leaves its surprise as it is,
// and has taught nothing.
func (s *step) relearn(ctx context.Context, chosen []*trace, insights []insight) ([]replayOutcome, error) {
	after := make([]replayOutcome, len(chosen))
	var met []encounter
	var places []int
	for i, t := range chosen {
		at := slices.IndexFunc(insights, func(in insight) bool { return slices.Contains(in.from, i) })
		if at < 0 {
			continue
		}
		in := &insights[at]
		after[i].learned = in.known == nil
		if !s.config.surprised() || in.vector == nil {
			continue
		}
		met = append(met, encounter{Expected: []string{in.text}, Came: s.words.tell(t), expected: in.vector, came: s.mind.vector(t)})
		places = append(places, i)
	}
	measured, err := s.measure(ctx, purposeRelearn, met)
	if err != nil {
		return nil, err
	}
	for i, m := range measured {
		o, t := &after[places[i]], chosen[places[i]]
		switch {
		case m.by == "":
		case m.by != t.By || m.l < t.Surprise:
			o.surprise = m
		default:
			o.learned = false
		}
	}
	return after, nil
}

// replayed counts a replay. What taught nothing new loses importance.
func (m *mind) replayed(t *trace, o replayOutcome, changes *minds.Changes) {
	m.dequeue(t)
	t.Replays++
	if o.surprise.by != "" {
		t.Surprise, t.By = o.surprise.l, o.surprise.by
	}
	if !o.learned {
		t.Importance *= m.config.Fade
	}
	m.enqueue(t)
	m.marks[m.place(t)] = markOf(t)
	m.store(t, changes)
}

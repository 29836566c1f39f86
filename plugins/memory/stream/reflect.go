package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/text"
)

// QuestionFacts are what the plugin adds to the host's facts when it asks what a
// resident wonders about.
type QuestionFacts struct {
	Memories []string `json:"memories"` // the last ones, oldest first
}

// InsightFacts are what the plugin adds to the host's facts when it asks what
// follows from memories.
type InsightFacts struct {
	Question string   `json:"question"`
	Memories []string `json:"memories"` // numbered from 1 in the reply
}

// insight is a conclusion as the model gives it.
type insight struct {
	Text     string `json:"insight"`
	Evidence []int  `json:"evidence"` // numbers of memories
}

// inquiry is a question of a reflection with what was found about it.
type inquiry struct {
	question string
	keys     []string // of the memories found
	told     []string // the same in words
	insights []insight
}

// reflect asks what the last memories make one wonder, looks for memories about
// each question and draws insights from them: section 4.2 of the paper. The
// importance of what is observed counts anew from there, whatever came of it.
func (s *step) reflect(ctx context.Context) error {
	s.mind.mu.Lock()
	s.mind.cursor.Unreflected = 0
	s.mind.mu.Unlock()
	questions, err := s.wonder(ctx)
	if err != nil || len(questions) == 0 {
		return err
	}
	directions, err := s.Embed(ctx, s.call(purposeQuestions, 0), s.mind.table.Dim(), questions)
	if err != nil {
		return err
	}
	inquiries := make([]inquiry, len(questions))
	for i, q := range questions {
		inquiries[i] = s.inquire(q, directions[i])
	}
	group, gctx := errgroup.WithContext(ctx)
	for i := range inquiries {
		group.Go(func() error { return s.conclude(gctx, i, &inquiries[i]) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return s.keep(ctx, inquiries)
}

// wonder asks for the questions. There are none where the reply is no use.
func (s *step) wonder(ctx context.Context) ([]string, error) {
	var facts QuestionFacts
	for _, e := range perception.Last(s.mind.entries, s.config.ReflectOver) {
		facts.Memories = append(facts.Memories, s.words.tell(e))
	}
	var reply struct {
		Questions []string `json:"questions"`
	}
	schema := fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["questions"],"properties":{"questions":{"type":"array","minItems":1,"maxItems":%d,`+
		`"items":{"type":"string","minLength":1,"maxLength":%d}}}}`, s.config.Questions, maxText)
	call := s.call(purposeQuestions, 0)
	err := s.Ask(ctx, minds.Question{
		Call: call, Agent: s.agent, Prompt: "questions", View: map[string]any{"Memories": facts.Memories, "Count": s.config.Questions},
		Schema: json.RawMessage(schema), Facts: facts,
	}, &reply)
	if err != nil {
		return nil, s.Skip(ctx, call, "a reflection has no questions", err)
	}
	var questions []string
	for _, q := range reply.Questions[:min(len(reply.Questions), s.config.Questions)] {
		if q = text.Quote(q, maxText); q != "" && !slices.Contains(questions, q) {
			questions = append(questions, q)
		}
	}
	return questions, nil
}

// inquire looks for memories about a question, those of this tick included.
func (s *step) inquire(question string, direction vectors.Vector) inquiry {
	out := inquiry{question: question}
	found := s.recollect(direction, math.MaxInt64)
	slices.SortFunc(found, func(a, b hit) int { return a.place - b.place })
	for _, h := range found {
		e := s.mind.entries[h.place]
		out.keys = append(out.keys, e.key())
		out.told = append(out.told, s.words.tell(e))
	}
	return out
}

// conclude draws insights from what was found about a question. There are none
// where the reply is no use.
func (s *step) conclude(ctx context.Context, index int, about *inquiry) error {
	var reply struct {
		Insights []insight `json:"insights"`
	}
	schema := fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["insights"],"properties":{"insights":{"type":"array","minItems":1,"maxItems":%d,`+
		`"items":{"type":"object","additionalProperties":false,"required":["insight","evidence"],"properties":{"insight":{"type":"string","minLength":1,"maxLength":%d},`+
		`"evidence":{"type":"array","minItems":1,"maxItems":%d,"items":{"type":"integer","minimum":1,"maximum":%[3]d}}}}}}}`, s.config.Insights, maxText, len(about.keys))
	call := s.call(purposeInsights, index)
	err := s.Ask(ctx, minds.Question{
		Call: call, Agent: s.agent, Prompt: "insights", View: map[string]any{"Question": about.question, "Memories": about.told, "Count": s.config.Insights},
		Schema: json.RawMessage(schema), Facts: InsightFacts{about.question, about.told},
	}, &reply)
	if err != nil {
		return s.Skip(ctx, call, "a question of a reflection has no insights", err)
	}
	about.insights = reply.Insights[:min(len(reply.Insights), s.config.Insights)]
	return nil
}

// keep makes memories of insights. Those that say nothing, say it again or rest
// on no memory that was there are left out.
func (s *step) keep(ctx context.Context, inquiries []inquiry) error {
	var fresh []*entry
	var texts []string
	for i := range inquiries {
		for _, drawn := range inquiries[i].insights {
			e := &entry{Kind: kindReflection, Text: text.Quote(drawn.Text, maxText), Evidence: inquiries[i].evidence(drawn.Evidence)}
			if e.Text == "" || len(e.Evidence) == 0 {
				s.Log.WarnContext(ctx, "an insight is left out", "agent", s.agent.ID, "tick", s.tick, "insight", e.Text, "evidence", len(drawn.Evidence))
				continue
			}
			if slices.Contains(texts, e.Text) {
				continue
			}
			fresh, texts = append(fresh, e), append(texts, e.Text)
		}
	}
	found, err := s.Embed(ctx, s.call(purposeInsights, 0), s.mind.table.Dim(), texts)
	if err != nil {
		return err
	}
	if err := s.rate(ctx, 1, fresh); err != nil {
		return err
	}
	return s.learn(fresh, found)
}

// evidence is the keys of memories by their numbers, each once and in order.
// Numbers of none are left out.
func (q *inquiry) evidence(numbers []int) []string {
	var keys []string
	for _, n := range numbers {
		if n >= 1 && n <= len(q.keys) && !slices.Contains(keys, q.keys[n-1]) {
			keys = append(keys, q.keys[n-1])
		}
	}
	slices.Sort(keys)
	return keys
}

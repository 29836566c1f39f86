package probe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// models answers prompts by a function and remembers them.
type models struct {
	answer func(entry string, agent sdk.Agent, req sdk.GenerateRequest) (string, error)
	mu     sync.Mutex
	asked  []sdk.GenerateRequest
}

func (m *models) Ask(_ context.Context, entry string, agent sdk.Agent, req sdk.GenerateRequest) (sdk.Reply, error) {
	m.mu.Lock()
	m.asked = append(m.asked, req)
	m.mu.Unlock()
	text, err := m.answer(entry, agent, req)
	return sdk.Reply{Text: text}, err
}

// prompts are the texts of all messages asked for a purpose.
func (m *models) prompts(purpose string) string {
	var b strings.Builder
	for _, r := range m.asked {
		if r.Call.Purpose == purpose {
			for _, message := range r.Messages {
				b.WriteString(message.Content + "\n")
			}
		}
	}
	return b.String()
}

func says(text string) *models {
	return &models{answer: func(string, sdk.Agent, sdk.GenerateRequest) (string, error) { return text, nil }}
}

const ticks = 6

// study is one with the simtest clock.
func study() *spec.Study {
	return &spec.Study{
		Language: "ru", Agents: spec.Agents{Model: "default"},
		Clock: spec.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: ticks},
	}
}

// run runs the simtest world with what a study asks, and gives all findings and
// the digest.
func run(t *testing.T, s *spec.Study, m *models, absent func(string) string) (event.Findings, string) {
	t.Helper()
	desk, err := probe.New(probe.Options{
		Study: s, Models: m, Memory: func() sdk.Memory { return simtest.Mind{} }, Absent: absent, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	store := &simtest.Shelf{}
	opts := simtest.Options(4, ticks, simtest.NewSquare(), simtest.Mind{}, store)
	opts.Probes = []sim.Probe{desk}
	outcome := simtest.Run(t, opts)
	var all event.Findings
	for _, c := range store.Commits {
		all = all.And(c.Findings)
	}
	return all, outcome.Digest
}

func TestASurveyAsksEveryTypeOfQuestionAndReadsTheAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		question spec.Question
		reply    string
		want     event.Answer
	}{
		"single":   {spec.Question{Type: spec.Single, Options: []string{"за", "против"}}, `{"answer":"за","why":"так лучше"}`, event.Answer{Options: []string{"за"}, Text: "так лучше"}},
		"multiple": {spec.Question{Type: spec.Multiple, Options: []string{"а", "б", "в"}}, `{"answer":["в","а"],"why":""}`, event.Answer{Options: []string{"а", "в"}}},
		"none":     {spec.Question{Type: spec.Multiple, Options: []string{"а", "б"}}, `{"answer":[],"why":"ничего"}`, event.Answer{Options: []string{}, Text: "ничего"}},
		"scale":    {spec.Question{Type: spec.Scale, Min: 1, Max: 7}, `{"answer":6,"why":"почти"}`, event.Answer{Number: new(6.0), Low: new(1.0), High: new(7.0), Text: "почти"}},
		"open":     {spec.Question{Type: spec.Open}, `{"answer":"Мне тревожно."}`, event.Answer{Text: "Мне тревожно."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.question.ID, tt.question.Text = "q1", "Как вам мэрия?"
			s := study()
			s.Surveys = []spec.Survey{{ID: "s", Schedule: spec.Schedule{Ticks: []int64{2}}, Audience: spec.Audience{Agents: []string{"Р1"}}, Questions: []spec.Question{tt.question}}}
			m := says(tt.reply)
			found, _ := run(t, s, m, nil)
			tt.want.Survey, tt.want.Question, tt.want.Type, tt.want.Agent, tt.want.Tick = "s", "q1", tt.question.Type, "a0002", 2
			if len(found.Answers) != 1 || !reflect.DeepEqual(found.Answers[0], tt.want) {
				t.Errorf("got %+v\nwant %+v", found.Answers, tt.want)
			}
			prompt := m.prompts("survey s q1")
			for _, part := range append(tt.question.Options, "Как вам мэрия?", "Ты — Р1", "I am a0002") {
				if !strings.Contains(prompt, part) {
					t.Errorf("the prompt lacks %q:\n%s", part, prompt)
				}
			}
		})
	}
}

func TestAskingLeavesNoTraceInTheDigest(t *testing.T) {
	t.Parallel()
	plain := simtest.Run(t, simtest.Options(4, ticks, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{}))
	s := study()
	s.Surveys = []spec.Survey{{ID: "s", Schedule: spec.Schedule{Every: time.Hour}, Questions: []spec.Question{{ID: "q", Text: "?", Type: spec.Open}}}}
	s.Propositions = []spec.Proposition{{ID: "p", Schedule: spec.Schedule{Every: time.Hour}, Claim: spec.Claim{Text: "тихо", Mode: "score", Window: 9, About: "world"}}}
	m := &models{answer: func(_ string, _ sdk.Agent, req sdk.GenerateRequest) (string, error) {
		if strings.HasPrefix(req.Call.Purpose, "judge") {
			return `{"justification":"да","score":4}`, nil
		}
		return `{"answer":"да"}`, nil
	}}
	found, digest := run(t, s, m, nil)
	if digest != plain.Digest {
		t.Errorf("digest %s when asked, %s when not", digest, plain.Digest)
	}
	if len(found.Answers) != 4*ticks || len(found.Scores) != ticks {
		t.Errorf("%d answers, %d scores", len(found.Answers), len(found.Scores))
	}
}

func TestThoseWhoCannotAnswerAreMissingAndTheRestIsAsked(t *testing.T) {
	t.Parallel()
	s := study()
	s.Surveys = []spec.Survey{{ID: "s", Schedule: spec.Schedule{End: true}, Questions: []spec.Question{{ID: "q", Text: "?", Type: spec.Open}}}}
	m := &models{answer: func(_ string, a sdk.Agent, _ sdk.GenerateRequest) (string, error) {
		if a.ID == "a0003" {
			return "", sdk.Errorf(sdk.ErrModel, "no JSON twice")
		}
		return `{"answer":"да"}`, nil
	}}
	found, _ := run(t, s, m, func(id string) string {
		if id == "a0001" {
			return "умер"
		}
		return ""
	})
	var missing []string
	for _, a := range found.Answers {
		missing = append(missing, a.Missing)
	}
	if !slices.Equal(missing, []string{"умер", "", "model: no JSON twice", ""}) {
		t.Errorf("missing %q", missing)
	}
	if n := len(m.asked); n != 3 {
		t.Errorf("%d were asked, the dead too", n)
	}
}

func TestAModelOutOfReachEndsTheRunAndKeepsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	gone := errors.New("connection refused")
	s := study()
	s.Surveys = []spec.Survey{{ID: "s", Schedule: spec.Schedule{Ticks: []int64{3}}, Questions: []spec.Question{{ID: "q", Text: "?", Type: spec.Open}}}}
	desk, err := probe.New(probe.Options{
		Study: s, Memory: func() sdk.Memory { return simtest.Mind{} }, Log: slog.New(slog.DiscardHandler),
		Models: &models{answer: func(string, sdk.Agent, sdk.GenerateRequest) (string, error) { return "", gone }},
	})
	if err != nil {
		t.Fatal(err)
	}
	opts := simtest.Options(4, ticks, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	opts.Probes = []sim.Probe{desk}
	engine, err := sim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if outcome, err := engine.Run(t.Context()); !errors.Is(err, gone) || outcome.Tick != 2 {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func TestASampleIsDrawnAnewAndAlikeInEveryRun(t *testing.T) {
	t.Parallel()
	ask := func() (drawn []string) {
		s := study()
		s.Surveys = []spec.Survey{{ID: "s", Schedule: spec.Schedule{Every: time.Hour}, Sample: 2, Questions: []spec.Question{{ID: "q", Text: "?", Type: spec.Open}}}}
		found, _ := run(t, s, says(`{"answer":"да"}`), nil)
		for _, a := range found.Answers {
			drawn = append(drawn, fmt.Sprint(a.Tick, a.Agent))
		}
		return drawn
	}
	first := ask()
	if len(first) != 2*ticks || !slices.Equal(first, ask()) {
		t.Errorf("drawn %v", first)
	}
	same := true
	for i := 2; i < len(first); i += 2 {
		same = same && first[i][1:] == first[0][1:] && first[i+1][1:] == first[1][1:]
	}
	if same {
		t.Errorf("always the same: %v", first)
	}
}

func TestAnInterviewRemembersWhatWasSaidInIt(t *testing.T) {
	t.Parallel()
	s := study()
	s.Interviews = []spec.Interview{{
		ID: "i", Schedule: spec.Schedule{End: true}, Audience: spec.Audience{Agents: []string{"Р0", "Р1"}},
		Intro: "Добрый день!", Questions: []string{"Кто вы?", "Почему?", "А ещё?"},
	}}
	m := &models{answer: func(_ string, a sdk.Agent, req sdk.GenerateRequest) (string, error) {
		if a.ID == "a0002" && req.Call.Index == 1 {
			return "", sdk.Errorf(sdk.ErrModel, "rambles")
		}
		return fmt.Sprintf(`{"answer":"ответ %d"}`, req.Call.Index), nil
	}}
	found, _ := run(t, s, m, nil)
	var got []string
	for _, a := range found.Answers {
		got = append(got, a.Agent+" "+a.Question+" "+a.Text+a.Missing)
	}
	want := []string{
		"a0001 q01 ответ 0", "a0001 q02 ответ 1", "a0001 q03 ответ 2",
		"a0002 q01 ответ 0", "a0002 q02 model: rambles", "a0002 q03 model: rambles",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, r := range m.asked {
		if r.Call.Agent == "a0001" && r.Call.Index == 2 {
			last := r.Messages[len(r.Messages)-5:]
			if last[0].Content[:2] == "" || last[1].Content != `{"answer":"ответ 0"}` || last[3].Content != `{"answer":"ответ 1"}` {
				t.Errorf("the third question comes after %+v", last)
			}
			if r.Messages[1].Content != "Добрый день!" {
				t.Errorf("the interview began with %q", r.Messages[1].Content)
			}
		}
	}
}

func TestExtractsFitTheirSchemaAndAreLeftOutWhereTheModelRambles(t *testing.T) {
	t.Parallel()
	s := study()
	schema := json.RawMessage(`{"type":"object","properties":{"idea":{"type":"string"}}}`)
	s.Extract = []spec.Extraction{
		{Name: "all", Schedule: spec.Schedule{End: true}, About: "world", Instruction: "Что предложили?", Schema: schema, Window: 5, Model: "reader"},
		{Name: "own", Schedule: spec.Schedule{Ticks: []int64{1}}, About: "each", Instruction: "Что предложил?", Schema: schema, Window: 5},
	}
	m := &models{answer: func(entry string, a sdk.Agent, _ sdk.GenerateRequest) (string, error) {
		if a.ID == "a0002" {
			return "", sdk.Errorf(sdk.ErrModel, "rambles")
		}
		return fmt.Sprintf("{\n \"idea\": %q }", entry), nil
	}}
	found, _ := run(t, s, m, nil)
	var got []string
	for _, e := range found.Extracts {
		got = append(got, fmt.Sprint(e.Name, e.Agent, e.Tick, string(e.JSON)))
	}
	want := []string{`owna00011{"idea":"default"}`, `owna00031{"idea":"default"}`, `owna00041{"idea":"default"}`, `all5{"idea":"reader"}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

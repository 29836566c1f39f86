package probe_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/probe"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// inquirer asks at the start of tick 2.
type inquirer struct {
	desk     *probe.Desk
	inquiry  probe.Inquiry
	answers  []event.Answer
	memories []probe.Memory
	err      error
}

func (q *inquirer) Direct(ctx context.Context, t env.Tick, w *sim.World) (sim.Direction, error) {
	if t.Number != 2 {
		return sim.Direction{}, nil
	}
	if q.answers, q.err = q.desk.Inquire(ctx, t, w, q.inquiry); q.err == nil {
		q.memories, q.err = q.desk.Memories(w, q.inquiry, q.answers)
	}
	return sim.Direction{}, nil
}

func inquire(t *testing.T, language string, m *models, absent func(string) string, inquiry probe.Inquiry) *inquirer {
	t.Helper()
	s := study()
	s.Language = language
	desk, err := probe.New(probe.Options{
		Study: s, Models: m, Memory: func() sdk.Memory { return simtest.Mind{} }, Absent: absent, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	inquiry.ID, inquiry.Purpose = "control-12", "control 12"
	q := &inquirer{desk: desk, inquiry: inquiry}
	opts := simtest.Options(4, 3, simtest.NewSquare(), simtest.Mind{}, &simtest.Shelf{})
	opts.Directors = []sim.Director{q}
	simtest.Run(t, opts)
	return q
}

// named answers with the name of who is asked.
func named() *models {
	return &models{answer: func(_ string, a sdk.Agent, req sdk.GenerateRequest) (string, error) {
		if strings.Contains(string(req.Schema), `"integer"`) {
			return `{"answer":4,"why":"так"}`, nil
		}
		return fmt.Sprintf(`{"answer":"Я %s."}`, a.Name()), nil
	}}
}

func TestAnInquiryAsksEverybodyAloneInTheOrderOfResidents(t *testing.T) {
	t.Parallel()
	m := named()
	q := inquire(t, "ru", m, func(id string) string {
		if id == "a0003" {
			return "уехал"
		}
		return ""
	}, probe.Inquiry{Questions: []spec.Question{{ID: "q1", Text: "Кто ты?", Type: spec.Open}, {ID: "q2", Text: "Как?", Type: spec.Scale, Min: 1, Max: 7}}})
	if q.err != nil {
		t.Fatal(q.err)
	}
	var got []string
	for _, a := range q.answers {
		got = append(got, fmt.Sprintf("%s %s %s %d %s|%s", a.Survey, a.Agent, a.Question, a.Tick, probe.Words(a), a.Missing))
	}
	want := []string{
		"control-12 a0001 q1 2 Я Р0.|", "control-12 a0001 q2 2 4 — так|", "control-12 a0002 q1 2 Я Р1.|", "control-12 a0002 q2 2 4 — так|",
		"control-12 a0003 q1 2 |уехал", "control-12 a0003 q2 2 |уехал", "control-12 a0004 q1 2 Я Р3.|", "control-12 a0004 q2 2 4 — так|",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for _, part := range []string{"Ты — Р0", "I am a0001", "Кто ты?"} {
		if prompt := m.prompts("control 12 q1"); !strings.Contains(prompt, part) || strings.Contains(prompt, "Гость") {
			t.Errorf("the prompt of %q is\n%s", part, prompt)
		}
	}
	if len(q.memories) != 3 || q.memories[1].Text != "С тобой говорил гость.\nГость: «Кто ты?»\nТвой ответ: «Я Р1.»\nГость: «Как?»\nТвой ответ: «4 — так»" || !slices.Equal(q.memories[1].Agents, []string{"a0002"}) {
		t.Errorf("%+v", q.memories)
	}
}

func TestAtATableEachHearsWhatThoseBeforeItSaid(t *testing.T) {
	t.Parallel()
	m := named()
	q := inquire(t, "en", m, nil, probe.Inquiry{
		Audience: spec.Audience{Agents: []string{"Р3", "Р1", "Р0"}}, Table: true, Questions: []spec.Question{{ID: "q1", Text: "Who are you? <|im_end|>", Type: spec.Open}},
		Said: []probe.Remark{{Text: "Hello »\nall"}, {Who: "a0002", Text: "Hi"}, {Who: "a0001", Text: "Yes?"}, {Text: "Well…"}},
	})
	if q.err != nil || len(m.asked) != 3 {
		t.Fatalf("%v, %d asked", q.err, len(m.asked))
	}
	text := func(i int) (all []string) {
		for _, message := range m.asked[i].Messages[1:] {
			all = append(all, message.Role+": "+message.Content)
		}
		return all
	}
	const seats = "You sit at one table with a guest. At the table: Р0, Р1, Р3.\n"
	const ask = "The guest says to you: Who are you? ‹|im_end|>\nAnswer in one to three sentences."
	for i, want := range [][]string{
		{"user: «Hello \" all»\nР1: «Hi»", `assistant: {"answer":"Yes?"}`, "user: " + seats + "This was said before:\nGuest: «Well…»\n" + ask},
		{"user: «Hello \" all»", `assistant: {"answer":"Hi"}`, "user: " + seats + "This was said before:\nР0: «Yes?»\nGuest: «Well…»\nOthers have answered the guest already:\nР0: «Я Р0.»\n" + ask},
		{"user: " + seats + "This was said before:\nGuest: «Hello \" all»\nР1: «Hi»\nР0: «Yes?»\nGuest: «Well…»\nOthers have answered the guest already:\nР0: «Я Р0.»\nР1: «Я Р1.»\n" + ask},
	} {
		if d := cmp.Diff(want, text(i)); d != "" {
			t.Errorf("%d (-want +got)\n%s", i, d)
		}
	}
	want := []probe.Memory{{
		Agents: []string{"a0001", "a0002", "a0004"},
		Text:   "You sat at a table with a guest and others.\nGuest: «Who are you? ‹|im_end|>»\nР0: «Я Р0.»\nР1: «Я Р1.»\nР3: «Я Р3.»",
	}}
	if d := cmp.Diff(want, q.memories); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestATalkGoesOnFromWhatWasSaid(t *testing.T) {
	t.Parallel()
	m := named()
	q := inquire(t, "ru", m, nil, probe.Inquiry{
		Audience: spec.Audience{Agents: []string{"Р1"}}, Questions: []spec.Question{{ID: "q1", Text: "И что дальше?", Type: spec.Open}},
		Said: []probe.Remark{{Who: "a0002", Text: "Начну сам."}, {Text: "Слушаю."}, {Who: "a0002", Text: "Всё."}},
	})
	var roles []string
	for _, message := range m.asked[0].Messages {
		roles = append(roles, message.Role)
	}
	if !slices.Equal(roles, []string{"system", "user", "assistant", "user", "assistant", "user"}) || m.asked[0].Messages[1].Content != "…" {
		t.Errorf("%v", m.asked[0].Messages)
	}
	if last := m.asked[0].Messages[5].Content; last != "Гость говорит тебе: И что дальше?\nОтветь одним–тремя предложениями." || q.err != nil {
		t.Errorf("%q %v", last, q.err)
	}
}

func TestAnInquiryFailsWithItsModelsAndNotWithTheirRambling(t *testing.T) {
	t.Parallel()
	gone := errors.New("the server is gone")
	for _, table := range []bool{false, true} {
		inquiry := probe.Inquiry{Table: table, Questions: []spec.Question{{ID: "q1", Text: "x", Type: spec.Open}}}
		broken := &models{answer: func(string, sdk.Agent, sdk.GenerateRequest) (string, error) { return "", gone }}
		if q := inquire(t, "ru", broken, nil, inquiry); !errors.Is(q.err, gone) {
			t.Errorf("table %v: %v", table, q.err)
		}
		rambling := &models{answer: func(string, sdk.Agent, sdk.GenerateRequest) (string, error) {
			return "", sdk.Errorf(sdk.ErrModel, "no JSON")
		}}
		if q := inquire(t, "ru", rambling, nil, inquiry); q.err != nil || len(q.answers) != 4 || !strings.Contains(q.answers[0].Missing, "no JSON") || len(q.memories) > 0 {
			t.Errorf("table %v: %+v %v", table, q, q.err)
		}
	}
}

func TestAnswersInWords(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]event.Answer{
		"за — так лучше": {Type: spec.Single, Options: []string{"за"}, Text: "так лучше"}, "а; б": {Type: spec.Multiple, Options: []string{"а", "б"}},
		"-": {Type: spec.Multiple}, "6.5": {Type: spec.Scale, Number: new(6.5)}, "Да.": {Type: spec.Open, Text: "Да."}, "": {Type: spec.Single, Missing: "left"},
	} {
		if got := probe.Words(a); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}

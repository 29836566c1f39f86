package panel

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
)

// mostAsked is how many questions the form of a poll has room for.
const mostAsked = 3

type newPollBody struct {
	blank
	Audience choices
	Slots    []int
	Key      string
}

// newPoll asks what residents are to be asked.
func (p *Panel) newPoll(ctx context.Context, q *request) error {
	c, err := q.choose(ctx)
	if err != nil {
		return err
	}
	body := newPollBody{Audience: c, Key: rand.Text()}
	for i := range mostAsked {
		body.Slots = append(body.Slots, i+1)
	}
	return q.show("pollnew", q.words.T("poll.new"), body)
}

// orderPoll puts questions to residents, to each alone.
func (p *Panel) orderPoll(ctx context.Context, q *request) error {
	to, err := q.audience(ctx)
	if err != nil {
		return err
	}
	ask := control.Ask{Audience: to, Remember: q.PostForm.Get("remember") != ""}
	for i := 1; i <= mostAsked; i++ {
		if question, ok := q.question(i, len(ask.Questions)+1); ok {
			ask.Questions = append(ask.Questions, question)
		}
	}
	if len(ask.Questions) == 0 {
		return &control.BadOrder{Why: q.words.T("order.noquestion")}
	}
	return q.ask(ctx, ask)
}

// question reads one slot of the form; false where it is empty.
func (q *request) question(slot, number int) (question spec.Question, ok bool) {
	get := func(name string) string { return strings.TrimSpace(q.PostForm.Get(name + strconv.Itoa(slot))) }
	question = spec.Question{ID: pollKind + "-" + strconv.Itoa(number), Text: get("text"), Type: get("type")}
	switch question.Type {
	case spec.Single, spec.Multiple:
		question.Options = lines(q.PostForm.Get("options" + strconv.Itoa(slot)))
	case spec.Scale:
		question.Min, question.Max = q.number("min"+strconv.Itoa(slot), -1000, 1000, 1), q.number("max"+strconv.Itoa(slot), -1000, 1000, 7)
		question.Low, question.High = get("low"), get("high")
	default:
		question.Type = spec.Open
	}
	return question, question.Text != ""
}

type pollBody struct {
	asked
	Asked     int
	By        string
	Breaks    []string // traits that answers can be broken down by
	Questions []result
	CSV       string
}

// poll shows the answers to a poll and how they go with traits.
func (p *Panel) poll(ctx context.Context, q *request) error {
	c, a, err := q.askOf(ctx, pollKind)
	if err != nil {
		return err
	}
	body := pollBody{asked: q.asked(c, a), By: q.URL.Query().Get("by"), CSV: q.to("control", pollKind, strconv.FormatInt(c.ID, 10), "answers.csv")}
	people, err := q.answerers(ctx, c)
	if err != nil {
		return err
	}
	body.Asked = len(people)
	body.Breaks = breaks(people)
	if !slices.Contains(body.Breaks, body.By) && len(body.Breaks) > 0 {
		body.By = body.Breaks[0]
	}
	for _, question := range a.Questions {
		body.Questions = append(body.Questions, q.result(question, c.Answers, people, body.By))
	}
	return q.show("poll", q.words.T("poll.title", c.ID), body)
}

// answerers are who was asked, by id.
func (q *request) answerers(ctx context.Context, c control.Command) (map[string]city.Resident, error) {
	people := map[string]city.Resident{}
	err := q.run.city.Read(ctx, -1, func(v *city.View) error {
		for _, a := range c.Answers {
			if r, ok := v.Resident(a.Agent); ok {
				people[a.Agent] = r
			}
		}
		return nil
	})
	return people, err
}

// pollTable is the answers as a table for spreadsheets and statistics.
func (p *Panel) pollTable(ctx context.Context, q *request) error {
	c, a, err := q.askOf(ctx, pollKind)
	if err != nil {
		return err
	}
	people, err := q.answerers(ctx, c)
	if err != nil {
		return err
	}
	data, err := answerTable(a, c.Answers, people)
	if err != nil {
		return fmt.Errorf("table of a poll: %w", err)
	}
	q.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="poll-%d.csv"`, c.ID))
	_, _ = q.w.Write(data) // who asked is gone
	return nil
}

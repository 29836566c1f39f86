package justplan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	residents = 50
	planned   = 100 * residents // different situations
)

// BenchmarkPlan is a decision of one of 50 residents whose feeds overlap and
// move on by 3 posts of 12 at each tick; then of a stranger, of whom and of
// whose feed nothing was seen before.
func BenchmarkPlan(b *testing.B) {
	b.Run("resident", func(b *testing.B) {
		benchmark(b, func(n int) sdk.PlanRequest { return busy(n%residents, n/residents*3+n%7) })
	})
	b.Run("stranger", func(b *testing.B) {
		benchmark(b, func(n int) sdk.PlanRequest { return busy(n, n*12) })
	})
}

func benchmark(b *testing.B, situation func(n int) sdk.PlanRequest) {
	requests := make([]sdk.PlanRequest, planned)
	for n := range requests {
		requests[n] = situation(n)
	}
	planner := planningtest.New(b, justplan.Plugin(), "", "ru", quiet{})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if n == planned { // what comes again must not have been seen
			planner, n = planningtest.New(b, justplan.Plugin(), "", "ru", quiet{}), 0
		}
		if _, err := planner.Plan(b.Context(), requests[n]); err != nil {
			b.Fatal(err)
		}
	}
}

// busy is the situation of somebody with much to see: 12 posts of the feed from
// one on, 3 notifications, 20 people (the authors first), 15 actions.
func busy(agent, post int) sdk.PlanRequest {
	req := planningtest.Request("ru")
	req.Agent.ID = fmt.Sprintf("a%04d", agent)
	req.Agent.Persona.Name = fmt.Sprint("Анна Петрова ", agent)
	o := &req.Observation
	o.Timeline, o.People = nil, nil
	for i := range 12 {
		o.Timeline = append(o.Timeline, sdk.Item{
			ID: fmt.Sprintf("p%d", post+i), Kind: sdk.ItemPost, Author: author(post + i).ID, AuthorName: author(post + i).Name,
			Text: fmt.Sprintf("Сегодня думаю про «трамвай» %d и пока не решила, что об этом сказать.", post+i),
		})
	}
	for i := range 20 {
		o.People = append(o.People, author(post+i))
	}
	for i := len(req.Actions); i < 15; i++ {
		req.Actions = append(req.Actions, sdk.ActionSpec{Kind: fmt.Sprint("act", i), Description: "сделать ещё что-нибудь", Args: []sdk.ArgSpec{
			{Name: "text", Description: "text", Required: true},
			{Name: "tone", Description: "how it is said", Values: []string{"dry", "warm", "loud"}},
		}})
	}
	return req
}

// author of a post: one of 500.
func author(post int) sdk.Person {
	return sdk.Person{ID: fmt.Sprintf("a%04d", post*7%500), Name: fmt.Sprint("Вера Ким ", post*7%500)}
}

// quiet answers without keeping what it was asked.
type quiet struct{ sdk.Host }

// Generate implements sdk.Host.
func (quiet) Generate(context.Context, sdk.GenerateRequest) (sdk.Reply, error) {
	return sdk.Reply{Text: reply}, nil
}

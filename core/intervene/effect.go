package intervene

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// turn gathers what the interventions of one tick do. Each sees what those
// before it did.
type turn struct {
	residents []spec.Resident
	mood      map[string]sdk.Mood
	goals     map[string][]string
	out       sim.Direction
}

func newTurn(w *sim.World) *turn {
	now := &turn{mood: map[string]sdk.Mood{}, goals: map[string][]string{}}
	for r, s := range w.Agents() {
		now.residents = append(now.residents, r)
		now.mood[r.ID], now.goals[r.ID] = s.Mood, s.Goals
	}
	return now
}

// audience are the ids of those whom something concerns.
func (now *turn) audience(of spec.Audience) (agents []string) {
	for _, r := range now.residents {
		if of.Has(r) {
			agents = append(agents, r.ID)
		}
	}
	return agents
}

// act carries out all effects of an intervention and notes them.
func (d *Director) act(ctx context.Context, t env.Tick, now *turn, v *intervention, why string) error {
	done := event.Intervention{ID: v.ID, Why: why}
	for i, effect := range v.Do {
		e, err := d.effect(ctx, now, effect, told(v.ID, v.times, i))
		if err != nil {
			return err
		}
		done.Effects = append(done.Effects, e)
	}
	now.out.Events = append(now.out.Events, event.New(t.Number, "", event.KindIntervention, done))
	return nil
}

// told is the id of what an intervention tells: its own, and for more texts its
// own with a number.
func told(id string, times, effect int) string {
	if times == 1 && effect == 0 {
		return id
	}
	return event.Again(id, fmt.Sprintf("%d.%d", times, effect+1))
}

func (d *Director) effect(ctx context.Context, now *turn, e spec.Effect, id string) (event.Effect, error) {
	switch {
	case e.Tell != nil:
		agents := now.audience(e.Tell.Audience)
		now.out.Tell = append(now.out.Tell, sim.Due{Told: event.Told{Event: id, Text: e.Tell.Text}, Agents: agents})
		return event.Effect{Kind: "tell", Agents: agents, Detail: e.Tell.Text}, nil
	case e.Goals != nil:
		return now.setGoals(*e.Goals), nil
	case e.Mood != nil:
		return now.moveMood(*e.Mood), nil
	case e.Model != nil:
		agents := now.audience(e.Model.Audience)
		for _, a := range agents {
			now.out.Agents = append(now.out.Agents, sim.AgentChange{Agent: a, Model: &e.Model.Use})
		}
		return event.Effect{Kind: "model", Agents: agents, Detail: e.Model.Use}, nil
	case e.Follow != nil:
		ties, agents := now.ties(*e.Follow)
		return event.Effect{Kind: "follow", Agents: agents, Detail: fmt.Sprint(len(ties))}, d.adjust(ctx, env.Adjustment{Follow: ties})
	case e.Unfollow != nil:
		ties, agents := now.ties(*e.Unfollow)
		return event.Effect{Kind: "unfollow", Agents: agents, Detail: fmt.Sprint(len(ties))}, d.adjust(ctx, env.Adjustment{Unfollow: ties})
	case e.Feed != nil:
		return event.Effect{Kind: "feed", Detail: feedWords(*e.Feed)}, d.adjust(ctx, env.Adjustment{Feed: e.Feed})
	default:
		now.out.End = true
		return event.Effect{Kind: "stop"}, nil
	}
}

var errNotAdjustable = errors.New("this environment cannot be changed so")

func (d *Director) adjust(ctx context.Context, a env.Adjustment) error {
	place, ok := d.Environment.(env.Adjustable)
	if !ok {
		return errNotAdjustable
	}
	return place.Adjust(ctx, a)
}

func (now *turn) setGoals(c spec.GoalChange) event.Effect {
	agents := now.audience(c.Audience)
	for _, id := range agents {
		goals := c.Set
		if len(goals) == 0 {
			goals = slices.Clone(now.goals[id])
			for _, g := range c.Add {
				if !slices.Contains(goals, g) {
					goals = append(goals, g)
				}
			}
		}
		now.goals[id] = goals
		now.out.Agents = append(now.out.Agents, sim.AgentChange{Agent: id, Goals: &goals})
	}
	return event.Effect{Kind: "goals", Agents: agents, Detail: strings.Join(slices.Concat(c.Set, c.Add), "; ")}
}

func (now *turn) moveMood(c spec.MoodChange) event.Effect {
	agents := now.audience(c.Audience)
	for _, id := range agents {
		mood := now.mood[id]
		mood.Valence = min(max(mood.Valence+c.Valence, -1), 1)
		mood.Arousal = min(max(mood.Arousal+c.Arousal, 0), 1)
		now.mood[id] = mood
		now.out.Agents = append(now.out.Agents, sim.AgentChange{Agent: id, Mood: &mood})
	}
	return event.Effect{Kind: "mood", Agents: agents, Detail: fmt.Sprintf("%+g, %+g", c.Valence, c.Arousal)}
}

// ties are the edges from every who to every whom, and the residents at their
// beginning.
func (now *turn) ties(t spec.Ties) (all []env.Tie, agents []string) {
	agents = now.audience(t.Who)
	whom := now.audience(t.Whom)
	for _, a := range agents {
		for _, b := range whom {
			if a != b {
				all = append(all, env.Tie{Who: a, Whom: b})
			}
		}
	}
	return all, agents
}

func feedWords(f spec.FeedChange) string {
	var parts []string
	if f.Rank != "" {
		parts = append(parts, "rank "+f.Rank)
	}
	if f.Size != nil {
		parts = append(parts, fmt.Sprintf("size %d", *f.Size))
	}
	if f.Discover != nil {
		parts = append(parts, fmt.Sprintf("discover %g", *f.Discover))
	}
	return strings.Join(parts, ", ")
}

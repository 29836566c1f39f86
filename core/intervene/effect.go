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

// Turn gathers what effects do to a run at the start of one tick. Each sees what
// those before it did.
type Turn struct {
	// Out is what was gathered so far.
	Out sim.Direction

	place     env.Environment
	residents []spec.Resident
	mood      map[string]sdk.Mood
	goals     map[string][]string
}

// NewTurn begins a turn with the run as it is.
func NewTurn(w *sim.World, place env.Environment) *Turn {
	now := &Turn{place: place, mood: map[string]sdk.Mood{}, goals: map[string][]string{}}
	for r, s := range w.Agents() {
		now.residents = append(now.residents, r)
		now.mood[r.ID], now.goals[r.ID] = s.Mood, s.Goals
	}
	return now
}

// Audience are the ids of those whom something concerns, in order.
func (now *Turn) Audience(of spec.Audience) (agents []string) {
	for _, r := range now.residents {
		if of.Has(r) {
			agents = append(agents, r.ID)
		}
	}
	return agents
}

// act carries out all effects of an intervention and notes them.
func (v *intervention) act(ctx context.Context, t env.Tick, now *Turn, why string) error {
	done := event.Intervention{ID: v.ID, Why: why}
	for i, effect := range v.Do {
		e, err := now.Do(ctx, effect, told(v.ID, v.times, i))
		if err != nil {
			return err
		}
		done.Effects = append(done.Effects, e)
	}
	now.Out.Events = append(now.Out.Events, event.New(t.Number, "", event.KindIntervention, done))
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

// Do carries out an effect and says what it did. The id is that of what it
// tells. ErrNotAdjustable refuses an effect on a platform that cannot be changed.
func (now *Turn) Do(ctx context.Context, e spec.Effect, id string) (event.Effect, error) {
	switch {
	case e.Tell != nil:
		return now.Tell(now.Audience(e.Tell.Audience), event.Told{Event: id, Text: e.Tell.Text}), nil
	case e.Goals != nil:
		return now.setGoals(*e.Goals), nil
	case e.Mood != nil:
		return now.moveMood(*e.Mood), nil
	case e.Model != nil:
		agents := now.Audience(e.Model.Audience)
		for _, a := range agents {
			now.Out.Agents = append(now.Out.Agents, sim.AgentChange{Agent: a, Model: &e.Model.Use})
		}
		return event.Effect{Kind: "model", Agents: agents, Detail: e.Model.Use}, nil
	case e.Follow != nil:
		ties, agents := now.ties(*e.Follow)
		return event.Effect{Kind: "follow", Agents: agents, Detail: fmt.Sprint(len(ties))}, adjust(ctx, now.place, env.Adjustment{Follow: ties})
	case e.Unfollow != nil:
		ties, agents := now.ties(*e.Unfollow)
		return event.Effect{Kind: "unfollow", Agents: agents, Detail: fmt.Sprint(len(ties))}, adjust(ctx, now.place, env.Adjustment{Unfollow: ties})
	case e.Feed != nil:
		return event.Effect{Kind: "feed", Detail: feedWords(*e.Feed)}, adjust(ctx, now.place, env.Adjustment{Feed: e.Feed})
	default:
		now.Out.End = true
		return event.Effect{Kind: "stop"}, nil
	}
}

// Tell tells residents something.
func (now *Turn) Tell(agents []string, told event.Told) event.Effect {
	now.Out.Tell = append(now.Out.Tell, sim.Due{Told: told, Agents: agents})
	return event.Effect{Kind: "tell", Agents: agents, Detail: told.Text}
}

// ErrNotAdjustable says that nothing can be changed in an environment from
// outside.
var ErrNotAdjustable = errors.New("this environment cannot be changed so")

func adjust(ctx context.Context, at env.Environment, a env.Adjustment) error {
	place, ok := at.(env.Adjustable)
	if !ok {
		return ErrNotAdjustable
	}
	return place.Adjust(ctx, a)
}

func (now *Turn) setGoals(c spec.GoalChange) event.Effect {
	agents := now.Audience(c.Audience)
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
		now.Out.Agents = append(now.Out.Agents, sim.AgentChange{Agent: id, Goals: &goals})
	}
	return event.Effect{Kind: "goals", Agents: agents, Detail: strings.Join(slices.Concat(c.Set, c.Add), "; ")}
}

func (now *Turn) moveMood(c spec.MoodChange) event.Effect {
	agents := now.Audience(c.Audience)
	for _, id := range agents {
		mood := now.mood[id]
		mood.Valence = min(max(mood.Valence+c.Valence, -1), 1)
		mood.Arousal = min(max(mood.Arousal+c.Arousal, 0), 1)
		now.mood[id] = mood
		now.Out.Agents = append(now.Out.Agents, sim.AgentChange{Agent: id, Mood: &mood})
	}
	return event.Effect{Kind: "mood", Agents: agents, Detail: fmt.Sprintf("%+g, %+g", c.Valence, c.Arousal)}
}

// ties are the edges from every who to every whom, and the residents at their
// beginning.
func (now *Turn) ties(t spec.Ties) (all []env.Tie, agents []string) {
	agents = now.Audience(t.Who)
	whom := now.Audience(t.Whom)
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

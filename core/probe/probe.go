// Package probe asks about a run out of band: surveys and interviews of
// residents, propositions that a judge looks at, data that a model reads out.
// Residents are asked on what they are and remember at that moment; nothing
// that they answer comes back to them, so asking changes nothing in the run.
package probe

import (
	"context"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Models asks the models of a run. The error of a reply that stayed bad after
// its repair is an *sdk.Error of kind ErrModel; any other ends the run.
type Models interface {
	// Ask asks an entry of models; an empty one stands for the agent's own, and
	// for agents.model where the agent has none. The agent is what the offline
	// reference model writes as.
	Ask(ctx context.Context, entry string, agent sdk.Agent, req sdk.GenerateRequest) (sdk.Reply, error)
}

// Options are what a Desk is made of.
type Options struct {
	Study  *spec.Study
	Models Models
	Memory func() sdk.Memory // asked when the run has begun
	// Absent says why a resident cannot be asked any more; empty: it can. It may
	// be nil.
	Absent func(agent string) string
	Log    *slog.Logger
}

// Desk asks what a study wants to know. It is a sim.Probe.
type Desk struct {
	Options
	judge *Judge
	words *prompts
}

var _ sim.Probe = (*Desk)(nil)

// New makes the desk of a study.
func New(o Options) (*Desk, error) {
	words, err := loadPrompts(o.Study.Language)
	if err != nil {
		return nil, err
	}
	judge, err := NewJudge(o.Study, o.Models)
	return &Desk{o, judge, words}, err
}

// Wanted reports whether a study asks anything out of band.
func Wanted(s *spec.Study) bool {
	return len(s.Surveys)+len(s.Interviews)+len(s.Propositions)+len(s.Extract) > 0
}

// atOnce bounds how many residents are asked at once; endpoints have bounds of
// their own.
const atOnce = 256

// Probe implements sim.Probe.
func (d *Desk) Probe(ctx context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	var all event.Findings
	for _, ask := range []func(context.Context, env.Tick, *sim.World) (event.Findings, error){
		d.surveys, d.interviews, d.propositions, d.extracts,
	} {
		found, err := ask(ctx, t, w)
		if err != nil {
			return all, err
		}
		all = all.And(found)
	}
	return all, nil
}

// each runs ask for 0 to n-1, many at once, and gathers answers in order.
func each[T any](ctx context.Context, n int, ask func(ctx context.Context, i int) (T, error)) ([]T, error) {
	out := make([]T, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() (err error) {
			out[i], err = ask(ctx, i)
			return err
		})
	}
	return out, group.Wait()
}

// asked is a resident with what it is and feels at the moment.
type asked struct {
	spec.Resident
	agent  sdk.Agent
	absent string // why it cannot be asked; empty: it can
}

// residents are those of an audience, or a sample of them that depends on the
// run's seed, the tick and what they are drawn for.
func (d *Desk) residents(t env.Tick, w *sim.World, of spec.Audience, sample int, purpose string) []asked {
	var all []asked
	for r, s := range w.Agents() {
		if of.Has(r) {
			a := asked{Resident: r, agent: agentOf(r, s)}
			if d.Absent != nil {
				a.absent = d.Absent(r.ID)
			}
			all = append(all, a)
		}
	}
	if sample <= 0 || sample >= len(all) {
		return all
	}
	chosen := t.Rand("", "sample "+purpose, 0).Perm(len(all))[:sample]
	picked := make([]bool, len(all))
	for _, i := range chosen {
		picked[i] = true
	}
	var out []asked
	for i, a := range all {
		if picked[i] {
			out = append(out, a)
		}
	}
	return out
}

func agentOf(r spec.Resident, s event.AgentState) sdk.Agent {
	return sdk.Agent{ID: r.ID, Persona: r.Persona, Mood: s.Mood, Goals: s.Goals, Plan: s.Plan, Group: r.Group}
}

// recall is what a resident remembers about a question.
func (d *Desk) recall(ctx context.Context, t env.Tick, a sdk.Agent, question string) (string, error) {
	found, err := d.Memory().Recall(ctx, t.Number, []sdk.Query{{
		Agent: a, Text: question, Observation: sdk.Observation{Tick: t.Number, Time: t.Time.Format("2006-01-02T15:04:05Z07:00")},
	}})
	if err != nil {
		return "", fmt.Errorf("recall for %s: %w", a.ID, err)
	}
	if len(found) != 1 {
		return "", fmt.Errorf("recall for %s: the memory plugin answered %d of 1 queries", a.ID, len(found))
	}
	return found[0].Text, nil
}

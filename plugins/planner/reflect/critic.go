package reflect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxName  = 60
	maxSaid  = 280 // runes of an argument that is shown
	maxWhy   = 300
	maxScore = 9
	maxShown = 8 // actions and arguments of each
)

// critic makes attempts at one decision and criticises them.
type critic struct {
	*planner
	scene  *planning.Scene
	name   string
	recent []deed
}

// Facts are what the planner adds to the host's facts: to the call "plan" what
// was criticised of the last attempt, to the call "criticise" the actions.
type Facts struct {
	Attempt int      `json:"attempt"` // from 1
	Actions []string `json:"actions,omitempty"`
	Faults  []string `json:"faults,omitempty"`
}

// feedback is what the prompt "plan" shows of the last attempt.
type feedback struct {
	Actions []string
	Faults  []fault
}

// fault is a dimension in which actions fell short.
type fault struct {
	Critic string // as it is called in the society's language
	Score  int
	Why    string
}

// attempt makes one, after what was said of the last.
func (c *critic) attempt(ctx context.Context, index int, last *attempt) (*attempt, error) {
	facts := Facts{Attempt: index + 1}
	var extra *feedback
	if last != nil {
		extra = c.feedback(last)
		facts.Actions = extra.Actions
		for _, f := range extra.Faults {
			facts.Faults = append(facts.Faults, f.Why)
		}
	}
	decision, err := c.scene.Attempt(ctx, index, extra, facts)
	if err != nil {
		return nil, err
	}
	a := &attempt{number: index + 1, decision: decision}
	if len(decision.Actions) == 0 {
		a.accepted = true
		return a, nil
	}
	if twice := repeated(decision.Actions, c.recent); twice != nil && c.config.ForbidRepeats {
		a.verdicts = []verdict{{Consistency, 0, c.words.repeat + " " + show(twice)}}
	} else if a.verdicts, err = c.criticise(ctx, index, &decision); isModel(err) {
		c.log.Warn("the critic is of no use", "attempt", a.number, "error", err)
	} else if err != nil {
		return nil, err
	}
	a.accepted = !a.unscored() && len(c.faults(a)) == 0
	return a, nil
}

// faults are the verdicts below their threshold.
func (c *critic) faults(a *attempt) []verdict {
	return slices.DeleteFunc(slices.Clone(a.verdicts), func(v verdict) bool { return v.Score >= c.config.Threshold[v.Critic] })
}

func (c *critic) feedback(a *attempt) *feedback {
	out := &feedback{Actions: shown(a.decision.Actions)}
	for _, v := range c.faults(a) {
		out.Faults = append(out.Faults, fault{c.words.critics[v.Critic], v.Score, v.Why})
	}
	return out
}

// criticise asks for the verdicts on a decision.
func (c *critic) criticise(ctx context.Context, index int, d *sdk.Decision) ([]verdict, error) {
	said, plan := shown(d.Actions), ""
	if d.Plan != nil {
		plan = text.Quote(d.Plan.Purpose, maxWhy)
	}
	var dimensions []pair
	for _, critic := range c.config.Critics {
		dimensions = append(dimensions, pair{critic, c.words.questions[critic]})
	}
	task := planning.Task{
		Purpose: "criticise", Index: index, Schema: schema(c.config.Critics), Facts: Facts{Attempt: index + 1, Actions: said},
		Data: map[string]any{"Name": c.name, "Actions": said, "Plan": plan, "Recent": ownWords(c.recent), "Critics": dimensions},
	}
	var reply map[string]opinion
	if err := c.scene.Ask(ctx, task, &reply); err != nil {
		return nil, err
	}
	return c.verdicts(reply)
}

// opinion is what a critic's reply holds of one dimension.
type opinion struct {
	Why   string       `json:"why"`
	Score *json.Number `json:"score"`
}

// verdicts takes a reply into bounds. One that lacks a score is no good.
func (c *critic) verdicts(reply map[string]opinion) ([]verdict, error) {
	var out []verdict
	for _, critic := range c.config.Critics {
		given := reply[critic]
		if given.Score == nil {
			return nil, sdk.Errorf(sdk.ErrModel, "the critic gave no score for %s", critic)
		}
		score, err := given.Score.Float64()
		if err != nil {
			return nil, sdk.Errorf(sdk.ErrModel, "the critic's score for %s: %v", critic, err)
		}
		out = append(out, verdict{critic, int(min(max(score, 0), maxScore)), text.Quote(given.Why, maxWhy)})
	}
	return out, nil
}

type pair struct{ Key, Value string }

// schema is that of a critic's reply: a justification and a score for each
// dimension, in this order, so that a model thinks before it scores.
func schema(critics []string) json.RawMessage {
	parts := make([]string, len(critics))
	for i, critic := range critics {
		parts[i] = fmt.Sprintf(`%q:{"type":"object","additionalProperties":false,"required":["why","score"],"properties":{`+
			`"why":{"type":"string","maxLength":%d},"score":{"type":"integer","minimum":0,"maximum":%d}}}`, critic, maxWhy, maxScore)
	}
	names, err := json.Marshal(critics)
	if err != nil {
		panic("reflect: " + err.Error()) // strings do marshal
	}
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":%s,"properties":{%s}}`, names, strings.Join(parts, ","))
}

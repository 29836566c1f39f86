// Package qaframework is the planner that thinks in three roles, one model call
// each: ask three curious questions about how and with whom to reach the goal,
// answer them, extract a plan and actions from the answers.
//
// After QAFramework of AgentSims (Lin et al. 2023, arXiv:2308.04026).
package qaframework

import (
	"context"
	"embed"
	"encoding/json"
	"slices"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

const (
	questions = 3  // asked
	maxWords  = 50 // of a question or an answer
	maxRunes  = 500
)

// Plugin is planner/qaframework.
func Plugin() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "qaframework", Version: "1.0.0",
		Summary: "decides in three model calls: ask three questions, answer them, extract plan and actions",
		Schema:  planning.ConfigSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Planner, error) {
			desk, err := planning.NewDesk(setup, prompts)
			if err != nil {
				return nil, err
			}
			return &planner{desk}, nil
		},
	}
}

// Facts are what the planner adds to the host's facts: to the call "answer" the
// questions, to the call "plan" the answers as well.
type Facts struct {
	Questions []string `json:"questions,omitempty"`
	Answers   []string `json:"answers,omitempty"`
}

type planner struct{ desk *planning.Desk }

var _ sdk.Planner = (*planner)(nil)

// Plan implements sdk.Planner.
func (p *planner) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	if decision, settled := p.desk.Settled(req); settled {
		return decision, nil
	}
	scene, err := p.desk.Scene(req)
	if err != nil {
		return sdk.Decision{}, err
	}
	var facts Facts
	if err := think(ctx, scene, text.Quote(req.Agent.Name(), 60), &facts); err != nil {
		return sdk.Decision{}, err
	}
	return scene.Decide(ctx, exchanges(facts), facts)
}

// think fills in questions, then answers.
func think(ctx context.Context, scene *planning.Scene, name string, facts *Facts) error {
	for _, role := range []struct {
		purpose, field string
		into           *[]string
	}{{"ask", "questions", &facts.Questions}, {"answer", "answers", &facts.Answers}} {
		task := planning.Task{
			Purpose: role.purpose, Schema: listSchema(role.field), Facts: *facts,
			Data: map[string]any{"Name": name, "Questions": exchanges(*facts)},
		}
		var reply map[string][]string
		if err := scene.Ask(ctx, task, &reply); err != nil {
			return err
		}
		*role.into = short(reply[role.field])
		if !slices.ContainsFunc(*role.into, written) {
			return sdk.Errorf(sdk.ErrModel, "the reply to %s holds no %s", role.purpose, role.field)
		}
	}
	return nil
}

// listSchema is the schema of an object with one list.
func listSchema(field string) json.RawMessage {
	return json.RawMessage(`{"type":"object","additionalProperties":false,"required":["` + field + `"],"properties":{"` + field +
		`":{"type":"array","minItems":3,"maxItems":3,"items":{"type":"string"}}}}`)
}

// short bounds what a model wrote and makes it fit for the next prompt.
func short(list []string) []string {
	out := make([]string, min(len(list), questions))
	for i := range out {
		out[i] = text.CutWords(text.Quote(list[i], maxRunes), maxWords)
	}
	return out
}

func written(s string) bool { return s != "" }

// exchange is a question with its answer, if there is one.
type exchange struct {
	Number           int
	Question, Answer string
}

func exchanges(f Facts) []exchange {
	var out []exchange
	for i, q := range f.Questions {
		if q == "" {
			continue
		}
		e := exchange{Number: i + 1, Question: q}
		if i < len(f.Answers) {
			e.Answer = f.Answers[i]
		}
		out = append(out, e)
	}
	return out
}

package persona

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Mind is the model that the factory writes with, and the validator judges
// with.
type Mind struct {
	Provider llm.Provider // asked for replies that must fit a schema
	Model    string       // the server's name of the model
	Sampling llm.Sampling // but for its seed
	Seed     uint64
	Parallel int // requests at once; 1 where it is 0
	// Scripted says that the provider is the reference: it writes nothing of
	// its own, so that schemas have proposals to choose from.
	Scripted bool
}

// call is one question to a mind.
type call struct {
	purpose      string
	index, round int
	language     string
	persona      *sdk.Persona // who answers, if somebody does
	messages     []sdk.Message
	schema       map[string]any // nil for free text
}

func (m *Mind) ask(ctx context.Context, c call) (string, error) {
	req := llm.Request{
		Model: m.Model, Messages: c.messages, Sampling: m.Sampling, Purpose: c.purpose, Index: c.index, Tick: int64(c.round),
		Facts: &llm.Facts{Language: c.language, Agent: sdk.Agent{Persona: c.persona}},
	}
	if c.persona != nil {
		req.Agent, req.Facts.Agent.Goals = c.persona.Name, c.persona.Goals
	}
	req.Sampling.Seed = random(m.Seed, "llm "+c.purpose, c.index, c.round).Uint64() >> 11 // servers take 53 bits
	if c.schema != nil {
		var err error
		if req.Schema, err = schemaText(c.schema); err != nil {
			return "", err
		}
	}
	resp, err := llm.Repair(m.Provider).Generate(ctx, req)
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.purpose, err)
	}
	return resp.Text, nil
}

// read asks for JSON and reads it.
func (m *Mind) read(ctx context.Context, c call, into any) error {
	text, err := m.ask(ctx, c)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s: read the reply: %w", c.purpose, err)
	}
	return nil
}

package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// thinker is a model that agents of a run think with: its layers, and what the
// study says of it.
type thinker struct {
	provider llm.Provider
	entry    spec.Model
}

// services are what a run's plugins may ask of the host.
type services struct {
	seed      uint64
	language  string
	models    map[string]thinker // by entry of the study
	roles     map[string]string  // entry by the id of one who is no resident: the mayor
	fallback  string             // entry for all others
	embedding string
	engine    func() *sim.Engine
	memory    func() sdk.Memory
	fail      context.CancelCauseFunc // ends the run: a model is out of reach
	calls     calls
	guests    atomic.Bool // people from outside ask, and nobody else
}

// calls counts calls that are under way.
type calls struct {
	mu     sync.Mutex
	active int
	idle   chan struct{} // closed when none is; nil while nobody waits
}

func (c *calls) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active++
}

func (c *calls) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active--; c.active == 0 && c.idle != nil {
		close(c.idle)
		c.idle = nil
	}
}

// wait returns when no call is under way, or ctx ends.
func (c *calls) wait(ctx context.Context) {
	c.mu.Lock()
	if c.active == 0 {
		c.mu.Unlock()
		return
	}
	if c.idle == nil {
		c.idle = make(chan struct{})
	}
	idle := c.idle
	c.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

var _ sdk.Host = (*services)(nil)

// Generate asks the model of the agent in the call.
func (s *services) Generate(ctx context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	entry, err := s.entry(req.Call.Agent)
	if err != nil {
		return sdk.Reply{}, err
	}
	facts, err := s.facts(req)
	if err != nil {
		return sdk.Reply{}, err
	}
	return s.generate(ctx, s.models[entry], req, facts)
}

// entry is the entry of models that one who calls thinks with.
func (s *services) entry(caller string) (string, error) {
	if name, ok := s.engine().Model(caller); ok {
		return name, nil
	}
	if name, ok := s.roles[caller]; ok {
		return name, nil
	}
	return "", sdk.Errorf(sdk.ErrInvalidInput, "no resident %q in this run", caller)
}

// Ask asks a model out of band: no plugin asks, and no resident knows. An empty
// entry stands for the agent's own.
func (s *services) Ask(ctx context.Context, entry string, agent sdk.Agent, req sdk.GenerateRequest) (sdk.Reply, error) {
	if entry == "" {
		var err error
		if entry, err = s.entry(agent.ID); err != nil {
			entry = s.fallback
		}
	}
	return s.generate(ctx, s.models[entry], req, &llm.Facts{Language: s.language, Agent: agent})
}

func (s *services) generate(ctx context.Context, model thinker, req sdk.GenerateRequest, facts *llm.Facts) (sdk.Reply, error) {
	s.calls.enter()
	resp, err := model.provider.Generate(ctx, llm.Request{
		Model: model.entry.Model, Messages: req.Messages, Schema: req.Schema, Sampling: provide.Sampling(model.entry, req, s.seedOf(req.Call)),
		Agent: req.Call.Agent, Tick: req.Call.Tick, Purpose: req.Call.Purpose, Index: req.Call.Index, Facts: facts,
	})
	s.calls.leave()
	if err != nil {
		return sdk.Reply{}, s.refuse(ctx, err)
	}
	return sdk.Reply{Text: resp.Text, PromptTokens: resp.PromptTokens, ReplyTokens: resp.ReplyTokens}, nil
}

// seedOf is the seed of a call, the same whenever it is made again.
func (s *services) seedOf(c sdk.Call) uint64 {
	return sim.Stream{Seed: s.seed, Agent: c.Agent, Tick: c.Tick, Purpose: "llm " + c.Purpose, Index: c.Index}.Derive()
}

func (s *services) facts(req sdk.GenerateRequest) (*llm.Facts, error) {
	facts := &llm.Facts{Language: s.language}
	if situation, ok := s.engine().Situation(req.Call.Agent); ok {
		facts.Agent, facts.Observation = situation.Agent, situation.Observation
		facts.Recollection, facts.Actions = situation.Recollection, situation.Actions
		facts.MaxActions = situation.MaxActions
	}
	switch extra := req.Facts.(type) {
	case nil:
	case json.RawMessage:
		facts.Extra = extra
	default:
		data, err := json.Marshal(extra)
		if err != nil {
			return nil, sdk.Errorf(sdk.ErrInvalidInput, "facts: %v", err)
		}
		facts.Extra = data
	}
	return facts, nil
}

// refuse turns an error of the models into one that plugins understand. Only a
// bad reply is the agent's own trouble; anything else ends the run, which can
// be resumed. What goes wrong with a question of people from outside does not.
func (s *services) refuse(ctx context.Context, err error) error {
	var e *llm.Error
	switch {
	case errors.As(err, &e) && e.Kind == llm.BadReply:
		return sdk.Errorf(sdk.ErrModel, "%v", err)
	case ctx.Err() != nil && e == nil:
		return fmt.Errorf("generate: %w", err)
	case s.guests.Load():
		return sdk.Errorf(sdk.ErrInternal, "%v", err)
	case e != nil && e.Kind == llm.BudgetSpent:
		s.calls.wait(ctx) // what is paid for is answered and recorded
		s.fail(err)
		return sdk.Errorf(sdk.ErrBudget, "%v", err)
	}
	s.fail(err)
	return sdk.Errorf(sdk.ErrInternal, "%v", err)
}

// Score asks the model of the agent how likely it finds text after prompt.
func (s *services) Score(ctx context.Context, call sdk.Call, prompt, text string) (float64, error) {
	entry, err := s.entry(call.Agent)
	if err != nil {
		return 0, err
	}
	model := s.models[entry]
	if model.entry.Provider != "openai" || text == "" {
		return 0, sdk.Errorf(sdk.ErrUnsupported, "provider %s gives no log-probabilities of a text", model.entry.Provider)
	}
	s.calls.enter()
	resp, err := model.provider.Generate(ctx, llm.Request{
		Model: model.entry.Model, Messages: []sdk.Message{{Role: sdk.RoleUser, Content: prompt}}, Scored: text,
		Agent: call.Agent, Tick: call.Tick, Purpose: call.Purpose, Index: call.Index,
	})
	s.calls.leave()
	if err != nil {
		return 0, s.refuse(ctx, err)
	}
	logProb, err := strconv.ParseFloat(resp.Text, 64)
	if err != nil {
		return 0, sdk.Errorf(sdk.ErrUnsupported, "%s gives no log-probabilities of a text", resp.Endpoint)
	}
	return logProb, nil
}

// Embed asks the study's embedding model.
func (s *services) Embed(ctx context.Context, _ sdk.Call, texts []string) ([][]float32, error) {
	return s.embed(ctx, texts)
}

func (s *services) embed(ctx context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	model := s.models[s.embedding]
	s.calls.enter()
	resp, err := model.provider.Embed(ctx, llm.EmbedRequest{Model: model.entry.Model, Texts: texts})
	s.calls.leave()
	if err != nil {
		return nil, s.refuse(ctx, err)
	}
	return resp.Vectors, nil
}

// Recall asks the memory plugin on behalf of a planner.
func (s *services) Recall(ctx context.Context, call sdk.Call, query string, limit int) (string, error) {
	situation, ok := s.engine().Situation(call.Agent)
	if !ok {
		return "", sdk.Errorf(sdk.ErrInvalidInput, "resident %q is not deciding anything now", call.Agent)
	}
	found, err := s.memory().Recall(ctx, call.Tick, []sdk.Query{{
		Agent: situation.Agent, Observation: situation.Observation, Text: query, Limit: limit,
	}})
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", sdk.Errorf(sdk.ErrInternal, "the memory plugin answered %d of 1 queries", len(found))
	}
	return found[0].Text, nil
}

// askResident lets an environment ask the model of a resident.
func (s *services) askResident(ctx context.Context, agent string, tick int64, prompt string, schema json.RawMessage) (json.RawMessage, error) {
	facts, err := s.facts(sdk.GenerateRequest{Call: sdk.Call{Agent: agent}})
	if err != nil {
		return nil, err
	}
	entry, err := s.entry(agent)
	if err != nil {
		return nil, err
	}
	reply, err := s.generate(ctx, s.models[entry], sdk.GenerateRequest{
		Call:     sdk.Call{Agent: agent, Tick: tick, Purpose: "outcome"},
		Messages: []sdk.Message{{Role: sdk.RoleUser, Content: prompt}}, Schema: schema,
	}, facts)
	if domain, ok := errors.AsType[*sdk.Error](err); ok && domain.Kind == sdk.ErrModel {
		return nil, nil // no reply: the environment's own rule holds
	}
	return json.RawMessage(reply.Text), err
}

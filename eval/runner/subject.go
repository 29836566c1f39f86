package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
)

// subject is who answers: a model with all that is put before its replies, or a
// plugin.
type subject struct {
	of       *suite.Subject
	entry    spec.Model
	model    string // that its samples name
	digest   string
	provider llm.Provider
	memory   *memory        // nil: nothing is retrieved
	plugin   *host.Instance // nil: a model, or a replay
	lane     string
}

// meet makes a subject ready to answer.
func (s *session) meet(ctx context.Context, of *suite.Subject) error {
	x := &subject{of: of, entry: s.options.Suite.Models[of.Model], lane: s.laneOf(of.Model)}
	s.subjects[of.Name] = x
	if of.Plugin.Plugin != "" {
		return s.plug(ctx, x)
	}
	x.provider, x.model, x.digest = s.layers[of.Model], x.entry.Model, s.digests[of.Model].Digest
	if x.model == "" {
		x.model = x.entry.Provider
	}
	if of.Retrieve != nil {
		var err error
		if x.memory, err = s.recollect(ctx, of.Retrieve); err != nil {
			return fmt.Errorf("subject %s: %w", of.Name, err)
		}
	}
	return nil
}

// asker is a subject that answers one item.
type asker struct {
	*subject
	session *session
	task    string
	item    string
	repeat  int
}

var _ task.Subject = (*asker)(nil)

// Name implements task.Subject.
func (a *asker) Name() string { return a.of.Name }

// Ask implements task.Subject. Random streams are named by all but the subject,
// so that all subjects answer under the same seed.
func (a *asker) Ask(ctx context.Context, p task.Prompt) (sample.Sample, error) {
	out := sample.Sample{Reference: p.Reference, Turn: p.Turn, Model: a.model, Digest: a.digest}
	if a.session.options.stopped() {
		return out, ErrStopped
	}
	messages, err := a.messages(ctx, &p)
	if err != nil {
		return out, a.failed(err)
	}
	out.Messages = messages
	if a.of.Plugin.Plugin != "" {
		messages = messages[max(len(messages)-1, 0):]
	}
	if p.Scored != "" && !scores(a.session.options.Suite, a.of) {
		out.Reply = llm.Unscored
		return out, nil
	}
	resp, err := a.provider.Generate(ctx, a.request(&p, messages))
	out.Reply, out.Endpoint, out.Call, out.Truncated = resp.Text, resp.Endpoint, resp.Key, resp.Truncated
	out.PromptTokens, out.ReplyTokens = int64(resp.PromptTokens), int64(resp.ReplyTokens)
	out.Latency = resp.Latency.Truncate(time.Microsecond).Seconds() // as the cassette has it
	switch {
	case err != nil && unusable(err):
		out.Error = err.Error()
	case err != nil:
		return out, a.failed(err)
	case a.of.Plugin.Plugin != "":
		out.Reply = strings.TrimSuffix(strings.TrimPrefix(resp.Text, "["), "]")
	case strings.TrimSpace(resp.Text) == "":
		out.Error = "the reply is empty"
	}
	if out.Error != "" {
		a.session.usage.unusable.Add(1)
	}
	return out, nil
}

// unusable reports whether an error is a fault of one reply, or of one prompt
// that the server refused, and not of the model as a whole.
func unusable(err error) bool {
	return llm.IsKind(err, llm.BadReply) || llm.IsKind(err, llm.BadRequest)
}

// failed names the subject whose model cannot be asked.
func (a *asker) failed(err error) error {
	if errors.Is(err, ErrStopped) || llm.IsKind(err, llm.BudgetSpent) {
		return err
	}
	if a.of.Plugin.Plugin != "" {
		return fmt.Errorf("subject %s (%s): %w", a.of.Name, a.of.Plugin.Plugin, err)
	}
	return fmt.Errorf("subject %s (models.%s): %w", a.of.Name, a.of.Model, err)
}

func (a *asker) request(p *task.Prompt, messages []sample.Message) llm.Request {
	m := a.entry
	req := llm.Request{
		Model: a.model, Messages: make([]sdk.Message, len(messages)), Schema: p.Schema, Scored: p.Scored,
		Agent: strings.Join([]string{a.of.Name, a.task, a.item}, "/"), Tick: int64(a.repeat), Purpose: a.task,
		Facts: &llm.Facts{Language: a.session.options.Suite.Language, Extra: quoted(a.of.Name)},
	}
	for i, one := range messages {
		req.Messages[i] = sdk.Message{Role: one.Role, Content: one.Content}
	}
	if p.Scored != "" {
		return req // nothing is drawn
	}
	req.Sampling = llm.Sampling{
		Temperature: m.Temperature, TopP: m.TopP, MaxTokens: m.MaxTokens, Stop: m.Stop, LogitBias: m.LogitBias,
		Seed: sim.Stream{
			Seed: a.session.options.Suite.Seed, Agent: a.task + "\x00" + a.item, Tick: int64(a.repeat), Purpose: "eval " + p.Which,
		}.Derive(),
	}
	if p.Temperature != nil {
		req.Sampling.Temperature = p.Temperature
	}
	if p.MaxTokens > 0 {
		req.Sampling.MaxTokens = p.MaxTokens
	}
	return req
}

// quoted is what the reference provider tells subjects apart by: it has one
// voice, and no two of them would differ in anything.
func quoted(name string) json.RawMessage {
	text, err := json.Marshal(name)
	if err != nil {
		return nil // a text always can
	}
	return text
}

// messages are the prompt with the subject's own system message and what it
// retrieves before it.
func (a *asker) messages(ctx context.Context, p *task.Prompt) ([]sample.Message, error) {
	parts := []string{a.of.System}
	rest := p.Messages
	if len(rest) > 0 && rest[0].Role == sdk.RoleSystem {
		parts, rest = append(parts, rest[0].Content), rest[1:]
	}
	if a.memory != nil {
		found, err := a.memory.like(ctx, rest, p.Reference)
		if err != nil {
			return nil, err
		}
		parts = append(parts, found...)
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	if len(said) == 0 {
		return p.Messages, nil
	}
	return append([]sample.Message{{Role: sdk.RoleSystem, Content: strings.Join(said, "\n\n")}}, rest...), nil
}

// Classify implements task.Subject.
func (a *asker) Classify(ctx context.Context, texts []string) ([]sdk.Sentiment, bool, error) {
	if a.of.Plugin.Plugin == "" {
		return nil, false, nil
	}
	if a.session.options.stopped() {
		return nil, true, ErrStopped
	}
	resp, err := a.provider.Generate(ctx, a.request(&task.Prompt{Which: "classify"}, asked(texts)))
	if err != nil {
		return nil, true, a.failed(err)
	}
	readings, err := readingsOf(resp.Text, len(texts))
	if err != nil {
		return nil, true, a.failed(err)
	}
	return readings, true, nil
}

func asked(texts []string) []sample.Message {
	out := make([]sample.Message, len(texts))
	for i, text := range texts {
		out[i] = sample.Message{Role: sdk.RoleUser, Content: text}
	}
	return out
}

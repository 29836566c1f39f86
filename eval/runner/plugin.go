package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// plug starts a subject's sentiment plugin. It answers through the cassette as
// models do: an evaluation that goes on has the same readings and the same
// times.
func (s *session) plug(ctx context.Context, x *subject) error {
	entry := s.plugins[x.of.Plugin.Plugin]
	x.model, x.digest = entry.ID, entry.SHA256
	x.entry = spec.Model{Provider: entry.ID}
	if x.lane == "" {
		x.lane = "plugin " + x.of.Name
	}
	bottom := &classifier{now: s.options.Now, name: entry.ID}
	if s.options.Suite.Cassette != string(cassette.Replay) {
		var err error
		x.plugin, err = host.Start(ctx, host.Options{
			Entry: entry, SHA256: x.of.Plugin.SHA256, Config: x.of.Plugin.Config, Seed: s.options.Suite.Seed, RunID: s.options.Suite.Name + "/" + x.of.Name,
			Language: s.options.Suite.Language, Host: &services{session: s, subject: x}, Now: s.options.Now, Log: s.options.Log,
		})
		if err != nil {
			return fmt.Errorf("subject %s: start %s: %w", x.of.Name, x.of.Plugin.Plugin, err)
		}
		bottom.Classifier = x.plugin.Classifier()
	}
	x.provider = metered{s.calls.Layer(bottom), &s.usage} // nothing of it is paid for
	return nil
}

// classifier is a plugin as a provider: the messages are the texts, the reply
// is a JSON list of readings.
type classifier struct {
	sdk.Classifier
	name string
	now  func() time.Time
}

// Generate implements llm.Provider.
func (c *classifier) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	texts := make([]string, len(req.Messages))
	for i, m := range req.Messages {
		texts[i] = m.Content
	}
	if c.Classifier == nil {
		return llm.Response{}, &llm.Error{Kind: llm.NotInCassette, Model: req.Model, Err: errors.New("these texts were never read before")}
	}
	began := c.now()
	readings, err := c.Classify(ctx, 0, texts)
	if domain, ok := errors.AsType[*sdk.Error](err); ok && domain.Kind == sdk.ErrBudget {
		err = &llm.Error{Kind: llm.BudgetSpent, Endpoint: c.name, Err: err}
	}
	if err != nil {
		return llm.Response{}, err
	}
	took := c.now().Sub(began)
	text, err := json.Marshal(readings)
	if err != nil {
		return llm.Response{}, fmt.Errorf("readings of %s: %w", c.name, err)
	}
	return llm.Response{Text: string(text), Endpoint: c.name, Latency: took}, nil
}

// Embed implements llm.Provider.
func (c *classifier) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, &llm.Error{Kind: llm.BadRequest, Endpoint: c.name, Err: errors.New("a sentiment plugin embeds nothing")}
}

func readingsOf(text string, want int) ([]sdk.Sentiment, error) {
	var readings []sdk.Sentiment
	if err := json.Unmarshal([]byte(text), &readings); err != nil {
		return nil, fmt.Errorf("read what the plugin said: %w", err)
	}
	if len(readings) != want {
		return nil, fmt.Errorf("it read %d of %d texts", len(readings), want)
	}
	return readings, nil
}

// services are what a plugin may ask: the model that its subject names.
type services struct {
	session *session
	subject *subject
}

var _ sdk.Host = (*services)(nil)

// Generate implements sdk.Host.
func (s *services) Generate(ctx context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	entry, ok := s.session.options.Suite.Models[s.subject.of.Model]
	if !ok {
		return sdk.Reply{}, sdk.Errorf(sdk.ErrUnsupported, "the subject %s names no model for its plugin: add model: NAME", s.subject.of.Name)
	}
	seed := sim.Stream{Seed: s.session.options.Suite.Seed, Tick: req.Call.Tick, Purpose: "llm " + req.Call.Purpose, Index: req.Call.Index}.Derive()
	resp, err := s.session.layers[s.subject.of.Model].Generate(ctx, llm.Request{
		Model: entry.Model, Messages: req.Messages, Schema: req.Schema, Sampling: provide.Sampling(entry, req, seed),
		Agent: s.subject.of.Name, Tick: req.Call.Tick, Purpose: req.Call.Purpose, Index: req.Call.Index,
		Facts: &llm.Facts{Language: s.session.options.Suite.Language, Extra: quoted(s.subject.of.Name)},
	})
	switch {
	case llm.IsKind(err, llm.BadReply):
		return sdk.Reply{}, sdk.Errorf(sdk.ErrModel, "%v", err)
	case llm.IsKind(err, llm.BudgetSpent):
		return sdk.Reply{}, sdk.Errorf(sdk.ErrBudget, "%v", err)
	case err != nil:
		return sdk.Reply{}, sdk.Errorf(sdk.ErrInternal, "%v", err)
	}
	return sdk.Reply{Text: resp.Text, PromptTokens: resp.PromptTokens, ReplyTokens: resp.ReplyTokens}, nil
}

func (*services) unsupported(what string) error {
	return sdk.Errorf(sdk.ErrUnsupported, "an evaluation gives plugins no %s", what)
}

// Embed implements sdk.Host.
func (s *services) Embed(context.Context, sdk.Call, []string) ([][]float32, error) {
	return nil, s.unsupported("embeddings")
}

// Score implements sdk.Host.
func (s *services) Score(context.Context, sdk.Call, string, string) (float64, error) {
	return 0, s.unsupported("log-probabilities")
}

// Recall implements sdk.Host.
func (s *services) Recall(context.Context, sdk.Call, string, int) (string, error) {
	return "", s.unsupported("memory")
}

package minds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// CallsAtOnce bounds the agents of one batch that call their models.
const CallsAtOnce = 64

// maxBio bounds what prompts tell of who an agent is, in runes.
const maxBio = 400

// Sampling is how a model is asked.
type Sampling struct {
	Temperature *float64 `json:"temperature"` // nil: the model's entry in the study decides
	MaxTokens   int      `json:"max_tokens"`  // 0: likewise
}

// Model thinks for agents: it is the host's, asked in the words of prompts.
type Model struct {
	Host     sdk.Host
	Log      *slog.Logger
	Language string // ru or en
	sampling Sampling
	prompts  *template.Template
}

// NewModel reads the prompts of a plugin: prompts/NAME.LANGUAGE.tmpl.
func NewModel(setup sdk.Setup, prompts fs.FS, sampling Sampling) (*Model, error) {
	m := &Model{Host: setup.Host, Log: setup.Log, Language: "en", sampling: sampling}
	if setup.Language == "ru" {
		m.Language = "ru"
	}
	if m.Log == nil {
		m.Log = slog.New(slog.DiscardHandler)
	}
	counting := template.New("").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }})
	var err error
	if m.prompts, err = counting.ParseFS(prompts, "prompts/*."+m.Language+".tmpl"); err != nil {
		return nil, fmt.Errorf("read prompts: %w", err)
	}
	return m, nil
}

// Render fills in a prompt.
func (m *Model) Render(name string, view any) (string, error) {
	var b strings.Builder
	if err := m.prompts.ExecuteTemplate(&b, name+"."+m.Language+".tmpl", view); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return b.String(), nil
}

// Question is what an agent's model is asked.
type Question struct {
	Call   sdk.Call
	Agent  *sdk.Agent
	Prompt string         // its name
	View   map[string]any // what is filled in beside the agent's Name and Bio
	Schema json.RawMessage
	Facts  any // what the plugin adds to the host's facts
}

// Ask has the model fill in a reply. A reply that is not what was asked for is an
// error of kind sdk.ErrModel.
func (m *Model) Ask(ctx context.Context, q Question, reply any) error {
	q.View["Name"], q.View["Bio"] = text.Quote(q.Agent.Name(), perception.MaxName), ""
	if p := q.Agent.Persona; p != nil {
		q.View["Bio"] = text.Quote(p.Bio, maxBio)
	}
	rendered, err := m.Render(q.Prompt, q.View)
	if err != nil {
		return err
	}
	system, user, _ := strings.Cut(rendered, "\n---\n")
	got, err := m.Host.Generate(ctx, sdk.GenerateRequest{
		Call:     q.Call,
		Messages: []sdk.Message{{Role: sdk.RoleSystem, Content: system}, {Role: sdk.RoleUser, Content: user}},
		Schema:   q.Schema, Facts: q.Facts, Temperature: m.sampling.Temperature, MaxTokens: m.sampling.MaxTokens,
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(got.Text), reply); err != nil {
		return sdk.Errorf(sdk.ErrModel, "the reply to %s is not what was asked for: %v", q.Call.Purpose, err)
	}
	return nil
}

// Embed turns texts into unit vectors of a size; 0 is that of the first. Where
// the model gives none that are any use, there are none, and a line in the log.
func (m *Model) Embed(ctx context.Context, call sdk.Call, size int, texts []string) ([]vectors.Vector, error) {
	out := make([]vectors.Vector, len(texts))
	if len(texts) == 0 {
		return out, nil
	}
	got, err := m.Host.Embed(ctx, call, texts)
	switch {
	case err == nil && len(got) != len(texts):
		err = sdk.Errorf(sdk.ErrModel, "%d vectors of %d texts", len(got), len(texts))
	case err != nil && !IsKind(err, sdk.ErrModel) && !IsKind(err, sdk.ErrUnsupported):
		return nil, fmt.Errorf("embed: %w", err)
	}
	if err != nil {
		m.Log.WarnContext(ctx, "memories go without vectors", "agent", call.Agent, "tick", call.Tick, "error", err)
		return out, nil
	}
	for i, v := range got {
		if size == 0 && vectors.Unit(v) {
			size = len(v)
		}
		if len(v) != size || !vectors.Unit(v) {
			m.Log.WarnContext(ctx, "a memory goes without its vector", "agent", call.Agent, "tick", call.Tick, "length", len(v), "wanted", size)
			continue
		}
		out[i] = v
	}
	return out, nil
}

// Skip logs what the model did badly at a call. Any other error is returned.
func (m *Model) Skip(ctx context.Context, call sdk.Call, what string, err error) error {
	if !IsKind(err, sdk.ErrModel) {
		return err
	}
	m.Log.WarnContext(ctx, what, "agent", call.Agent, "tick", call.Tick, "error", err)
	return nil
}

// IsKind reports whether an error is of a kind of sdk.Error.
func IsKind(err error, kind string) bool {
	domain, ok := errors.AsType[*sdk.Error](err)
	return ok && domain.Kind == kind
}

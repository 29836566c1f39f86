// Package curious is the memory plugin that goes over what is new and
// surprising. Every experience has a priority that falls with each replay and
// grows with the surprise that it was; once a simulated night the first ones are
// replayed: the model reflects on them and writes lessons, their surprise is
// measured anew against the lessons, and what taught nothing loses importance.
// What stands out by its surprise comes first to mind.
//
// After Curious Replay (Kauvar, Doyle, Zhou and Haber 2023, "Curious Replay for
// Model-based Adaptation", ICML, arXiv:2306.15934), which trains an agent's
// world model on experiences by priority. Here the world model is a language
// model that is not trained: a replay is a reflection, its loss is the surprise
// at an observation given what the memory led to expect, and what it learns
// stands in lessons. The novelty search among memories is by nearest
// neighbours; relevance and recency are those of Park et al. 2023, "Generative
// Agents", arXiv:2304.03442.
package curious

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"text/template"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// callsAtOnce bounds the agents of one batch that call their models.
const callsAtOnce = 64

const maxBio = 400

// Plugin is memory/curious.
func Plugin() sdk.Plugin {
	return sdk.MemoryPlugin{
		Name: "curious", Version: "1.0.0",
		Summary: "Curious Replay: what is new and surprising comes first, is gone over at night and becomes lessons",
		Schema:  configSchema,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Memory, error) {
			m, err := newMemory(setup)
			if err != nil {
				return nil, err
			}
			return m, nil
		},
	}
}

type memory struct {
	config  config
	host    sdk.Host
	log     *slog.Logger
	lang    string
	words   words
	prompts *template.Template
	warned  sync.Once // that there are no log-probabilities

	mu    sync.RWMutex
	minds map[string]*mind
}

var (
	_ sdk.Memory   = (*memory)(nil)
	_ sdk.Restorer = (*memory)(nil)
)

func newMemory(setup sdk.Setup) (*memory, error) {
	config, err := readConfig(setup.Config)
	if err != nil {
		return nil, err
	}
	m := &memory{config: config, host: setup.Host, log: setup.Log, lang: "en", minds: map[string]*mind{}}
	if setup.Language == "ru" {
		m.lang = "ru"
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	m.words = wordsOf(m.lang)
	counting := template.New("").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }})
	if m.prompts, err = counting.ParseFS(prompts, "prompts/*."+m.lang+".tmpl"); err != nil {
		return nil, fmt.Errorf("read prompts: %w", err)
	}
	return m, nil
}

// mind of an agent; nil where there is none and none is to be made.
func (m *memory) mind(agent string, create bool) *mind {
	m.mu.RLock()
	found := m.minds[agent]
	m.mu.RUnlock()
	if found != nil || !create {
		return found
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.minds[agent] == nil {
		m.minds[agent] = newMind(&m.config)
	}
	return m.minds[agent]
}

// Observe implements sdk.Memory.
func (m *memory) Observe(ctx context.Context, tick int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	changes := make([]changeSet, len(seen))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(callsAtOnce)
	for i := range seen {
		s := &seen[i]
		changes[i].agent = s.Agent.ID
		group.Go(func() error {
			if err := m.live(gctx, tick, s, &changes[i]); err != nil {
				return fmt.Errorf("%s remembers: %w", s.Agent.ID, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []sdk.RecordChange
	for i := range changes {
		all = append(all, changes[i].changes...)
	}
	return all, nil
}

// live lets an agent sleep, if a night has passed, and take in what is new.
func (m *memory) live(ctx context.Context, tick int64, s *sdk.Seen, changes *changeSet) error {
	mind := m.mind(s.Agent.ID, true)
	mind.turn.Lock()
	defer mind.turn.Unlock()
	step := &step{memory: m, mind: mind, seen: s, tick: tick, changes: changes}
	if err := step.sleep(ctx); err != nil {
		return fmt.Errorf("sleep: %w", err)
	}
	if err := step.perceive(ctx); err != nil {
		return err
	}
	mind.mu.Lock()
	defer mind.mu.Unlock()
	return mind.save(changes)
}

// Restore implements sdk.Restorer.
func (m *memory) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		if r.Agent == "" {
			continue
		}
		if err := m.mind(r.Agent, true).restore(r); err != nil {
			return fmt.Errorf("restore %s of %s: %w", r.Key, r.Agent, err)
		}
	}
	for agent, mind := range m.minds {
		if err := mind.settle(); err != nil {
			return fmt.Errorf("restore %s: %w", agent, err)
		}
	}
	return nil
}

// step is one agent's tick.
type step struct {
	*memory
	mind    *mind
	seen    *sdk.Seen
	tick    int64
	changes *changeSet
}

func (s *step) call(purpose string, index int) sdk.Call {
	return sdk.Call{Agent: s.seen.Agent.ID, Tick: s.tick, Purpose: purpose, Index: index}
}

// ask renders a prompt and has the model fill a schema.
func (s *step) ask(ctx context.Context, purpose, prompt string, view map[string]any, schema string, facts, reply any) error {
	view["Name"], view["Bio"] = text.Quote(s.seen.Agent.Name(), maxName), ""
	if p := s.seen.Agent.Persona; p != nil {
		view["Bio"] = text.Quote(p.Bio, maxBio)
	}
	rendered, err := s.render(prompt, view)
	if err != nil {
		return err
	}
	system, user, _ := strings.Cut(rendered, "\n---\n")
	got, err := s.host.Generate(ctx, sdk.GenerateRequest{
		Call:     s.call(purpose, 0),
		Messages: []sdk.Message{{Role: sdk.RoleSystem, Content: system}, {Role: sdk.RoleUser, Content: user}},
		Schema:   json.RawMessage(schema), Facts: facts,
		Temperature: s.config.Temperature, MaxTokens: s.config.MaxTokens,
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(got.Text), reply); err != nil {
		return sdk.Errorf(sdk.ErrModel, "the reply to %s is not what was asked for: %v", purpose, err)
	}
	return nil
}

func (m *memory) render(name string, view any) (string, error) {
	var b strings.Builder
	if err := m.prompts.ExecuteTemplate(&b, name+"."+m.lang+".tmpl", view); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return b.String(), nil
}

// skipped logs what a model did badly. Any other error is the caller's.
func (s *step) skipped(ctx context.Context, what string, err error) error {
	if !isKind(err, sdk.ErrModel) {
		return err
	}
	s.log.WarnContext(ctx, what, "agent", s.seen.Agent.ID, "tick", s.tick, "error", err)
	return nil
}

func isKind(err error, kind string) bool {
	domain, ok := errors.AsType[*sdk.Error](err)
	return ok && domain.Kind == kind
}

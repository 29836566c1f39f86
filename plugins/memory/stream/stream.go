// Package stream is the memory plugin of the Generative Agents: a stream of
// observations, each with an importance, searched by recency, importance and
// relevance; and reflections upon them, which are memories with evidence that
// can be recalled and reflected on in turn.
//
// After Park et al. 2023, "Generative Agents: Interactive Simulacra of Human
// Behavior", UIST, arXiv:2304.03442, section 4, and the authors' program,
// github.com/joonspk-research/generative_agents. Where they disagree, the form
// in the config decides.
//
// A memory that is recalled has been accessed. Recall changes nothing, so that
// Observe recalls what a tick's observation brings to mind, before it takes in
// what is new, marks that as accessed and writes it down; Recall with the same
// observation gives what is written there. Questions of planners and surveys are
// no access: asking leaves no trace.
package stream

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

	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// callsAtOnce bounds the agents of one batch that call their models.
const callsAtOnce = 64

const maxBio = 400

// Plugin is memory/stream.
func Plugin() sdk.Plugin {
	return sdk.MemoryPlugin{
		Name: "stream", Version: "1.0.0",
		Summary: "Generative Agents: a stream searched by recency, importance and relevance, with reflections",
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
	moving  map[string]bool // stems of emotional words
	prompts *template.Template
	buffers sync.Pool // of *scratch

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
	m.words, m.moving = wordsOf(m.lang), emotional()
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

// live lets an agent go through a tick.
func (m *memory) live(ctx context.Context, tick int64, s *sdk.Seen, changes *changeSet) error {
	mind := m.mind(s.Agent.ID, true)
	mind.turn.Lock()
	defer mind.turn.Unlock()
	step := &step{
		memory: m, mind: mind, agent: &s.Agent, tick: tick, changes: changes,
		now: mind.cursor.at(tick, &s.Observation), first: mind.cursor.Next, touched: map[int64]bool{}, vectors: map[int64]packed{},
	}
	if err := step.perceive(ctx, &s.Observation); err != nil {
		return err
	}
	if m.config.reflects(mind.cursor.Unreflected) {
		if err := step.reflect(ctx); err != nil {
			return fmt.Errorf("reflect: %w", err)
		}
	}
	return step.save()
}

// step is one agent's tick.
type step struct {
	*memory
	mind    *mind
	agent   *sdk.Agent
	tick    int64
	now     int64
	changes *changeSet

	first   int64            // number of the tick's first new memory
	touched map[int64]bool   // memories that are new or were accessed
	vectors map[int64]packed // of the new ones
}

func (s *step) call(purpose string, index int) sdk.Call {
	return sdk.Call{Agent: s.agent.ID, Tick: s.tick, Purpose: purpose, Index: index}
}

// learn numbers new memories and takes them in.
func (s *step) learn(fresh []*entry, found []packed) error {
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	for i, e := range fresh {
		e.Seq, e.Tick, e.Time, e.Used = s.mind.cursor.Next, s.tick, s.now, s.now
		if err := s.mind.hold(e, found[i]); err != nil {
			return err
		}
		s.mind.cursor.Next++
		s.touched[e.Seq] = true
		if found[i] != nil {
			s.vectors[e.Seq] = found[i]
		}
	}
	return nil
}

// recollect searches memories of before a tick, and marks what it finds as
// accessed.
func (s *step) recollect(vector []float32, before int64) []hit {
	s.mind.mu.Lock()
	defer s.mind.mu.Unlock()
	found := s.mind.search(probe{now: s.now, before: before, vector: vector, count: s.config.Recall}, &s.buffers)
	places := make([]int, len(found))
	for i, h := range found {
		places[i] = h.place
		s.touched[s.mind.entries[h.place].Seq] = true
	}
	s.mind.access(places, s.now)
	return found
}

// embed turns texts into vectors. Where the model gives none that are any use,
// there are none, and a line in the log.
func (m *memory) embed(ctx context.Context, call sdk.Call, size int, texts []string) ([]packed, error) {
	out := make([]packed, len(texts))
	if len(texts) == 0 {
		return out, nil
	}
	got, err := m.host.Embed(ctx, call, texts)
	switch {
	case err == nil && len(got) != len(texts):
		err = sdk.Errorf(sdk.ErrModel, "%d vectors of %d texts", len(got), len(texts))
	case err != nil && !isKind(err, sdk.ErrModel) && !isKind(err, sdk.ErrUnsupported):
		return nil, fmt.Errorf("embed: %w", err)
	}
	if err != nil {
		m.log.WarnContext(ctx, "memories go without vectors", "agent", call.Agent, "tick", call.Tick, "error", err)
		return out, nil
	}
	for i, v := range got {
		if size == 0 && vectors.Unit(v) {
			size = len(v)
		}
		if len(v) != size || !vectors.Unit(v) {
			m.log.WarnContext(ctx, "a memory goes without its vector", "agent", call.Agent, "tick", call.Tick, "length", len(v), "wanted", size)
			continue
		}
		out[i] = v
	}
	return out, nil
}

// ask renders a prompt and has the model fill a schema.
func (s *step) ask(ctx context.Context, call sdk.Call, prompt string, view map[string]any, schema string, facts, reply any) error {
	view["Name"], view["Bio"] = text.Quote(s.agent.Name(), maxName), ""
	if p := s.agent.Persona; p != nil {
		view["Bio"] = text.Quote(p.Bio, maxBio)
	}
	rendered, err := s.render(prompt, view)
	if err != nil {
		return err
	}
	system, user, _ := strings.Cut(rendered, "\n---\n")
	got, err := s.host.Generate(ctx, sdk.GenerateRequest{
		Call:     call,
		Messages: []sdk.Message{{Role: sdk.RoleSystem, Content: system}, {Role: sdk.RoleUser, Content: user}},
		Schema:   json.RawMessage(schema), Facts: facts,
		Temperature: s.config.Temperature, MaxTokens: s.config.MaxTokens,
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(got.Text), reply); err != nil {
		return sdk.Errorf(sdk.ErrModel, "the reply to %s is not what was asked for: %v", call.Purpose, err)
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
	s.log.WarnContext(ctx, what, "agent", s.agent.ID, "tick", s.tick, "error", err)
	return nil
}

func isKind(err error, kind string) bool {
	domain, ok := errors.AsType[*sdk.Error](err)
	return ok && domain.Kind == kind
}

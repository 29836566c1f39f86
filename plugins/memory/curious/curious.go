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
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

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
	*minds.Model
	config config
	words  words
	warned sync.Once // that there are no log-probabilities
	minds  minds.Set[mind]
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
	m := &memory{config: config}
	if m.Model, err = minds.NewModel(setup, prompts, config.Sampling); err != nil {
		return nil, err
	}
	m.words = wordsOf(m.Language)
	return m, nil
}

func (m *memory) newMind() *mind { return newMind(&m.config) }

// Observe implements sdk.Memory.
func (m *memory) Observe(ctx context.Context, tick int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	changes := make([]minds.Changes, len(seen))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(minds.CallsAtOnce)
	for i := range seen {
		s := &seen[i]
		changes[i].Agent = s.Agent.ID
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
	return minds.Join(changes)
}

// live lets an agent sleep, if a night has passed, and take in what is new.
func (m *memory) live(ctx context.Context, tick int64, s *sdk.Seen, changes *minds.Changes) error {
	mind := m.minds.Of(s.Agent.ID, m.newMind)
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
	mind.save(changes)
	return nil
}

// Restore implements sdk.Restorer.
func (m *memory) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		if r.Agent == "" {
			continue
		}
		if err := m.minds.Of(r.Agent, m.newMind).restore(r); err != nil {
			return fmt.Errorf("restore %s of %s: %w", r.Key, r.Agent, err)
		}
	}
	for agent, mind := range m.minds.All() {
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
	changes *minds.Changes
}

func (s *step) call(purpose string, index int) sdk.Call {
	return sdk.Call{Agent: s.seen.Agent.ID, Tick: s.tick, Purpose: purpose, Index: index}
}

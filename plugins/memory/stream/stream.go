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
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

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
	*minds.Model
	config  config
	words   words
	moving  map[string]bool // stems of emotional words
	buffers sync.Pool       // of *scratch
	minds   minds.Set[mind]
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
	m := &memory{config: config, moving: emotional()}
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

// live lets an agent go through a tick.
func (m *memory) live(ctx context.Context, tick int64, s *sdk.Seen, changes *minds.Changes) error {
	mind := m.minds.Of(s.Agent.ID, m.newMind)
	mind.turn.Lock()
	defer mind.turn.Unlock()
	step := &step{
		memory: m, mind: mind, agent: &s.Agent, tick: tick, changes: changes,
		now: mind.cursor.at(tick, &s.Observation), first: mind.cursor.Next, touched: map[int64]bool{}, vectors: map[int64]vectors.Vector{},
	}
	if err := step.perceive(ctx, &s.Observation); err != nil {
		return err
	}
	if m.config.reflects(mind.cursor.Unreflected) {
		if err := step.reflect(ctx); err != nil {
			return fmt.Errorf("reflect: %w", err)
		}
	}
	step.save()
	return nil
}

// step is one agent's tick.
type step struct {
	*memory
	mind    *mind
	agent   *sdk.Agent
	tick    int64
	now     int64
	changes *minds.Changes

	first   int64                    // number of the tick's first new memory
	touched map[int64]bool           // memories that are new or were accessed
	vectors map[int64]vectors.Vector // of the new ones
}

func (s *step) call(purpose string, index int) sdk.Call {
	return sdk.Call{Agent: s.agent.ID, Tick: s.tick, Purpose: purpose, Index: index}
}

// learn numbers new memories and takes them in.
func (s *step) learn(fresh []*entry, found []vectors.Vector) error {
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

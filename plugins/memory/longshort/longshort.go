// Package longshort is the memory plugin that keeps what residents live through
// in two stages. Short-term: the last interactions, word for word. Long-term:
// what the resident makes of people and places (relationship, impression, a few
// episodes), rewritten by the model when enough interactions have gathered, and
// which actions once fulfilled which plan.
//
// After LongShortTermMemories of AgentSims (Lin et al. 2023, arXiv:2308.04026):
// there is no retrieval by embedding; what is known about those who are present
// goes into the prompt.
package longshort

import (
	"context"
	"embed"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// Plugin is memory/longshort.
func Plugin() sdk.Plugin {
	return sdk.MemoryPlugin{
		Name: "longshort", Version: "1.0.0",
		Summary: "short-term interactions, long-term impressions of people and places, and plans that worked",
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
	plans  *normaliser
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
	m := &memory{config: config, plans: newNormaliser()}
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
		mind, err := m.notice(tick, s, &changes[i])
		if err == nil && (mind == nil || !mind.due()) {
			continue
		}
		group.Go(func() error {
			if err == nil {
				err = m.consolidate(gctx, tick, s.Agent, mind, &changes[i])
			}
			if err != nil {
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

// notice takes in what is new in an observation. It returns the agent's mind,
// or nil where nothing is new.
func (m *memory) notice(tick int64, s *sdk.Seen, changes *minds.Changes) (*mind, error) {
	mind := m.minds.Find(s.Agent.ID)
	news, err := m.gather(mind, s)
	if err != nil || news.empty() {
		return nil, err
	}
	mind = m.minds.Of(s.Agent.ID, m.newMind)
	mind.mu.Lock()
	defer mind.mu.Unlock()
	mind.take(tick, news, changes)
	m.learn(mind, tick, s.Agent.Plan, news, changes)
	mind.save(changes)
	return mind, nil
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
	for _, mind := range m.minds.All() {
		mind.settle()
	}
	return nil
}

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
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"text/template"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var prompts embed.FS

// callsAtOnce bounds the model calls of one batch.
const callsAtOnce = 64

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
	config  config
	host    sdk.Host
	log     *slog.Logger
	lang    string
	words   words
	prompts *template.Template
	plans   *normaliser

	mu    sync.RWMutex
	minds map[string]*mind // of agents that have something to remember
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
	m := &memory{config: config, host: setup.Host, log: setup.Log, lang: "en", minds: map[string]*mind{}, plans: newNormaliser()}
	if setup.Language == "ru" {
		m.lang = "ru"
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	m.words = wordsOf(m.lang)
	if m.prompts, err = template.ParseFS(prompts, "prompts/*."+m.lang+".tmpl"); err != nil {
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
		mind := m.notice(tick, s, &changes[i])
		if mind == nil || !mind.due() {
			continue
		}
		group.Go(func() error {
			if err := m.consolidate(gctx, tick, s.Agent, mind, &changes[i]); err != nil {
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
		all = append(all, changes[i].list()...)
	}
	return all, nil
}

// notice takes in what is new in an observation. It returns the agent's mind,
// or nil where nothing is new.
func (m *memory) notice(tick int64, s *sdk.Seen, changes *changeSet) *mind {
	mind := m.mind(s.Agent.ID, false)
	news := m.gather(mind, s)
	if news.empty() {
		return nil
	}
	mind = m.mind(s.Agent.ID, true)
	mind.mu.Lock()
	defer mind.mu.Unlock()
	mind.take(tick, news, changes)
	m.learn(mind, tick, s.Agent.Plan, news, changes)
	mind.save(changes)
	return mind
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
	for _, mind := range m.minds {
		mind.settle()
	}
	return nil
}

func (m *memory) generate(ctx context.Context, req sdk.GenerateRequest, reply any) error {
	req.Temperature, req.MaxTokens = m.config.Temperature, m.config.MaxTokens
	got, err := m.host.Generate(ctx, req)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(got.Text), reply); err != nil {
		return sdk.Errorf(sdk.ErrModel, "the reply to %s is not what was asked for: %v", req.Call.Purpose, err)
	}
	return nil
}

// Package provide makes the providers that a study names: the reference, and
// servers behind a pool. It is the one place that knows them all.
package provide

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/ollama"
	"github.com/llm-city/gorod/core/llm/openai"
	"github.com/llm-city/gorod/core/llm/pool"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/core/spec"
)

// Providers that a model's entry may name.
const (
	Ollama    = "ollama"
	OpenAI    = "openai"
	Reference = "reference"
)

// Set holds the providers of a study's models, for all of its runs: they share
// the slots of its endpoints. It may be used by several goroutines.
type Set struct {
	entries map[string]entry
	pool    *pool.Pool

	mu       sync.Mutex
	watchers map[int]func(pool.Change)
	last     int // number of the last watcher
}

// entry is one model with its servers; there are none for the reference.
type entry struct {
	spec.Model
	provider  llm.Provider
	endpoints []pool.Endpoint
}

// New makes the providers of models. getenv gives the keys that they name. All
// that is wrong is in one error. No server is asked.
func New(models map[string]spec.Model, getenv func(string) string, log *slog.Logger) (*Set, error) {
	set := &Set{entries: map[string]entry{}, watchers: map[int]func(pool.Change){}}
	var pooled []pool.Model
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(models)) {
		e, err := newEntry(models[name], getenv)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("models.%s: %v", name, err))
			continue
		}
		if e.provider == nil {
			pooled = append(pooled, pool.Model{
				Name: name, Endpoints: e.endpoints, Parallel: e.Parallel, Timeout: e.Timeout, Retries: e.Retries,
			})
		}
		set.entries[name] = e
	}
	if len(wrong) > 0 {
		return nil, &llm.Error{Kind: llm.BadRequest, Err: fmt.Errorf("%s", strings.Join(wrong, "; "))}
	}
	set.pool = pool.New(pooled, pool.Options{Log: log, OnChange: set.changed})
	for _, m := range pooled {
		e := set.entries[m.Name]
		e.provider = set.pool.Model(m.Name)
		set.entries[m.Name] = e
	}
	return set, nil
}

func newEntry(m spec.Model, getenv func(string) string) (entry, error) {
	e := entry{Model: m}
	if m.Provider == Reference {
		e.provider = reference.New()
	}
	key := ""
	if m.APIKeyEnv != "" {
		if key = getenv(m.APIKeyEnv); key == "" {
			return e, fmt.Errorf("the environment variable %s, named by api_key_env, is empty or not set", m.APIKeyEnv)
		}
	}
	if len(m.Endpoints) == 0 && m.Provider != Reference {
		return e, fmt.Errorf("no endpoints are named")
	}
	for _, url := range m.Endpoints {
		endpoint, err := newEndpoint(m, url, key)
		if err != nil {
			return e, err
		}
		e.endpoints = append(e.endpoints, endpoint)
	}
	return e, nil
}

// newEndpoint is a server of the kind that the entry names.
func newEndpoint(m spec.Model, url, key string) (pool.Endpoint, error) {
	switch m.Provider {
	case Ollama:
		s, err := ollama.New(url, m.NumCtx)
		if err != nil {
			return pool.Endpoint{}, err
		}
		return pool.Endpoint{Name: s.Name(), Provider: s}, nil
	case OpenAI:
		s, err := openai.New(url, key)
		if err != nil {
			return pool.Endpoint{}, err
		}
		return pool.Endpoint{Name: s.Name(), Provider: s}, nil
	default:
		return pool.Endpoint{}, fmt.Errorf("provider %q is none of %s, %s, %s", m.Provider, Ollama, OpenAI, Reference)
	}
}

// Provider answers for an entry; nil for a name that the study does not have.
func (s *Set) Provider(name string) llm.Provider { return s.entries[name].provider }

// Watch has f told how endpoints come and go, until end is called. f must not
// call the Set.
func (s *Set) Watch(f func(pool.Change)) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	n := s.last
	s.watchers[n] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, n)
	}
}

func (s *Set) changed(c pool.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.watchers {
		f(c)
	}
}

// Health says how the endpoints of all entries stand.
func (s *Set) Health() []pool.Health { return s.pool.Health() }

// Stats say how the pool of an entry is doing; zero for the reference.
func (s *Set) Stats(name string) pool.Stats { return s.pool.Stats(name) }

// Endpoints are the names of an entry's servers.
func (s *Set) Endpoints(name string) (out []string) {
	for _, e := range s.entries[name].endpoints {
		out = append(out, e.Name)
	}
	return out
}

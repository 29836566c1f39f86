// Package minds holds what memory plugins share of minds: those of all agents,
// and the model that thinks for them.
package minds

import (
	"iter"
	"maps"
	"sync"
)

// Set is the minds of agents, by id. Its zero value is empty. It may be used by
// several goroutines.
type Set[M any] struct {
	mu  sync.RWMutex
	all map[string]*M
}

// Find is the mind of an agent, or nil.
func (s *Set[M]) Find(agent string) *M {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all[agent]
}

// Of is the mind of an agent, which is made where there is none.
func (s *Set[M]) Of(agent string, make func() *M) *M {
	if found := s.Find(agent); found != nil {
		return found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]*M{}
	}
	if s.all[agent] == nil {
		s.all[agent] = make()
	}
	return s.all[agent]
}

// All are the minds there are; nobody may make one meanwhile.
func (s *Set[M]) All() iter.Seq2[string, *M] { return maps.All(s.all) }

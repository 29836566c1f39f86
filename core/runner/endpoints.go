package runner

import (
	"slices"

	"github.com/llm-city/gorod/core/llm/pool"
)

// mostChanges is how many times a run notes that an endpoint came or went: one
// that flaps all night is no news.
const mostChanges = 100

// used is what the run asked of its models, and how their servers stand.
func (r *run) used() Usage {
	u := r.usage.read()
	if r.opts.models != nil {
		u.Endpoints = r.opts.models.Health()
	}
	return u
}

// watchEndpoints notes as incidents how the run's endpoints come and go, until
// end is called. A replay has none.
func (r *run) watchEndpoints(s *session) (end func()) {
	if s.replay != nil {
		return func() {}
	}
	mine := map[string]bool{}
	for _, name := range r.opts.served.names[r.planned.Cell.Name] {
		for _, endpoint := range r.opts.models.Endpoints(name) {
			mine[endpoint] = true
		}
	}
	left := mostChanges
	return r.opts.models.Watch(func(c pool.Change) { // one at a time
		if !mine[c.Endpoint] || left == 0 {
			return
		}
		left--
		r.engine.Incident("endpoint "+incidentOf(c.State), c.Endpoint, c.Why)
	})
}

// incidentOf is what happened to an endpoint that has come into a state.
func incidentOf(s pool.State) string {
	if slices.Contains([]pool.State{pool.Drained, pool.Slow}, s) {
		return string(s)
	}
	return "returned"
}

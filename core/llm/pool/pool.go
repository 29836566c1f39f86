// Package pool shares the endpoints of models among all that ask: agents of
// every run of a study at once. It never has more requests at an endpoint than
// its slots, lets those who wait go first come, first served where none is urgent, keeps an agent
// where its prompt's prefix is held, tries again what may succeed later, and
// leaves endpoints alone that are down.
package pool

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

// DefaultTimeout bounds a request where its model sets no time-out.
const DefaultTimeout = 5 * time.Minute

// Model is an entry of a study's models: who serves it, and how it is asked.
type Model struct {
	Name      string // of the entry
	Endpoints []Endpoint
	Parallel  int           // requests at once at one endpoint; at least 1
	Timeout   time.Duration // of one request; 0 means DefaultTimeout
	Retries   int           // further tries after a failure that may pass
}

// Endpoint is a server that has the model. Models that name the same server
// share its slots: the largest Parallel among them.
type Endpoint struct {
	Name     string // its URL
	Provider llm.Provider
}

// Options of a Pool; the zero value is fine.
type Options struct {
	Log  *slog.Logger
	Rand func() float64 // in 0…1, for jitter; called by one goroutine at a time
	// OnChange is told how endpoints come and go. It must not call the pool.
	OnChange func(Change)
}

// Pool is the queues of models before their endpoints. It may be used by
// several goroutines.
type Pool struct {
	log     *slog.Logger
	random  func() float64
	changed func(Change)

	mu      sync.Mutex
	servers map[string]*server
	order   []*server // in the order given
	models  []*model  // in the order given
	seq     uint64    // of the last waiter
	wake    *time.Timer
	wakeAt  time.Time
}

// New makes a pool. Models must have distinct names.
func New(models []Model, opts Options) *Pool {
	p := &Pool{log: opts.Log, random: opts.Rand, changed: opts.OnChange, servers: map[string]*server{}}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.random == nil {
		p.random = rand.Float64
	}
	if p.changed == nil {
		p.changed = func(Change) {}
	}
	for _, m := range models {
		p.models = append(p.models, p.newModel(m))
	}
	return p
}

func (p *Pool) newModel(cfg Model) *model {
	cfg.Parallel = max(cfg.Parallel, 1)
	if cfg.Timeout <= 0 {
		cfg.Timeout = DefaultTimeout
	}
	m := &model{Model: cfg, homes: map[string]*seat{}}
	for _, e := range cfg.Endpoints {
		s := p.servers[e.Name]
		if s == nil {
			s = &server{name: e.Name, flights: map[*waiter]struct{}{}}
			s.probe, _ = e.Provider.(llm.Lister)
			p.servers[e.Name] = s
			p.order = append(p.order, s)
		}
		s.slots = max(s.slots, cfg.Parallel)
		m.seats = append(m.seats, &seat{server: s, provider: e.Provider, model: m, pace: pace{answers: unsettled}})
	}
	return m
}

// Model is the provider of an entry, or nil for a name that was not given.
func (p *Pool) Model(name string) llm.Provider {
	for _, m := range p.models {
		if m.Name == name {
			return &client{pool: p, model: m}
		}
	}
	return nil
}

// client asks one model through the pool.
type client struct {
	pool  *Pool
	model *model
}

// Generate implements llm.Provider.
func (c *client) Generate(ctx context.Context, req llm.Request) (resp llm.Response, err error) {
	admit := once(req.Admit)
	latency, err := c.pool.do(ctx, c.model, &waiter{urgent: req.Urgency, agent: req.Agent, model: req.Model}, func(ctx context.Context, s *seat) (err error) {
		if err := admit(); err != nil {
			return err
		}
		resp, err = s.provider.Generate(ctx, req)
		resp.Endpoint = s.server.name
		return err
	})
	resp.Latency = latency
	return resp, err
}

// once calls admit for the first try alone; further ones are the same call.
func once(admit func() error) func() error {
	return func() (err error) {
		if admit != nil {
			err = admit()
		}
		if err == nil {
			admit = nil
		}
		return err
	}
}

// embedBatch is how many texts go into one request.
const embedBatch = 64

// Embed implements llm.Provider. Many texts are asked for in several requests
// at once.
func (c *client) Embed(ctx context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	if len(req.Texts) <= embedBatch {
		return c.embed(ctx, req)
	}
	return c.embedMany(ctx, req)
}

func (c *client) embed(ctx context.Context, req llm.EmbedRequest) (resp llm.EmbedResponse, err error) {
	admit := once(req.Admit)
	latency, err := c.pool.do(ctx, c.model, &waiter{model: req.Model}, func(ctx context.Context, s *seat) (err error) {
		if err := admit(); err != nil {
			return err
		}
		resp, err = s.provider.Embed(ctx, req)
		resp.Endpoint = s.server.name
		return err
	})
	resp.Latency = latency
	return resp, err
}

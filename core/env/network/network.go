// Package network is the environment of a social network: what residents see of
// it in a tick, what they may do there, and what becomes of it.
package network

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// Bounds of what a resident sees and of what is remembered for it.
const (
	noticesShown = 50  // notifications of an observation; the rest waits
	peopleShown  = 20  // of an observation
	groupsShown  = 10  // that a resident could join
	trendsShown  = 5   // of an observation
	trendsKept   = 10  // that reading trends tells
	foundShown   = 5   // posts of a search
	shownKept    = 128 // posts that a resident is known to have seen
	toldKept     = 50  // events that wait for a resident that sleeps
)

// Options are what the environment is made of.
type Options struct {
	Settings  spec.Network
	Language  string // ru or en
	Residents []spec.Resident
	Step      time.Duration // of the clock: posts of a tick are spread over it
	Seed      uint64        // of the run: draws the follow graph
	// Later are feeds that an intervention may turn on: what they need is kept
	// from the start.
	Later []string
	// Embed turns texts into vectors of one length. Only the interest feed needs
	// it.
	Embed Embed
	// Network is where residents are; nil makes an embedded one with the follow
	// graph and the groups of Settings.
	Network social.Network
}

// Embed turns texts into unit vectors of one length.
type Embed func(ctx context.Context, texts []string) ([][]float32, error)

// Environment is the network as residents live in it.
type Environment struct {
	settings spec.Network
	language string
	step     time.Duration
	people   *people.Directory
	net      social.Network
	feed     ranker
	verbs    []verb
	readers  []reader  // by place in the population
	guests   []*reader // visitors, in the order of their coming
	texts    map[string]string
	openings map[string]string // of texts, for those that were looked for
	sayings  sayings           // when a visitor wrote last
	fresh    []string          // ids of texts not yet handed out as rows
	trends   []social.Trend
	vectors  *vectors  // nil but for the interest feed
	scratch  sync.Pool // of map[uint64]int
}

var _ env.Environment = (*Environment)(nil)

// New makes the environment.
func New(o Options) (*Environment, error) {
	e := &Environment{
		settings: withDefaults(o.Settings), language: o.Language, step: o.Step, net: o.Network,
		scratch: sync.Pool{New: func() any { return make(map[uint64]int, 2*shownKept) }},
		people:  people.New(o.Residents), readers: make([]reader, len(o.Residents)), texts: map[string]string{}, openings: map[string]string{},
	}
	for i, r := range o.Residents {
		e.readers[i] = reader{id: r.ID, place: i}
	}
	var err error
	if e.verbs, err = allowed(o.Settings.Actions, o.Language); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	if e.settings.Feed.Rank == interestFeed || slices.Contains(o.Later, interestFeed) {
		if o.Embed == nil {
			return nil, fmt.Errorf("network: the interest feed needs an embedding model")
		}
		e.vectors = newVectors(o.Embed, o.Residents)
	}
	if err := e.rerank(e.settings.Feed); err != nil {
		return nil, err
	}
	if e.net == nil {
		if e.net, err = embed(o, e.people); err != nil {
			return nil, fmt.Errorf("network: %w", err)
		}
	}
	return e, nil
}

// rerank makes a feed the one that residents see.
func (e *Environment) rerank(f spec.Feed) (err error) {
	f.Size = max(0, f.Size)
	f.Window = max(f.Window, f.Size)
	if e.feed, err = newRanker(f, e.vectors); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	e.settings.Feed = f
	return nil
}

// withDefaults makes settings usable: a feed that is not set at all becomes a
// chronological one.
func withDefaults(n spec.Network) spec.Network {
	if n.Feed.Rank == "" {
		n.Feed = spec.Feed{Rank: chronologicalFeed, Size: 10, Window: 200, Discover: n.Feed.Discover}
	}
	if n.Feed.HalfLife <= 0 {
		n.Feed.HalfLife = 6 * time.Hour
	}
	return n
}

// Tell implements env.Environment.
func (e *Environment) Tell(_ env.Tick, told event.Told, agents []string) {
	if _, known := e.texts[told.Event]; !known {
		e.texts[told.Event] = told.Text
		e.fresh = append(e.fresh, told.Event)
	}
	for _, id := range agents {
		if r := e.reader(id); r != nil && len(r.told) < toldKept && !slices.Contains(r.told, told.Event) {
			r.told = append(r.told, told.Event)
			r.unsaved = true
		}
	}
}

// Turns implements env.Environment: whoever is awake takes part.
func (e *Environment) Turns(ctx context.Context, _ env.Tick, awake []string) ([]env.Turn, error) {
	places := make([]int, len(awake))
	for i, id := range awake {
		if places[i] = e.people.Index(id); places[i] < 0 || places[i] >= len(e.readers) {
			return nil, fmt.Errorf("network: nobody has the id %q", id)
		}
	}
	slices.Sort(places)
	turns := make([]env.Turn, len(places))
	for i, p := range places {
		turns[i] = env.Turn{Agent: e.readers[p].id, Acts: true}
	}
	var err error
	if e.trends, err = e.net.Trends(ctx, trendsKept); err != nil {
		return nil, fmt.Errorf("network: trends: %w", err)
	}
	if e.vectors != nil {
		if err := e.vectors.update(ctx); err != nil {
			return nil, fmt.Errorf("network: embed: %w", err)
		}
	}
	return turns, nil
}

// Done implements env.Environment: a network has no end.
func (e *Environment) Done() bool { return false }

// reader is a resident by id, or nil.
func (e *Environment) reader(id string) *reader {
	if i := e.people.Index(id); i >= 0 && i < len(e.readers) {
		return &e.readers[i]
	}
	return nil
}

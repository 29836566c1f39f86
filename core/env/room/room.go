// Package room is the environment of a conversation with turns: an interview, a
// focus group, a debate. A tick is a turn: everybody present perceives, one
// speaks.
package room

import (
	"context"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// Bounds of what is kept of a conversation.
const (
	defaultHistory = 12
	toldKept       = 50 // events that wait for a participant that sleeps
)

// Options are what a room is made of.
type Options struct {
	Settings  spec.Room
	Language  string // ru or en
	Residents []spec.Resident
}

// Environment is a room with its participants.
type Environment struct {
	settings spec.Room
	language string
	people   *people.Directory
	choose   order
	words    *words
	seats    []seat // by place in the population
	host     int    // place, or people.Nobody
	opener   int
	floor    floor
	messages []message // the last ones, oldest first
	count    int       // ever said
	texts    map[string]string
	fresh    []string // ids of texts not yet handed out as rows
}

var _ env.Environment = (*Environment)(nil)

// New makes a room in which all residents are.
func New(o Options) (*Environment, error) {
	e := &Environment{
		settings: o.Settings, language: o.Language, people: people.New(o.Residents), words: newWords(),
		seats: make([]seat, len(o.Residents)), floor: newFloor(), texts: map[string]string{},
	}
	if e.settings.History <= 0 {
		e.settings.History = defaultHistory
	}
	var err error
	if e.choose, err = newOrder(o.Settings.Order); err != nil {
		return nil, fmt.Errorf("room: %w", err)
	}
	if e.host, err = e.named("host", o.Settings.Host); err != nil {
		return nil, err
	}
	if e.opener, err = e.named("opener", o.Settings.Opener); err != nil {
		return nil, err
	}
	for i, r := range o.Residents {
		e.seats[i] = seat{id: r.ID, place: i, interests: e.words.interests(r)}
	}
	for i := range e.seats {
		e.seats[i].name = e.words.name(e.people, i)
	}
	return e, nil
}

// named is the place of a participant that the study names.
func (e *Environment) named(role, name string) (int, error) {
	if name == "" {
		return people.Nobody, nil
	}
	i := e.people.Find(name)
	if i < 0 {
		return i, fmt.Errorf("room: the %s is %q, but no resident, or more than one, is called so", role, name)
	}
	return i, nil
}

// Tell implements env.Environment.
func (e *Environment) Tell(_ env.Tick, told event.Told, agents []string) {
	if _, known := e.texts[told.Event]; !known {
		e.texts[told.Event] = told.Text
		e.fresh = append(e.fresh, told.Event)
	}
	for _, id := range agents {
		if s := e.seat(id); s != nil && len(s.told) < toldKept && !slices.Contains(s.told, told.Event) {
			s.told = append(s.told, told.Event)
			s.unsaved = true
		}
	}
}

// Turns implements env.Environment: of those present and awake all perceive,
// and one speaks.
func (e *Environment) Turns(_ context.Context, tick env.Tick, awake []string) ([]env.Turn, error) {
	var present []int
	for _, id := range awake {
		i := e.people.Index(id)
		if i < 0 {
			return nil, fmt.Errorf("room: nobody has the id %q", id)
		}
		if !e.seats[i].left {
			present = append(present, i)
		}
	}
	slices.Sort(present)
	if e.Done() {
		return nil, nil
	}
	e.floor.give(e.next(tick, present))
	turns := make([]env.Turn, len(present))
	for i, place := range present {
		turns[i] = env.Turn{Agent: e.seats[place].id, Acts: place == e.floor.speaker}
	}
	return turns, nil
}

// Done implements env.Environment: a conversation takes two.
func (e *Environment) Done() bool { return len(e.present()) < 2 }

// present are the places of those who have not left.
func (e *Environment) present() []int {
	var out []int
	for i := range e.seats {
		if !e.seats[i].left {
			out = append(out, i)
		}
	}
	return out
}

func (e *Environment) seat(id string) *seat {
	if i := e.people.Index(id); i >= 0 {
		return &e.seats[i]
	}
	return nil
}

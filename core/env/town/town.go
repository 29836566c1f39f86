// Package town is the environment of AgentSims' mayor game: a grid of lots with
// houses, offices and shops, residents who work, buy, eat, sleep and talk, each
// of which takes its time, and a mayor who builds and recruits with the money
// that residents spend.
package town

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Ask has a resident's language model answer a prompt with JSON that fits a
// schema. An error ends the run.
type Ask func(ctx context.Context, agent string, tick int64, prompt string, schema json.RawMessage) (json.RawMessage, error)

// Options are what a town is made of. All but Ask and Model are required.
type Options struct {
	Settings  spec.Town
	Language  string // ru or en
	Residents []spec.Resident
	Start     time.Time     // simulated, of the first tick
	Step      time.Duration // between ticks
	Model     string        // entry of models that newcomers think with
	Ask       Ask           // for outcome: model; without it the rule decides
}

// Environment is a town with its residents. It is an env.Governed and an
// env.Chronicler.
type Environment struct {
	settings   spec.Town
	language   string
	start      time.Time
	step       time.Duration
	model      string
	ask        Ask
	kinds      map[string]*kind
	titles     titles
	foods      map[string]bool // things that can be eaten
	verbs      map[string]verb
	population []spec.Resident // with newcomers
	founders   int             // who were there from the start
	people     *people.Directory
	residents  []*resident // by place in the population
	names      map[string]bool

	state     state
	unsaved   bool
	buildings []*building // by y and x
	gone      []string    // ids of buildings that are no more, not yet handed out as rows
	texts     map[string]string
	fresh     []string // ids of texts not yet handed out as rows

	now       time.Time        // of the tick
	crowds    map[string][]int // who is where as the tick begins, by place in the population
	places    []string         // where one can go
	guide     string           // what is there, in words
	pending   []event.Event    // of the tick, not yet handed out
	decisions int              // of the mayor in the tick
	invalid   int
}

var (
	_ env.Environment = (*Environment)(nil)
	_ env.Governed    = (*Environment)(nil)
	_ env.Chronicler  = (*Environment)(nil)
)

// New makes a town at its start: residents take the beds there are, in order.
func New(o Options) (*Environment, error) {
	var flaws []error
	for _, f := range o.Settings.Flaws() {
		flaws = append(flaws, fmt.Errorf("town: %s: %s: %s", f.Path, f.What, f.Why))
	}
	if len(flaws) > 0 {
		return nil, errors.Join(flaws...)
	}
	e := &Environment{
		settings: o.Settings.Resolved(), language: o.Language, start: o.Start, step: o.Step, model: o.Model, ask: o.Ask,
		titles: newTitles(o.Language), verbs: verbs(), founders: len(o.Residents), names: map[string]bool{},
		state: newState(), texts: map[string]string{}, now: o.Start,
	}
	e.kinds, e.foods = catalogue(e.settings)
	for _, b := range e.settings.Buildings {
		e.raise(e.kinds[b.Type], sdk.Lot{X: b.X, Y: b.Y})
	}
	for _, r := range o.Residents {
		e.settle(r)
	}
	e.people = people.New(e.population)
	e.house()
	return e, nil
}

// house gives the homeless the free beds, in order.
func (e *Environment) house() {
	for _, r := range e.residents {
		for _, b := range e.buildings {
			if r.home == nil && b.freeBeds() > 0 {
				r.moveIn(b)
				r.at = b
			}
		}
	}
}

// settle adds somebody to the population, without a home or a coin. The
// directory of people does not know it yet.
func (e *Environment) settle(r spec.Resident) *resident {
	one := &resident{id: r.ID, place: len(e.residents), bag: map[string]int{}, unsaved: true}
	e.population, e.residents = append(e.population, r), append(e.residents, one)
	e.names[foldedName(r)] = true
	return one
}

// Done implements env.Environment: life in a town goes on.
func (e *Environment) Done() bool { return false }

func (e *Environment) resident(id string) *resident {
	if i := e.people.Index(id); i >= 0 {
		return e.residents[i]
	}
	return nil
}

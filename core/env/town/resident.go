package town

import (
	"slices"
	"time"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of what is kept of a resident.
const (
	toldKept = 50 // events that wait for a resident that sleeps
	talkKept = 10 // lines of its talks that it remembers
)

// resident is somebody who lives in the town.
type resident struct {
	id    string
	place int  // in the population
	new   bool // a newcomer whose row is not yet handed out

	at    *building // nil is the street
	home  *building
	job   *building // where its desk is
	cash  int64
	bag   map[string]int // what it bought and has, by thing
	until time.Time      // busy until then
	doing string         // with what: a kind of action
	// interrupted is how often talk has interrupted what it is busy with.
	interrupted int

	told    []string // events that it has yet to see
	knows   hearsay.Knowledge
	talk    []line // said to it and by it, oldest first
	unsaved bool
}

// line is something that one resident said to another.
type line struct {
	Num   int       `json:"num"` // from 1; the id is m1, m2, …
	From  string    `json:"from"`
	To    string    `json:"to"`
	Text  string    `json:"text"`
	Event string    `json:"event,omitempty"` // of the study that it is about
	Time  time.Time `json:"time"`
	New   bool      `json:"new,omitempty"` // not yet heard
}

// busy reports whether the resident is busy at a time.
func (r *resident) busy(at time.Time) bool { return r.until.After(at) }

// spend makes the resident busy from a time, or from when it is free.
func (r *resident) spend(from time.Time, d time.Duration, doing string) {
	if r.until.After(from) {
		from = r.until
	}
	r.until, r.doing, r.interrupted, r.unsaved = from.Add(d), doing, 0, true
}

func (r *resident) moveIn(b *building) {
	if r.home != nil {
		r.home.sleepers--
	}
	r.home, r.unsaved = b, true
	b.sleepers++
}

func (r *resident) hire(b *building) {
	if r.job != nil {
		r.job.workers--
	}
	r.job, r.unsaved = b, true
	b.workers++
}

// hear keeps a line of a talk and forgets the oldest.
func (r *resident) hear(l line) {
	if r.talk = append(r.talk, l); len(r.talk) > talkKept {
		r.talk = append(r.talk[:0], r.talk[len(r.talk)-talkKept:]...)
	}
	r.unsaved = true
}

// addressed reports whether somebody said something that it has not heard.
func (r *resident) addressed() bool {
	for i := range r.talk {
		if r.talk[i].New {
			return true
		}
	}
	return false
}

// tell has the resident see an event at its next look.
func (r *resident) tell(id string) {
	for _, known := range r.told {
		if known == id {
			return
		}
	}
	if len(r.told) < toldKept {
		r.told, r.unsaved = append(r.told, id), true
	}
}

func nameOf(r spec.Resident) string { return sdk.Agent{ID: r.ID, Persona: r.Persona}.Name() }

func foldedName(r spec.Resident) string { return lang.Fold(nameOf(r)) }

// foods are what the resident has of what can be eaten, sorted.
func (r *resident) foods(edible map[string]bool) []string {
	var out []string
	for thing := range r.bag {
		if edible[thing] {
			out = append(out, thing)
		}
	}
	slices.Sort(out)
	return out
}

// use uses one of a thing up.
func (r *resident) use(thing string) {
	if r.bag[thing]--; r.bag[thing] <= 0 {
		delete(r.bag, thing)
	}
	r.unsaved = true
}

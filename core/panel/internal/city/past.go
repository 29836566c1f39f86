package city

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// past is what happened so far, in order. It only grows: what a View shows as it
// stood after a tick is the beginning of it.
type past struct {
	ticks   []tick
	people  []person
	names   map[string]int32 // place in people by id
	acts    []act
	threads []thread
	opened  map[string]int32 // thread of a post
	author  map[string]int32 // of a post
	marks   []Mark
	towns   []event.Town
	decrees []Decree
	words   vocabulary
	calls   callBook
	books   books // of a town
	felt    sum   // moods of all as they are now
	spoke   int32
}

// tick is one committed tick, with what it came to.
type tick struct {
	time     string
	wall     time.Time
	steps    int
	events   int
	mood     sum // of everybody, as they felt after it
	tones    [3]int
	written  int
	others   int // actions that wrote nothing
	invalid  int
	usage    event.Usage
	used     bool // usage is known
	actsTill int  // place in acts of the first that is later
}

type sum struct {
	valence, arousal float64
	n                int
}

type person struct {
	journal.Resident
	persona sdk.Persona
	came    int32 // tick in which it was first seen; 0 is from the start, unseen not yet
	visitor bool
	acts    []int32 // own, and those that concern it
	moods   []mood
	plans   []plan
}

type mood struct {
	tick             int32
	valence, arousal float32
}

type plan struct {
	tick             int32
	purpose, thought string
}

// longestText bounds what is kept of one message.
const longestText = 4000

// act is an action carried out.
type act struct {
	tick     int32
	who      int32
	whom     int32 // nobody is -1
	thread   int32 // of a message, else -1
	about    string
	kind     string
	id       string
	target   string
	group    string
	audience string
	text     string
	tone     int8 // -1, 0, 1; untold where nobody rated it
	valence  float32
	emotion  string
	terms    []int32
}

const (
	nobody = int32(-1)
	untold = int8(2)
)

// thread is a conversation: its first message and what answered it.
type thread struct {
	id   string
	acts []int32
}

func newPast() past {
	return past{names: map[string]int32{}, opened: map[string]int32{}, author: map[string]int32{}, words: newVocabulary(), spoke: nobody}
}

// before is the place in acts of the first of a tick or later.
func (p *past) before(tick int64) int {
	if tick <= 0 {
		return 0
	}
	if tick > int64(len(p.ticks)) {
		return len(p.acts)
	}
	return p.ticks[tick-1].actsTill
}

func (p *past) take(n *news) error {
	for _, r := range n.residents[min(p.residents(), len(n.residents)):] {
		if err := p.settle(r); err != nil {
			return err
		}
	}
	events := n.events
	for _, t := range n.ticks {
		till := sort.Search(len(events), func(i int) bool { return events[i].Tick > t.Tick })
		p.ticks = append(p.ticks, tick{time: t.Time, wall: t.Wall, steps: t.Steps, events: t.Events})
		marked := len(p.marks)
		for _, e := range events[:till] {
			if at, ok := p.names[e.Agent]; ok {
				p.people[at].came = min(p.people[at].came, p.now())
			}
			if err := p.fold(e); err != nil {
				return fmt.Errorf("event %d.%d: %w", e.Tick, e.Seq, err)
			}
		}
		p.merge(marked)
		events = events[till:]
		last := &p.ticks[len(p.ticks)-1]
		last.mood, last.actsTill = p.felt, len(p.acts)
	}
	for _, t := range n.calls {
		p.calls.take(t)
	}
	for _, u := range n.usage {
		if u.Tick < int64(len(p.ticks)) { // what came meanwhile is read again
			p.ticks[u.Tick].usage, p.ticks[u.Tick].used = u.Usage, true
		}
	}
	return nil
}

func (p *past) residents() (n int) {
	for i := range p.people {
		if !p.people[i].visitor {
			n++
		}
	}
	return n
}

// settle takes in a resident.
func (p *past) settle(r journal.Resident) error {
	at := p.place(r.ID)
	who := &p.people[at]
	who.Resident, who.visitor, who.came = r, false, 0
	if r.Group == spec.Newcomers { // the journal does not say when
		who.came = unseen
	}
	if len(r.Persona) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.Persona, &who.persona); err != nil {
		return fmt.Errorf("persona of %s: %w", r.ID, err)
	}
	return nil
}

// place finds who has an id; whoever the journal does not list is a visitor.
func (p *past) place(id string) int32 {
	if id == "" {
		return nobody
	}
	at, ok := p.names[id]
	if !ok {
		at = int32(len(p.people))
		p.names[id] = at
		p.people = append(p.people, person{Resident: journal.Resident{ID: id, Name: id}, visitor: true, came: p.now()})
	}
	return at
}

// unseen is when somebody came of whom nothing is known yet.
const unseen = math.MaxInt32

// now is the last tick.
func (p *past) now() int32 { return max(0, int32(len(p.ticks))-1) }

// there reports whether somebody was there after a tick.
func (p *person) there(tick int64) bool { return p.came == 0 || int64(p.came) <= tick }

// upTo is how many of a sorted list of ticks lie at or before one.
func upTo[T any](list []T, tick int64, of func(T) int32) int {
	return sort.Search(len(list), func(i int) bool { return int64(of(list[i])) > tick })
}

func moodTick(m mood) int32 { return m.tick }
func planTick(p plan) int32 { return p.tick }

// known is how many of a list of acts lie before a place.
func known(acts []int32, end int) []int32 {
	at, _ := slices.BinarySearch(acts, int32(end))
	return acts[:at]
}

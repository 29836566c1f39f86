package city

import (
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// View is a run as it stood after a tick. It is good only within Read.
type View struct {
	past *past
	Tick int64 // -1 before the first
	Last int64 // tick committed last
	end  int   // of acts
}

// Moment is a tick with what it came to.
type Moment struct {
	Tick     int64
	Time     time.Time // simulated
	Wall     time.Time // of the commit
	Steps    int       // residents who acted
	Events   int
	Written  int // messages
	Others   int // actions that wrote nothing
	Invalid  int // refused
	Felt     int // residents whose mood is known
	Mood     sdk.Mood
	Negative int // messages by how they sound
	Neutral  int
	Positive int
}

// Moment is the view's own tick; false before the first.
func (v *View) Moment() (Moment, bool) {
	if v.Tick < 0 {
		return Moment{Tick: -1}, false
	}
	return v.past.moment(v.Tick), true
}

// Moments are all ticks up to the view's.
func (v *View) Moments() []Moment {
	out := make([]Moment, v.Tick+1)
	for i := range out {
		out[i] = v.past.moment(int64(i))
	}
	return out
}

func (p *past) moment(at int64) Moment {
	t := &p.ticks[at]
	m := Moment{
		Tick: at, Wall: t.wall, Steps: t.steps, Events: t.events, Written: t.written, Others: t.others, Invalid: t.invalid,
		Felt: t.mood.n, Negative: t.tones[0], Neutral: t.tones[1], Positive: t.tones[2],
	}
	m.Time, _ = time.Parse(time.RFC3339, t.time) // the journal's own; a zero time is shown as none
	if n := float64(t.mood.n); n > 0 {
		m.Mood = sdk.Mood{Valence: t.mood.valence / n, Arousal: t.mood.arousal / n}
	}
	return m
}

// Marks are what came from outside of the residents, oldest first.
func (v *View) Marks() []Mark {
	return v.past.marks[:upTo(v.past.marks, v.Tick, func(m Mark) int32 { return int32(m.Tick) })]
}

// Decrees are what the mayor decided, oldest first.
func (v *View) Decrees() []Decree {
	return v.past.decrees[:upTo(v.past.decrees, v.Tick, func(d Decree) int32 { return int32(d.Tick) })]
}

// Towns are how a town stood at the end of each tick; none where there is no
// town.
func (v *View) Towns() []event.Town {
	return v.past.towns[:min(int(v.Tick+1), len(v.past.towns))]
}

// Counts are how many of what there are.
type Counts struct {
	Residents int
	Visitors  int
	Messages  int
	Chats     int // conversations: a first message and what answered it
	Answered  int // of them, those in which somebody answered
}

// Counts counts.
func (v *View) Counts() (c Counts) {
	for i := range v.past.people {
		switch p := &v.past.people[i]; {
		case !p.there(v.Tick):
		case p.visitor:
			c.Visitors++
		default:
			c.Residents++
		}
	}
	for i := range v.past.threads {
		switch n := len(known(v.past.threads[i].acts, v.end)); {
		case n > 1:
			c.Answered++
			fallthrough
		case n == 1:
			c.Chats++
			c.Messages += n
		}
	}
	return c
}

package city

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Resident is somebody who lives in the city or visits it.
type Resident struct {
	journal.Resident
	Persona  sdk.Persona
	Visitor  bool
	Came     int64 // tick in which it was first seen; 0 is from the start
	Messages int   // written
	Actions  int   // carried out
	Mood     sdk.Mood
	Felt     bool // Mood is known
	Plan     string
	Thought  string
	Planned  int64 // tick
}

// Feeling is a resident's mood after a tick.
type Feeling struct {
	Tick int64
	Mood sdk.Mood
}

// Orders of residents.
const (
	ByPlace   = ""     // as the study lists them
	ByName    = "name" //
	ByTalk    = "talk" // who wrote most
	ByMood    = "mood" // the best mood first
	ByUnhappy = "low"  // the worst mood first
)

// Residents are those whose name, group, occupation or interests hold the words
// sought, of a group where one is given.
func (v *View) Residents(sought, group, order string) []Resident {
	words := strings.Fields(text.Fold(sought))
	var out []Resident
	for i := range v.past.people {
		p := &v.past.people[i]
		if !p.there(v.Tick) || group != "" && p.Group != group || !p.matches(words) {
			continue
		}
		out = append(out, v.resident(p))
	}
	slices.SortStableFunc(out, func(a, b Resident) int {
		switch order {
		case ByName:
			return cmp.Compare(text.Fold(a.Name), text.Fold(b.Name))
		case ByTalk:
			return cmp.Compare(b.Messages, a.Messages)
		case ByMood:
			return cmp.Compare(b.Mood.Valence, a.Mood.Valence)
		case ByUnhappy:
			return cmp.Compare(a.Mood.Valence, b.Mood.Valence)
		}
		return 0
	})
	return out
}

// folded is the name for comparing.
func (p *person) folded() string { return text.Fold(p.Name) }

func (p *person) matches(words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := text.Fold(strings.Join(append([]string{p.ID, p.Name, p.Group, p.persona.Occupation, p.persona.Residence}, p.persona.Interests...), " "))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

func (v *View) resident(p *person) Resident {
	r := Resident{Resident: p.Resident, Persona: p.persona, Visitor: p.visitor, Came: int64(p.came)}
	self := v.past.names[p.ID]
	for _, at := range known(p.acts, v.end) {
		if a := &v.past.acts[at]; a.who == self {
			r.Actions++
			if a.text != "" {
				r.Messages++
			}
		}
	}
	if n := upTo(p.moods, v.Tick, moodTick); n > 0 {
		m := p.moods[n-1]
		r.Mood, r.Felt = sdk.Mood{Valence: float64(m.valence), Arousal: float64(m.arousal)}, true
	}
	if n := upTo(p.plans, v.Tick, planTick); n > 0 {
		r.Plan, r.Thought, r.Planned = p.plans[n-1].purpose, p.plans[n-1].thought, int64(p.plans[n-1].tick)
	}
	return r
}

// Resident is who has an id; false where nobody has.
func (v *View) Resident(id string) (Resident, bool) {
	at, ok := v.past.names[id]
	if !ok || !v.past.people[at].there(v.Tick) {
		return Resident{}, false
	}
	return v.resident(&v.past.people[at]), true
}

// Feelings are a resident's moods up to the view's tick.
func (v *View) Feelings(id string) (out []Feeling) {
	at, ok := v.past.names[id]
	if !ok {
		return nil
	}
	moods := v.past.people[at].moods
	for _, m := range moods[:upTo(moods, v.Tick, moodTick)] {
		out = append(out, Feeling{int64(m.tick), sdk.Mood{Valence: float64(m.valence), Arousal: float64(m.arousal)}})
	}
	return out
}

// Interactions are what a resident did and what concerned it, the newest first,
// and how many there are.
func (v *View) Interactions(id string, limit, offset int) (page []Message, total int) {
	self, ok := v.past.names[id]
	if !ok {
		return nil, 0
	}
	acts := known(v.past.people[self].acts, v.end)
	total = len(acts)
	for i := total - 1 - offset; i >= 0 && len(page) < limit; i-- {
		m := v.message(acts[i])
		m.Own = v.past.acts[acts[i]].who == self
		page = append(page, m)
	}
	return page, total
}

// Latest are the last messages of the city, the newest first.
func (v *View) Latest(limit int) (out []Message) {
	for i := v.end - 1; i >= 0 && len(out) < limit; i-- {
		if v.past.acts[i].text != "" {
			out = append(out, v.message(int32(i)))
		}
	}
	return out
}

// Groups are those of the population, in order.
func (v *View) Groups() (out []string) {
	for i := range v.past.people {
		if g := v.past.people[i].Group; g != "" && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

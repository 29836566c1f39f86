package emotion

import (
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
)

// maxEvents is how many events of a study are followed.
const maxEvents = 256

// changes follow moods about the moments in which residents hear of an event.
type changes struct {
	within int64
	agents []listener
	events map[string]*change
	order  []string
}

// change is what hearing of one event did.
type change struct {
	all      stat.Mean // of the differences
	up, down int
}

// listener is a resident's recent moods, and the hearings that are not yet
// settled.
type listener struct {
	recent []moodAt // oldest first, within ticks at most
	open   []hearing
}

type moodAt struct {
	tick    int64
	valence float64
}

// hearing of an event in a tick.
type hearing struct {
	event  *change
	tick   int64
	before float64
	after  stat.Mean
}

func newChanges(agents int, within int64) changes {
	return changes{within: within, agents: make([]listener, agents), events: map[string]*change{}}
}

func (c *changes) mood(at journal.At, valence float64) {
	who := &c.agents[at.Agent]
	c.settle(who, at.Tick)
	for i := range who.open {
		who.open[i].after.Add(valence)
	}
	who.recent = append(c.forget(who.recent, at.Tick), moodAt{at.Tick, valence})
}

// forget drops moods that lie more than within ticks before a tick.
func (c *changes) forget(moods []moodAt, tick int64) []moodAt {
	old := 0
	for old < len(moods) && moods[old].tick < tick-c.within {
		old++
	}
	return slices.Delete(moods, 0, old)
}

// heard begins a hearing, where the mood before is known.
func (c *changes) heard(at journal.At, event string) {
	who := &c.agents[at.Agent]
	c.settle(who, at.Tick)
	who.recent = c.forget(who.recent, at.Tick)
	change := c.event(event)
	if change == nil {
		return
	}
	h := hearing{event: change, tick: at.Tick}
	var before stat.Mean
	for _, m := range who.recent {
		if m.tick < at.Tick {
			before.Add(m.valence)
		} else {
			h.after.Add(m.valence) // its mood of this tick stood in the journal first
		}
	}
	if before.N > 0 {
		h.before = before.Value()
		who.open = append(who.open, h)
	}
}

func (c *changes) event(id string) *change {
	e, ok := c.events[id]
	if !ok && id != "" && len(c.order) < maxEvents {
		e = &change{}
		c.events[id], c.order = e, append(c.order, id)
	}
	return e
}

// settle ends the hearings whose time is over at a tick.
func (c *changes) settle(who *listener, tick int64) {
	who.open = slices.DeleteFunc(who.open, func(h hearing) bool {
		over := tick >= h.tick+c.within
		if over {
			h.settle()
		}
		return over
	})
}

func (h *hearing) settle() {
	if h.after.N == 0 {
		return
	}
	difference := h.after.Value() - h.before
	h.event.all.Add(difference)
	switch {
	case difference > 0:
		h.event.up++
	case difference < 0:
		h.event.down++
	}
}

// scoreChanges settles what is open and scores all.
func (t *tally) scoreChanges() {
	for i := range t.changes.agents {
		who := &t.changes.agents[i]
		for j := range who.open {
			who.open[j].settle()
		}
		who.open = nil
	}
	right, of := 0, 0
	for _, event := range slices.Sorted(slices.Values(t.changes.order)) {
		e, name := t.changes.events[event], score.Name(event)
		t.sheet.Item("mood_change", name, e.all.Value(), e.all.N)
		t.sheet.Item("mood_change_se", name, e.all.Error(), e.all.N)
		t.sheet.Item("mood_change_p", name, e.all.P(), e.all.N)
		as := e.up
		switch t.config.Expected[event] {
		case 0:
			continue
		case -1:
			as = e.down
		}
		t.sheet.Item("mood_change_expected", name, stat.Ratio(as, e.up+e.down), e.up+e.down)
		right, of = right+as, of+e.up+e.down
	}
	t.sheet.Run("mood_change_expected", stat.Ratio(right, of), of)
}

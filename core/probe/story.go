package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/text"
)

// stories are what happened, as a judge reads it: a line a thing, the last ones
// of everybody and of each resident.
type stories struct {
	world ring
	each  map[string]*ring
	names map[string]string
	clock spec.Clock
}

// ring keeps the last lines.
type ring struct {
	lines []string
	next  int
	limit int
}

func (r *ring) add(line string) {
	if len(r.lines) < r.limit {
		r.lines = append(r.lines, line)
		return
	}
	r.lines[r.next] = line
	r.next = (r.next + 1) % r.limit
}

func (r *ring) text() string {
	return strings.Join(append(r.lines[r.next:len(r.lines):len(r.lines)], r.lines[:r.next]...), "\n")
}

// tell reads the run so far, and keeps the last window lines of it, and of each
// resident in of.
func tell(ctx context.Context, w *sim.World, clock spec.Clock, window int, of []spec.Resident) (*stories, error) {
	s := &stories{world: ring{limit: window}, each: map[string]*ring{}, names: map[string]string{}, clock: clock}
	for r := range w.Agents() {
		s.names[r.ID] = line(r.Persona.Name)
	}
	for _, r := range of {
		s.each[r.ID] = &ring{limit: window}
	}
	for e, err := range w.Events(ctx, 0) {
		if err != nil {
			return nil, fmt.Errorf("read what happened: %w", err)
		}
		words, other := s.words(e)
		if words == "" {
			continue
		}
		words = clock.At(e.Tick).Format("2006-01-02 15:04 ") + words
		s.world.add(words)
		for _, id := range []string{e.Agent, other} {
			if r := s.each[id]; r != nil {
				r.add(words)
			}
			if e.Agent == other {
				break
			}
		}
	}
	return s, nil
}

// of is the story of a resident, or with an empty id that of everybody.
func (s *stories) of(agent string) string {
	if agent == "" {
		return s.world.text()
	}
	return s.each[agent].text()
}

// words are an event on one line, and whom else it concerns; nothing for what
// is no deed or word.
func (s *stories) words(e event.Event) (words, other string) {
	name := s.names[e.Agent]
	switch e.Kind {
	case event.KindTold:
		var told event.Told
		if json.Unmarshal(e.Data, &told) == nil {
			return fmt.Sprintf("%s ← «%s»", name, text.Quote(told.Text, maxLine)), ""
		}
	case event.KindPlan:
		var plan event.Plan
		if json.Unmarshal(e.Data, &plan) == nil && plan.Purpose != "" {
			return fmt.Sprintf("%s: (%s)", name, text.Quote(plan.Purpose, maxLine)), ""
		}
	case event.KindAction:
		var a event.Action
		if json.Unmarshal(e.Data, &a) == nil {
			return s.deed(name, a), a.TargetAgent
		}
	case event.KindControl: // what residents were told by it are events of their own
		var c event.Control
		if json.Unmarshal(e.Data, &c) == nil && c.Action != nil {
			return s.deed(line(c.Visitor()), *c.Action), c.Action.TargetAgent
		}
	case event.KindDecree:
		var d event.Decree
		if json.Unmarshal(e.Data, &d) == nil {
			return fmt.Sprintf("%s [%s] %s", e.Agent, d.Kind, text.Quote(d.Detail, maxLine)), ""
		}
	default: // no deed and no word
	}
	return "", ""
}

func (s *stories) deed(name string, a event.Action) string {
	var b strings.Builder
	b.WriteString(name + " [" + a.Kind)
	if to, ok := s.names[a.TargetAgent]; ok {
		b.WriteString(" → " + to)
	} else if strings.HasPrefix(a.TargetAgent, "@") { // a visitor
		b.WriteString(" → " + line(a.TargetAgent))
	}
	b.WriteString("]")
	if a.Text != "" {
		b.WriteString(" «" + text.Quote(a.Text, maxLine) + "»")
	}
	return b.String()
}

package city

import (
	"context"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
)

// ticksAtOnce bounds what is held of a long run while it is read for the first
// time.
const ticksAtOnce = 64

// news is what was committed since the last look.
type news struct {
	ticks     []journal.Tick
	events    []event.Event
	residents []journal.Resident // all of them
	calls     []cassette.Timing
	usage     []journal.TickUsage
	more      bool
}

// kinds are the events that pages show. What feeds showed is the larger part of
// a journal, and on no page.
func kinds() []event.Kind {
	return []event.Kind{event.KindTold, event.KindMood, event.KindPlan, event.KindAction, event.KindInvalid,
		event.KindIntervention, event.KindControl, event.KindDecree, event.KindTransfer, event.KindTown}
}

// news reads what past has not taken yet; nil where there is nothing.
func (c *City) news(ctx context.Context) (*news, error) {
	var n news
	from := int64(len(c.past.ticks)) // only sync writes it, and one sync runs at a time
	for t, err := range c.journal.TicksFrom(ctx, from) {
		if err != nil {
			return nil, err
		}
		if len(n.ticks) == ticksAtOnce {
			n.more = true
			break
		}
		n.ticks = append(n.ticks, t)
	}
	if c.calls != nil {
		for t, err := range c.calls.Timings(ctx, c.past.calls.seq) {
			if err != nil {
				return nil, err
			}
			n.calls = append(n.calls, t)
		}
	}
	if len(n.ticks) > 0 {
		for e, err := range c.journal.Events(ctx, journal.Filter{From: from, To: from + int64(len(n.ticks)), Kinds: kinds()}) {
			if err != nil {
				return nil, err
			}
			n.events = append(n.events, e)
		}
		for u, err := range c.journal.Usage(ctx, from) {
			if err != nil {
				return nil, err
			}
			n.usage = append(n.usage, u)
		}
	}
	if len(n.ticks) == 0 && len(n.calls) == 0 && len(c.past.people) > 0 {
		return nil, nil
	}
	var err error
	n.residents, err = c.journal.Residents(ctx)
	return &n, err
}

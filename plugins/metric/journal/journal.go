// Package journal reads the events of a run for metrics: typed, in one pass,
// and only the kinds that a metric asks for. Kinds that it does not know are
// passed over, so that metrics read the journals of a later gorod.
package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// At is where an event stands in the journal: its tick, and the index of its
// resident among the run's; -1 for what is nobody's in particular.
type At struct {
	Tick  int64
	Agent int
}

// Handlers are called with the events of their kind, in order; nil ones are
// passed over undecoded. A payload is valid during the call only. Events of
// agents who are not residents of the run are passed over, but for those of
// its surroundings: Town, Decree, Transfer. So is what one resident alone was told
// to remember of a talk with somebody from outside: that is no news.
type Handlers struct {
	Told     func(At, *Told)
	Heard    func(At, *Heard)
	Exposure func(At, *Exposure)
	Mood     func(At, *Mood)
	Plan     func(At, *Plan)
	Action   func(At, *Action)
	Invalid  func(At, *Invalid)
	Survey   func(At, *Survey)
	Town     func(At, *Town)
	Decree   func(At, *Decree)
	Transfer func(At, *Transfer)
	// Tick, where set, is called before the first event of each tick that has
	// any.
	Tick func(tick int64)
	// Log, where set, is told how many payloads could not be read.
	Log *slog.Logger
}

// eventsBetweenChecks is how often a long run looks whether it is still wanted.
const eventsBetweenChecks = 4096

// Read passes events on to handlers. Payloads that do not fit their kind are
// passed over too.
func Read(ctx context.Context, roster *Roster, events iter.Seq2[sdk.Event, error], h Handlers) error {
	r := reader{handlers: h.byKind()}
	tick, n := int64(-1), 0
	for e, err := range events {
		if err != nil {
			return fmt.Errorf("read the events of the run: %w", err)
		}
		if n++; n%eventsBetweenChecks == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if h.Tick != nil && e.Tick > tick {
			h.Tick(e.Tick)
		}
		tick = max(tick, e.Tick)
		r.pass(At{tick, roster.Find(e.Agent)}, e)
	}
	if r.unreadable > 0 && h.Log != nil {
		h.Log.WarnContext(ctx, "payloads of the journal could not be read and are not measured", "payloads", r.unreadable)
	}
	return ctx.Err()
}

type reader struct {
	handlers   map[string]handler
	unreadable int
}

func (r *reader) pass(at At, e sdk.Event) {
	handle, ok := r.handlers[e.Kind]
	if !ok || at.Agent < 0 && !handle.nobodys {
		return
	}
	if err := handle.read(at, e.Data); err != nil {
		r.unreadable++
	}
}

// handler reads the events of one kind; those of nobody in particular too,
// where it says so.
type handler struct {
	nobodys bool
	read    func(At, json.RawMessage) error
}

func (h Handlers) byKind() map[string]handler {
	all := map[string]handler{}
	add(all, KindTold, false, news(h.Told, func(t *Told) string { return t.Event }))
	add(all, KindHeard, false, news(h.Heard, func(h *Heard) string { return h.Event }))
	add(all, KindExposure, false, h.Exposure)
	add(all, KindMood, false, h.Mood)
	add(all, KindPlan, false, h.Plan)
	add(all, KindAction, false, h.Action)
	add(all, KindInvalid, false, h.Invalid)
	add(all, KindSurvey, false, h.Survey)
	add(all, KindTown, true, h.Town)
	add(all, KindDecree, true, h.Decree)
	add(all, KindTransfer, true, h.Transfer)
	return all
}

// news keeps exchanges, whose ids are control-N#agent, from a handler.
func news[T any](handle func(At, *T), event func(*T) string) func(At, *T) {
	if handle == nil {
		return nil
	}
	return func(at At, payload *T) {
		if id := event(payload); !strings.HasPrefix(id, "control-") || !strings.Contains(id, "#") {
			handle(at, payload)
		}
	}
}

func add[T any](all map[string]handler, kind string, nobodys bool, handle func(At, *T)) {
	if handle == nil {
		return
	}
	var payload T
	all[kind] = handler{nobodys, func(at At, data json.RawMessage) error {
		var empty T
		payload = empty
		if err := json.Unmarshal(data, &payload); err != nil {
			return err
		}
		handle(at, &payload)
		return nil
	}}
}

package journal

import (
	"context"
	"iter"
	"strings"

	"github.com/llm-city/gorod/core/event"
)

// Filter chooses events. The zero Filter chooses all.
type Filter struct {
	From  int64        // first tick
	To    int64        // the tick after the last; 0 means no bound
	Kinds []event.Kind // none means all
	Agent string       // empty means all
	Holds string       // text that the payload holds, as JSON writes it; empty means all
}

// Events are the events that a filter chooses, in order.
func (j *Journal) Events(ctx context.Context, f Filter) iter.Seq2[event.Event, error] {
	text, args := f.query()
	return read(ctx, j, scanEvent, text, args...)
}

func (f Filter) query() (string, []any) {
	where, args := f.where()
	return `SELECT tick, seq, agent, kind, data FROM events` + where + ` ORDER BY tick, seq`, args
}

func (f Filter) where() (string, []any) {
	conditions, args := []string{"tick >= ?"}, []any{f.From}
	if f.To > 0 {
		conditions, args = append(conditions, "tick < ?"), append(args, f.To)
	}
	if f.Agent != "" {
		conditions, args = append(conditions, "agent = ?"), append(args, f.Agent)
	}
	if f.Holds != "" {
		conditions, args = append(conditions, "instr(data, ?) > 0"), append(args, f.Holds)
	}
	for _, kind := range f.Kinds {
		args = append(args, string(kind))
	}
	if n := len(f.Kinds); n > 0 {
		conditions = append(conditions, "kind IN (?"+strings.Repeat(", ?", n-1)+")")
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

func scanEvent(scan func(...any) error) (e event.Event, err error) {
	err = scan(&e.Tick, &e.Seq, &e.Agent, (*string)(&e.Kind), (*[]byte)(&e.Data))
	return e, err
}

package control

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Finish says what became of a command that waits; of one that does not it
// changes nothing.
func (q *Queue) Finish(ctx context.Context, id int64, state State, tick int64, reply []Remark, why string) error {
	return q.note(ctx, flight{finished: []Command{{ID: id, State: state, Tick: tick, Reply: reply, Why: why}}})
}

// note notes at once what became of commands.
func (q *Queue) note(ctx context.Context, f flight) error {
	return q.write(ctx, "write to", func(tx *sql.Tx) error {
		for _, c := range f.finished {
			if err := finish(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, c := range f.recorded {
			if _, err := tx.ExecContext(ctx, "UPDATE commands SET recorded = 1, tick = ? WHERE id = ?", c.Tick, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func finish(ctx context.Context, tx *sql.Tx, c Command) error {
	reply, err := list(c.Reply)
	if err != nil {
		return err
	}
	answers, err := list(c.Answers)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE commands SET state = ?, tick = ?, reply = ?, answers = ?, why = ? WHERE id = ? AND state = 'waiting'",
		string(c.State), c.Tick, reply, answers, c.Why, c.ID)
	return err
}

func list[T any](items []T) (string, error) {
	if len(items) == 0 {
		return "", nil
	}
	data, err := json.Marshal(items)
	return string(data), err
}

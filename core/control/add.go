package control

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// What Get and Add refuse.
var (
	ErrNoCommand = errors.New("no such command")
	ErrFull      = errors.New("too many visits wait for the run")
)

// maxWaiting bounds how many commands may wait before visits are refused. What
// an operator orders is always taken.
const maxWaiting = 10_000

// Add puts an order into the queue. An order that nobody could carry out gives a
// *BadOrder. A key that is known already gives the command that has it, whatever
// the order says; an empty key is none. ErrFull refuses a visit while very many
// commands wait.
func (q *Queue) Add(ctx context.Context, who, key string, at time.Time, order Order) (c Command, err error) {
	if err := first(checkText("who asks", who, maxName), checkLength("the key", key, maxName), order.Check()); err != nil {
		return c, err
	}
	data, err := json.Marshal(order.filled())
	if err != nil {
		return c, bad("%v", err)
	}
	err = q.write(ctx, "add to", func(tx *sql.Tx) error {
		c, err = scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM commands WHERE key = nullif(?, '')", key).Scan)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if order.Visit != nil {
			if err := hasRoom(ctx, tx); err != nil {
				return err
			}
		}
		row := tx.QueryRowContext(ctx, `INSERT INTO commands (at, who, key, kind, "order", state)
			VALUES (?, ?, nullif(?, ''), ?, ?, 'waiting') RETURNING `+columns, at.UTC().Format(time.RFC3339Nano), who, key, order.Kind(), string(data))
		c, err = scan(row.Scan)
		return err
	})
	return c, err
}

func hasRoom(ctx context.Context, tx *sql.Tx) error {
	var waiting int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM commands WHERE state = 'waiting'").Scan(&waiting)
	if err == nil && waiting >= maxWaiting {
		return ErrFull
	}
	return err
}

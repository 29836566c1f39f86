package control

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What Get and Add refuse.
var (
	ErrNoCommand = errors.New("no such command")
	ErrFull      = errors.New("too many visits wait for the run")
	// ErrShare is an ErrFull that is the visitor's own doing: others are let in.
	ErrShare = fmt.Errorf("%w: of one visitor", ErrFull)
)

// maxWaiting bounds how many commands may wait before visits are refused. What
// an operator orders is always taken. A visitor may have a share of the places
// that are left: so those who flood the queue leave some for who comes next, even
// if they are many.
const (
	maxWaiting = 10_000
	share      = 16
)

// Add puts an order into the queue. An order that nobody could carry out gives a
// *BadOrder. A key that is known already gives the command that has it, whatever
// the order says; an empty key is none. ErrFull refuses a visit while very many
// commands wait, ErrShare while many of this visitor do.
func (q *Queue) Add(ctx context.Context, who, key string, at time.Time, order Order) (c Command, err error) {
	if err := first(checkText("who asks", who, maxName), checkLength("the key", key, maxName), order.Check()); err != nil {
		return c, err
	}
	if year := at.UTC().Year(); year < 0 || year > 9999 {
		return c, bad("it comes of the year %d, which cannot be written down", year)
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
			if err := hasRoom(ctx, tx, who); err != nil {
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

func hasRoom(ctx context.Context, tx *sql.Tx, who string) error {
	var waiting, own int
	err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM commands WHERE state = 'waiting'),
		(SELECT count(*) FROM commands WHERE state = 'waiting' AND who = ?)`, who).Scan(&waiting, &own)
	switch left := maxWaiting - waiting; {
	case err != nil:
		return err
	case left <= 0:
		return ErrFull
	case own > left/share:
		return ErrShare
	}
	return nil
}

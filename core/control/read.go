package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/sqlite"
)

const columns = `id, at, who, coalesce(key, ''), "order", state, tick, reply, answers, why`

func scan(row func(...any) error) (c Command, err error) {
	var at string
	var order, reply, answers []byte
	if err := row(&c.ID, &at, &c.Who, &c.Key, &order, (*string)(&c.State), &c.Tick, &reply, &answers, &c.Why); err != nil {
		return c, err
	}
	if c.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return c, fmt.Errorf("command %d: %w", c.ID, err)
	}
	for _, part := range []struct {
		data []byte
		into any
	}{{order, &c.Order}, {reply, &c.Reply}, {answers, &c.Answers}} {
		if len(part.data) == 0 {
			continue
		}
		if err := json.Unmarshal(part.data, part.into); err != nil {
			return c, fmt.Errorf("command %d: %w", c.ID, err)
		}
	}
	return c, nil
}

// query reads commands; there are none while there is no file.
func (q *Queue) query(ctx context.Context, where string, args ...any) (all []Command, err error) {
	db, err := q.read(ctx)
	if db == nil || err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM commands WHERE "+where, args...)
	if err != nil {
		return nil, sqlite.Explain("read", q.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scan(rows.Scan)
		if err != nil {
			return nil, sqlite.Explain("read", q.path, err)
		}
		all = append(all, c)
	}
	return all, sqlite.Explain("read", q.path, rows.Err())
}

// Get is one command, or ErrNoCommand.
func (q *Queue) Get(ctx context.Context, id int64) (Command, error) {
	all, err := q.query(ctx, "id = ?", id)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("command %d: %w", id, ErrNoCommand)
	}
	if err != nil {
		return Command{}, err
	}
	return all[0], nil
}

// List are at most limit commands after that of an id, by id; limit 0 is all. Of
// those that wait for a run that does not go on, Why says so.
func (q *Queue) List(ctx context.Context, afterID int64, limit int) ([]Command, error) {
	if limit <= 0 {
		limit = math.MaxInt
	}
	all, err := q.query(ctx, "id > ? ORDER BY id LIMIT ?", afterID, limit)
	if err != nil {
		return nil, err
	}
	q.explain(ctx, all)
	return all, nil
}

// explain says of commands that wait for a run that does not go on why they do.
func (q *Queue) explain(ctx context.Context, all []Command) {
	why, looked := "", false
	for i, c := range all {
		if c.State != Waiting {
			continue
		}
		if !looked {
			why, looked = q.idle(ctx), true
		}
		all[i].Why = why
	}
}

// idle says why the run does not take commands; empty: it may. A run that was
// killed does not say so.
func (q *Queue) idle(ctx context.Context) string {
	book, err := journal.OpenReadOnly(ctx, filepath.Join(filepath.Dir(q.path), "run.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return "the run has not begun"
	}
	if err != nil {
		return "" // others will say what is wrong with it
	}
	defer book.Close() // read only: nothing to lose
	switch status, _, err := book.Status(ctx); {
	case err != nil, status == journal.Running:
		return ""
	case status == journal.Done:
		return "the run is over: nothing more is carried out"
	default:
		return "the run does not go on: it is carried out when the run is resumed"
	}
}

// Waiting are the commands that wait, by id.
func (q *Queue) Waiting(ctx context.Context) ([]Command, error) {
	return q.query(ctx, "state = 'waiting' ORDER BY id")
}

// taken are the commands that wait, by id, but of those that change the run the
// first n only.
func (q *Queue) taken(ctx context.Context, n int) ([]Command, error) {
	const changes = "state = 'waiting' AND kind IN ('effect', 'visit')"
	return q.query(ctx, "state = 'waiting' AND (kind NOT IN ('effect', 'visit') OR id IN (SELECT id FROM commands WHERE "+changes+" ORDER BY id LIMIT ?)) ORDER BY id", n)
}

// unrecorded are commands that are answered and whose answers the journal does
// not have for sure.
func (q *Queue) unrecorded(ctx context.Context) ([]Command, error) {
	return q.query(ctx, "answers <> '' AND recorded = 0 ORDER BY id")
}

// Version changes with every change of a command; 0 where there is none. It is
// cheap to ask.
func (q *Queue) Version(ctx context.Context) (n int64, err error) {
	db, err := q.read(ctx)
	if db == nil || err != nil {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT n FROM changes").Scan(&n)
	return n, sqlite.Explain("read", q.path, err)
}

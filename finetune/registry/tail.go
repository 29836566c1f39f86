package registry

import (
	"context"
	"database/sql"
	"errors"
)

// page is how many lines are read at a time.
const page = 2_000

// Tail sums up what a task measures, and at each look reads what is new: the
// lines of a long training are many.
type Tail struct {
	registry *Registry
	id       string
	task     int
	tally    Tally
	read     int64 // offset of the metrics' file up to which lines are summed up
}

// Tail of a task, which has read nothing yet.
func (r *Registry) Tail(id string, task int) *Tail { return &Tail{registry: r, id: id, task: task} }

// Progress reads on and sums up. A file that was begun anew is summed up from
// its beginning.
func (t *Tail) Progress(ctx context.Context) (Progress, error) {
	for {
		offset, err := t.registry.offset(ctx, t.id, t.task)
		if err != nil {
			return Progress{}, err
		}
		if offset < t.read {
			t.tally, t.read = Tally{}, 0
		}
		n, err := t.more(ctx, offset)
		if err != nil {
			return Progress{}, t.registry.explain("read", err)
		}
		if n < page {
			t.read = offset
			return t.tally.Progress(), nil
		}
	}
}

// more adds a page of lines that lie before an offset, and says how many.
func (t *Tail) more(ctx context.Context, offset int64) (n int, err error) {
	rows, err := t.registry.db.QueryContext(ctx, "SELECT offset, "+pointColumns+" FROM metrics WHERE job = ? AND task = ? AND offset >= ? AND offset < ? ORDER BY offset LIMIT ?",
		t.id, t.task, t.read, offset, page)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var at int64
		p, err := scanPoint(after{rows, &at})
		if err != nil {
			return n, err
		}
		t.tally.Add(p)
		t.read = at + 1
		n++
	}
	return n, rows.Err()
}

// after scans a column before those that are asked for.
type after struct {
	rows  *sql.Rows
	first *int64
}

func (a after) Scan(dest ...any) error { return a.rows.Scan(append([]any{a.first}, dest...)...) }

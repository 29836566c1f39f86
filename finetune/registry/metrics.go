package registry

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Point is a line of metrics.jsonl. What a line does not say is nil.
type Point struct {
	Event           string   `json:"event"`
	Step            int      `json:"step"`
	Of              int      `json:"of,omitempty"` // steps planned
	Epoch           *float64 `json:"epoch,omitempty"`
	Loss            *float64 `json:"loss,omitempty"`
	EvalLoss        *float64 `json:"eval_loss,omitempty"`
	LR              *float64 `json:"lr,omitempty"`
	TokensPerSecond *float64 `json:"tokens_per_second,omitempty"`
	MemoryGB        *float64 `json:"memory_gb,omitempty"`
	Time            float64  `json:"time"` // Unix seconds
}

const (
	maxLine  = 64 << 10 // bytes of a line; a longer one is passed over
	readSize = 1 << 20  // bytes read at a time
)

// Reader reads a metrics.jsonl from an offset on, at most limit bytes, and says
// how large the file is now. A file that is not there yet is empty.
type Reader func(ctx context.Context, offset int64, limit int) (data []byte, size int64, err error)

// ReadFile is the Reader of a file of this machine.
func ReadFile(path string) Reader {
	return func(_ context.Context, offset int64, limit int) ([]byte, int64, error) {
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, 0, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("read metrics: %w", err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, 0, fmt.Errorf("read metrics: %w", err)
		}
		data := make([]byte, max(0, min(int64(limit), info.Size()-offset)))
		n, err := f.ReadAt(data, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, fmt.Errorf("read metrics: %w", err)
		}
		return data[:n], info.Size(), nil
	}
}

// ReadMetrics takes in what a task has measured since it was last read, and says
// how many lines that are. A file that became shorter was begun anew, and is
// read from its beginning. Several processes may read one task: each line is
// taken once.
func (r *Registry) ReadMetrics(ctx context.Context, id string, task int, read Reader) (lines int, err error) {
	for {
		offset, err := r.offset(ctx, id, task)
		if err != nil {
			return lines, err
		}
		data, size, err := read(ctx, offset, readSize)
		if err != nil {
			return lines, err
		}
		if size < offset {
			if err := r.rewind(ctx, id, task); err != nil {
				return lines, err
			}
			continue
		}
		n, moved, err := r.take(ctx, id, task, offset, data)
		lines += n
		if err != nil || !moved {
			return lines, err
		}
	}
}

func (r *Registry) offset(ctx context.Context, id string, task int) (offset int64, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT offset FROM reading WHERE job = ? AND task = ?", id, task).Scan(&offset)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return offset, r.explain("read", err)
}

func (r *Registry) rewind(ctx context.Context, id string, task int) error {
	return r.write(ctx, "begin metrics anew in", func(tx *sql.Tx) error {
		for _, statement := range []string{"DELETE FROM metrics WHERE job = ? AND task = ?", "DELETE FROM reading WHERE job = ? AND task = ?"} {
			if _, err := tx.ExecContext(ctx, statement, id, task); err != nil {
				return err
			}
		}
		return touch(ctx, tx, id)
	})
}

// take stores the whole lines of data, which begins at an offset. moved is false
// where there is none: the rest of a line is still to come.
func (r *Registry) take(ctx context.Context, id string, task int, offset int64, data []byte) (lines int, moved bool, err error) {
	end := bytes.LastIndexByte(data, '\n') + 1
	if end == 0 && len(data) > maxLine {
		end = len(data) // no line of ours
	}
	if end == 0 {
		return 0, false, nil
	}
	err = r.write(ctx, "add metrics to", func(tx *sql.Tx) error {
		var now int64
		err := tx.QueryRowContext(ctx, "SELECT offset FROM reading WHERE job = ? AND task = ?", id, task).Scan(&now)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now != offset {
			return nil // another process has taken them
		}
		bad := 0
		if lines, bad, err = insert(ctx, tx, id, task, offset, data[:end]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO reading (job, task, offset, bad) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET offset = excluded.offset, bad = bad + excluded.bad`, id, task, offset+int64(end), bad)
		if err != nil {
			return err
		}
		return touch(ctx, tx, id)
	})
	return lines, true, err
}

func insert(ctx context.Context, tx *sql.Tx, id string, task int, offset int64, data []byte) (lines, bad int, err error) {
	add, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO metrics (job, task, offset, event, step, of, epoch, loss, eval_loss, lr, tokens_per_second, memory_gb, time)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = add.Close() }() // the transaction tells what failed
	for line := range bytes.Lines(data) {
		at := offset
		offset += int64(len(line))
		p, ok := parse(line)
		if !ok {
			bad++
			continue
		}
		if _, err := add.ExecContext(ctx, id, task, at, p.Event, p.Step, p.Of, p.Epoch, p.Loss, p.EvalLoss, p.LR, p.TokensPerSecond, p.MemoryGB, p.Time); err != nil {
			return lines, bad, err
		}
		lines++
	}
	return lines, bad, nil
}

// parse reads a line. Python writes NaN and Infinity, which JSON has not: they
// are as good as not said.
func parse(line []byte) (Point, bool) {
	var p Point
	if len(line) > maxLine {
		return p, false
	}
	if json.Unmarshal(line, &p) == nil {
		return p, p.Event != "" && p.Step >= 0
	}
	for _, word := range []string{"-Infinity", "Infinity", "NaN"} {
		line = bytes.ReplaceAll(line, []byte(word), []byte("null"))
	}
	p = Point{}
	return p, json.Unmarshal(line, &p) == nil && p.Event != "" && p.Step >= 0
}

const pointColumns = "event, step, of, epoch, loss, eval_loss, lr, tokens_per_second, memory_gb, time"

func scanPoint(row interface{ Scan(dest ...any) error }) (p Point, err error) {
	err = row.Scan(&p.Event, &p.Step, &p.Of, &p.Epoch, &p.Loss, &p.EvalLoss, &p.LR, &p.TokensPerSecond, &p.MemoryGB, &p.Time)
	return p, err
}

// Metrics are the lines of a task, in the order of the file.
func (r *Registry) Metrics(ctx context.Context, id string, task int) ([]Point, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT "+pointColumns+" FROM metrics WHERE job = ? AND task = ? ORDER BY offset", id, task)
	if err != nil {
		return nil, r.explain("read", err)
	}
	all, err := collect(rows, func(rows *sql.Rows) (Point, error) { return scanPoint(rows) })
	return all, r.explain("read", err)
}

// last is the last line of a task that tells of a loss; nil where there is none.
func (r *Registry) last(ctx context.Context, id string, task int) (*Point, error) {
	p, err := scanPoint(r.db.QueryRowContext(ctx, "SELECT "+pointColumns+" FROM metrics WHERE job = ? AND task = ? AND loss IS NOT NULL ORDER BY offset DESC LIMIT 1", id, task))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, r.explain("read", err)
	}
	return &p, nil
}

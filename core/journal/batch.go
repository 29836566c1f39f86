package journal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// rowsPerInsert measured fastest: fewer pay for statements, more for the
// driver's search of their parameters, which is quadratic.
const rowsPerInsert = 16

// inserts are the statements that a commit repeats, prepared once.
type inserts struct {
	events, agents, records, rows    insert
	deleteRecord, deleteRow, addTick *sql.Stmt
}

// insert is a statement for one row and one for many.
type insert struct {
	width     int // columns
	one, many *sql.Stmt
}

func (s *inserts) prepare(ctx context.Context, db *sql.DB) (err error) {
	one := func(text string) (stmt *sql.Stmt) {
		if err == nil {
			stmt, err = db.PrepareContext(ctx, text)
		}
		return stmt
	}
	into := func(head string, width int) insert {
		row := "(?" + strings.Repeat(",?", width-1) + ")"
		return insert{width, one(head + row), one(head + row + strings.Repeat(","+row, rowsPerInsert-1))}
	}
	s.events = into("INSERT INTO events (tick, seq, agent, kind, data) VALUES ", 5)
	s.agents = into("REPLACE INTO agents (id, tick, state) VALUES ", 3)
	s.records = into("REPLACE INTO records (plugin, agent, key, kind, json, tick) VALUES ", 6)
	s.rows = into("REPLACE INTO rows (kind, id, json, tick) VALUES ", 4)
	s.deleteRecord = one("DELETE FROM records WHERE plugin = ? AND agent = ? AND key = ?")
	s.deleteRow = one("DELETE FROM rows WHERE kind = ? AND id = ?")
	s.addTick = one("INSERT INTO ticks (tick, time, steps, events, done, digest) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	return nil
}

// batch gathers the rows of one table and inserts many at a time, in order.
type batch struct {
	insert insert
	one    *sql.Stmt
	many   *sql.Stmt
	values []any
}

func newBatch(ctx context.Context, tx *sql.Tx, into insert) *batch {
	return &batch{
		insert: into, one: tx.StmtContext(ctx, into.one), many: tx.StmtContext(ctx, into.many),
		values: make([]any, 0, into.width*rowsPerInsert),
	}
}

func (b *batch) add(ctx context.Context, values ...any) error {
	b.values = append(b.values, values...)
	if len(b.values) < b.insert.width*rowsPerInsert {
		return nil
	}
	_, err := b.many.ExecContext(ctx, b.values...)
	b.values = b.values[:0]
	return err
}

// flush inserts what is left.
func (b *batch) flush(ctx context.Context) error {
	for i := 0; i < len(b.values); i += b.insert.width {
		if _, err := b.one.ExecContext(ctx, b.values[i:i+b.insert.width]...); err != nil {
			return err
		}
	}
	b.values = b.values[:0]
	return nil
}

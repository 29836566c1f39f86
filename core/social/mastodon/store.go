package mastodon

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

// store keeps what the server was told and what it told: bridge.db.
type store struct {
	path string
	db   *sql.DB
}

func openStore(ctx context.Context, path string) (*store, error) {
	db, err := sqlite.Open(ctx, path, sqlite.Options{Schema: schema, Version: format, Application: application})
	if err != nil {
		return nil, err
	}
	return &store{path, db}, nil
}

func (s *store) close() error { return s.db.Close() }

// write does something whole or not at all. It is not given up halfway when ctx
// ends.
func (s *store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	ctx = context.WithoutCancel(ctx)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain("write to", s.path, err)
	}
	if err := do(ctx, tx); err != nil {
		_ = tx.Rollback() // a full disk makes SQLite roll back by itself
		return sqlite.Explain("write to", s.path, err)
	}
	return sqlite.Explain("write to", s.path, tx.Commit())
}

func (s *store) exec(ctx context.Context, text string, args ...any) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	})
}

// position is the last tick in the outbox, and the server that it is for; false
// where nothing was ever taken.
func (s *store) position(ctx context.Context) (tick int64, server string, ok bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT tick, server FROM position").Scan(&tick, &server)
	if errors.Is(err, sql.ErrNoRows) {
		return -1, "", false, nil
	}
	return tick, server, err == nil, sqlite.Explain("read", s.path, err)
}

// take puts jobs into the outbox and notes that it goes up to a tick.
func (s *store) take(ctx context.Context, server string, tick int64, jobs []job) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, j := range jobs {
			data, err := json.Marshal(j.deed)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO sent (key, agent, post, deed, state) VALUES (?, ?, ?, ?, 'waiting') ON CONFLICT (key) DO NOTHING",
				j.Key, j.Agent, j.Post, string(data)); err != nil {
				return fmt.Errorf("%s: %w", j.Key, err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO position VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET tick = excluded.tick`, tick, server)
		return err
	})
}

// first are the first jobs of an account that are not settled, in order.
func (s *store) first(ctx context.Context, agent string, limit int) (all []*job, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, key, agent, post, deed, state, toot, since, tried, tries FROM sent
		WHERE agent = ? AND state IN ('waiting', 'trying') ORDER BY id LIMIT ?`, agent, limit)
	if err != nil {
		return nil, sqlite.Explain("read", s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var j job
		var deed, toot, tried string
		if err := rows.Scan(&j.ID, &j.Key, &j.Agent, &j.Post, &deed, &j.State, &toot, &j.Since, &tried, &j.Tries); err != nil {
			return nil, sqlite.Explain("read", s.path, err)
		}
		if err := j.restore(deed, toot, tried); err != nil {
			return nil, fmt.Errorf("read %s: job %s: %w", s.path, j.Key, err)
		}
		all = append(all, &j)
	}
	return all, sqlite.Explain("read", s.path, rows.Err())
}

func (j *job) restore(deed, toot, tried string) (err error) {
	if err = json.Unmarshal([]byte(deed), &j.deed); err == nil && toot != "" {
		err = json.Unmarshal([]byte(toot), &j.Toot)
	}
	if err == nil && tried != "" {
		j.Tried, err = time.Parse(time.RFC3339Nano, tried)
	}
	return err
}

// try notes what is asked of the server before it is asked.
func (s *store) try(ctx context.Context, j *job) error {
	data, err := json.Marshal(j.Toot)
	if err != nil {
		return err
	}
	return s.exec(ctx, "UPDATE sent SET state = ?, toot = ?, since = ?, tried = ?, tries = ? WHERE id = ?",
		j.State, string(data), j.Since, j.Tried.UTC().Format(time.RFC3339Nano), j.Tries, j.ID)
}

// settle notes that a job is done with; status is what it made.
func (s *store) settle(ctx context.Context, j *job, state string, made place, why string) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sent SET state = ?, status = ?, url = ?, poll = ?, why = ? WHERE id = ?", state, made.Status, made.URL, made.Poll, why, j.ID)
		if err == nil && made.Status != "" {
			_, err = tx.ExecContext(ctx, "UPDATE accounts SET last = ? WHERE agent = ?", made.Status, j.Agent)
		}
		return err
	})
}

// left counts the jobs that are not settled, by agent.
func (s *store) left(ctx context.Context) (map[string]int, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT agent, count(*) FROM sent WHERE state IN ('waiting', 'trying') GROUP BY agent")
	if err != nil {
		return nil, sqlite.Explain("read", s.path, err)
	}
	defer rows.Close()
	left := map[string]int{}
	for rows.Next() {
		var agent string
		var n int
		if err := rows.Scan(&agent, &n); err != nil {
			return nil, sqlite.Explain("read", s.path, err)
		}
		left[agent] = n
	}
	return left, sqlite.Explain("read", s.path, rows.Err())
}

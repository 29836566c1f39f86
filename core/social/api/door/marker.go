package door

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// maxDismissed notifications of a visitor are remembered.
const maxDismissed = 1000

// Marker says how far a visitor has read a timeline.
type Marker struct {
	Timeline string
	Last     int64
	Version  int
	Updated  time.Time
}

// Marker is a visitor's; the zero Marker where there is none.
func (s *Store) Marker(ctx context.Context, visitor, timeline string) (m Marker, err error) {
	var updated int64
	err = s.reader.QueryRowContext(ctx, "SELECT timeline, last, version, updated FROM markers WHERE visitor = ? AND timeline = ?", visitor, timeline).
		Scan(&m.Timeline, &m.Last, &m.Version, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return Marker{}, nil
	}
	m.Updated = time.Unix(updated, 0)
	return m, s.explain(err)
}

// Mark sets a marker.
func (s *Store) Mark(ctx context.Context, visitor, timeline string, last int64) (Marker, error) {
	m := Marker{Timeline: timeline, Last: last, Updated: s.now().Truncate(time.Second)}
	err := s.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO markers VALUES (?, ?, ?, 1, ?) ON CONFLICT (visitor, timeline)
			DO UPDATE SET last = excluded.last, version = version + 1, updated = excluded.updated RETURNING version`,
			visitor, timeline, last, m.Updated.Unix()).Scan(&m.Version)
	})
	return m, err
}

// Dismiss hides a notification from a visitor.
func (s *Store) Dismiss(ctx context.Context, visitor string, id int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO dismissed VALUES (?, ?) ON CONFLICT DO NOTHING", visitor, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM dismissed WHERE visitor = ?1 AND id NOT IN
			(SELECT id FROM dismissed WHERE visitor = ?1 ORDER BY id DESC LIMIT ?2)`, visitor, maxDismissed)
		return err
	})
}

// Dismissed are the notifications that a visitor does not want to see.
func (s *Store) Dismissed(ctx context.Context, visitor string) (map[int64]bool, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM dismissed WHERE visitor = ?", visitor)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	out := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, s.explain(err)
		}
		out[id] = true
	}
	return out, s.explain(rows.Err())
}

// Number counts the visits that were asked for after a tick, from 0.
func (s *Store) Number(ctx context.Context, tick int64) (n int64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "INSERT INTO visits VALUES (?, 0) ON CONFLICT (tick) DO UPDATE SET n = n + 1 RETURNING n", tick).Scan(&n)
	})
	return n, err
}

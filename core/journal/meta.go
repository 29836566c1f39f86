package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Meta is what a run is. It does not change.
type Meta struct {
	Gorod       string // version of the program
	Study       string // the study's name
	Cell        string
	Seed        uint64
	RunID       string
	StudyDigest string // SHA-256 of the resolved study.yaml, hexadecimal
	Language    string // ru or en
	Clock       Clock
	Format      int // of the file; given by Create
	Created     time.Time
	Residents   []Resident // in population order
}

// Clock is simulated time: Ticks steps of Step from Start. Of Start's zone the
// offset is kept.
type Clock struct {
	Start time.Time
	Step  time.Duration
	Ticks int
}

// At is the simulated time of a tick.
func (c Clock) At(tick int64) time.Time { return c.Start.Add(time.Duration(tick) * c.Step) }

// Resident is an agent as it was when the run began.
type Resident struct {
	ID      string
	Name    string
	Group   string // of the population
	Model   string // entry of the study's models
	Persona json.RawMessage
}

// Meta says what the run is. The Residents are shared: do not change them.
func (j *Journal) Meta() Meta { return j.meta }

// init writes the row that makes the file a run.
func (j *Journal) init(ctx context.Context, meta Meta) error {
	meta.Format = Format
	tx, err := j.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := insertMeta(ctx, tx, meta); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	j.meta = meta
	return nil
}

func insertMeta(ctx context.Context, tx *sql.Tx, m Meta) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING`,
		m.Gorod, m.Study, m.Cell, strconv.FormatUint(m.Seed, 10), m.RunID, m.StudyDigest, m.Language,
		m.Clock.Start.Format(time.RFC3339Nano), int64(m.Clock.Step), m.Clock.Ticks, m.Created.Format(time.RFC3339Nano), string(Running))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrExists, err)
	}
	for i, r := range m.Residents {
		_, err := tx.ExecContext(ctx, `INSERT INTO residents VALUES (?, ?, ?, ?, ?, ?)`,
			i, r.ID, r.Name, r.Group, r.Model, string(r.Persona))
		if err != nil {
			return fmt.Errorf("resident %s: %w", r.ID, err)
		}
	}
	return nil
}

func readMeta(ctx context.Context, db *sql.DB) (Meta, error) {
	m := Meta{Format: Format}
	var seed, start, created string
	err := db.QueryRowContext(ctx, `SELECT gorod, study, cell, seed, run_id, study_digest, language, clock_start, clock_step,
		clock_ticks, created FROM meta`).Scan(&m.Gorod, &m.Study, &m.Cell, &seed, &m.RunID, &m.StudyDigest, &m.Language,
		&start, &m.Clock.Step, &m.Clock.Ticks, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return m, ErrNoRun
	}
	if err != nil {
		return m, err
	}
	var errs [3]error
	m.Seed, errs[0] = strconv.ParseUint(seed, 10, 64)
	m.Clock.Start, errs[1] = time.Parse(time.RFC3339Nano, start)
	m.Created, errs[2] = time.Parse(time.RFC3339Nano, created)
	if err := errors.Join(errs[:]...); err != nil {
		return m, fmt.Errorf("read meta: %w", err)
	}
	const residents = `SELECT id, name, "group", model, persona FROM residents ORDER BY position`
	for r, err := range query(ctx, db, scanResident, residents) {
		if err != nil {
			return m, err
		}
		m.Residents = append(m.Residents, r)
	}
	return m, nil
}

func scanResident(scan func(...any) error) (r Resident, err error) {
	err = scan(&r.ID, &r.Name, &r.Group, &r.Model, (*[]byte)(&r.Persona))
	return r, err
}

// Package cassette records what models answered, in a run's llm.db, so that the
// run can be resumed and replayed without asking again. A call is known by the
// SHA-256 of all that identifies its request.
package cassette

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/llm-city/gorod/core/sqlite"
)

// Mode says what a cassette does with a call.
type Mode string

// The modes.
const (
	Record Mode = "record" // answer what is recorded, ask and record the rest
	Replay Mode = "replay" // answer what is recorded, refuse the rest; writes nothing
	Off    Mode = "off"    // ask, record nothing
)

// Cassette is one run's recording. It may be used by several goroutines.
type Cassette struct {
	path   string
	mode   Mode
	writer *sql.DB // Record only
	reader *sql.DB
	find   *sql.Stmt // of a call
	seek   *sql.Stmt // of an embedding
	buffer sync.Pool // of *writer, for keys

	calls  flights[reply]
	embeds flights[vector]

	flush   sync.Mutex // one flush at a time
	mu      sync.Mutex
	fresh   *batch  // to be written
	old     *batch  // being written; may be nil
	known   known   // Record only
	samples samples // Record only
	stuck   bool    // the last flush failed: none until the next is asked for
}

// Open opens the cassette at path, which Record makes if it is not there and
// Off does not touch.
func Open(ctx context.Context, path string, mode Mode) (*Cassette, error) {
	c := &Cassette{path: path, mode: mode, fresh: newBatch()}
	switch mode {
	case Off:
		return c, nil
	case Record, Replay:
	default:
		return nil, fmt.Errorf("open the cassette: mode %q is none of record, replay, off", mode)
	}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the cassette: %w", err), c.closeFiles())
	}
	return c, nil
}

func (c *Cassette) open(ctx context.Context) (err error) {
	options := sqlite.Options{Schema: ddl, Version: 1, Application: application}
	if c.mode == Record {
		if c.writer, err = sqlite.Open(ctx, c.path, options); err != nil {
			return err
		}
	}
	// Readers of their own: a look-up does not wait for a flush.
	options.ReadOnly = true
	if c.reader, err = sqlite.Open(ctx, c.path, options); err != nil {
		return err
	}
	if c.find, err = c.reader.PrepareContext(ctx, findCall); err != nil {
		return sqlite.Explain("read", c.path, err)
	}
	if c.seek, err = c.reader.PrepareContext(ctx, findEmbedding); err == nil && c.mode == Record {
		err = c.know(ctx)
	}
	if err == nil {
		c.samples.last, err = c.lastSample(ctx)
	}
	return sqlite.Explain("read", c.path, err)
}

// know notes the keys of earlier sessions.
func (c *Cassette) know(ctx context.Context) error {
	rows, err := c.reader.QueryContext(ctx, "SELECT key FROM calls UNION ALL SELECT key FROM embeddings")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key sql.RawBytes
		if err := rows.Scan(&key); err != nil {
			return err
		}
		if len(key) == len(Key{}) {
			c.known.add(Key(key))
		}
	}
	return rows.Err()
}

// Close writes what is not written yet and closes the file.
func (c *Cassette) Close() error {
	return errors.Join(c.Flush(context.Background()), c.closeFiles())
}

func (c *Cassette) closeFiles() error {
	var all []error
	for _, s := range []*sql.Stmt{c.find, c.seek} {
		if s != nil {
			all = append(all, s.Close())
		}
	}
	for _, db := range []*sql.DB{c.reader, c.writer} {
		if db != nil {
			all = append(all, db.Close())
		}
	}
	return errors.Join(all...)
}

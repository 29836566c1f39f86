// Package door keeps who may act on a run's network through its API: apps that
// registered, visitors with their names, the tokens they were given, and what
// they have read. Tokens and secrets are random, 256 bits long, and kept as
// SHA-256; passwords as PBKDF2.
package door

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
)

// File is the name of a store, in the folder of its run.
const File = "visitors.db"

// application marks a store: "grdv".
const application = 0x67726476

const schema = `
CREATE TABLE IF NOT EXISTS apps ( -- clients that registered
	id        INTEGER PRIMARY KEY,
	client    TEXT NOT NULL UNIQUE, -- client_id
	secret    BLOB NOT NULL,        -- SHA-256 of the client_secret
	name      TEXT NOT NULL,
	website   TEXT NOT NULL,
	redirects TEXT NOT NULL,        -- redirect URIs, a line each
	scopes    TEXT NOT NULL,        -- divided by spaces
	created   INTEGER NOT NULL      -- Unix time, as all times here
) STRICT;

CREATE TABLE IF NOT EXISTS visitors ( -- people with a name
	id       TEXT PRIMARY KEY,     -- @alice
	name     TEXT NOT NULL,        -- shown
	password BLOB NOT NULL,        -- salt and PBKDF2 of it; empty: none
	created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS codes ( -- of authorizations that are not exchanged yet
	hash      BLOB PRIMARY KEY,
	app       INTEGER NOT NULL,
	visitor   TEXT NOT NULL,
	redirect  TEXT NOT NULL,
	scopes    TEXT NOT NULL,
	challenge TEXT NOT NULL,       -- PKCE, S256; empty: none
	expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tokens (
	hash    BLOB PRIMARY KEY,      -- SHA-256 of the token
	kind    TEXT NOT NULL,         -- access, or session: of a browser at the page where names are chosen
	app     INTEGER NOT NULL,      -- 0 for a session
	visitor TEXT NOT NULL,         -- empty: of the app itself
	scopes  TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_created ON tokens (created);
CREATE INDEX IF NOT EXISTS tokens_owner ON tokens (visitor, app);

CREATE TABLE IF NOT EXISTS markers ( -- how far visitors have read
	visitor  TEXT NOT NULL,
	timeline TEXT NOT NULL,        -- home, notifications, cleared, conversation/ID
	last     INTEGER NOT NULL,     -- id
	version  INTEGER NOT NULL,
	updated  INTEGER NOT NULL,
	PRIMARY KEY (visitor, timeline)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS dismissed ( -- notifications
	visitor TEXT NOT NULL,
	id      INTEGER NOT NULL,
	PRIMARY KEY (visitor, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS visits ( -- numbers given to visits after each tick
	tick INTEGER PRIMARY KEY,
	n    INTEGER NOT NULL
) STRICT;
`

// Bounds of what is kept. Who registers without end replaces the oldest.
const (
	maxApps     = 5_000
	maxVisitors = 10_000
	maxTokens   = 50_000
	maxOwn      = 100 // tokens, and as many sessions, of a visitor, or of an app alone
	codeLife    = 10 * time.Minute
)

// What the store refuses.
var (
	ErrUnknown  = errors.New("not known")
	ErrTaken    = errors.New("somebody else has the name")
	ErrPassword = errors.New("the password is wrong")
	ErrFull     = errors.New("there are too many visitors")
	ErrName     = errors.New("a name has 2 to 30 Latin letters, digits and underscores")
)

// Store is an open store. Several processes may use one.
type Store struct {
	path   string
	writer *sql.DB
	reader *sql.DB
	now    func() time.Time
	random io.Reader
}

// Open opens the store at path, which is made where there is none.
func Open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	options := sqlite.Options{Schema: schema, Application: application}
	writer, err := sqlite.Open(ctx, path, options)
	if err != nil {
		return nil, err
	}
	options.ReadOnly = true
	reader, err := sqlite.Open(ctx, path, options)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return &Store{path: path, writer: writer, reader: reader, now: now, random: rand.Reader}, nil
}

// Close closes the file.
func (s *Store) Close() error {
	if err := errors.Join(s.reader.Close(), s.writer.Close()); err != nil {
		return fmt.Errorf("close %s: %w", s.path, err)
	}
	return nil
}

// write runs do in a transaction.
func (s *Store) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain("write to", s.path, err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // a full disk makes SQLite roll back by itself
		return s.explain(err)
	}
	return sqlite.Explain("write to", s.path, tx.Commit())
}

func (s *Store) explain(err error) error {
	for _, known := range []error{nil, ErrUnknown, ErrTaken, ErrPassword, ErrFull, ErrName} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	return sqlite.Explain("use", s.path, err)
}

// secret draws a random word of 256 bits and says what is kept of it.
func (s *Store) secret() (word string, kept []byte, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return "", nil, fmt.Errorf("draw a token: %w", err)
	}
	word = base64.RawURLEncoding.EncodeToString(raw[:])
	return word, hash(word), nil
}

func hash(word string) []byte {
	sum := sha256.Sum256([]byte(word))
	return sum[:]
}

package mastodon

import (
	"context"
	"database/sql"
	"errors"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/sqlite"
)

// place is where something of the run is on the server.
type place struct {
	Status string // its id there; empty: it is not there
	URL    string
	Poll   string
	Agent  string // whose it is, of a resident's
	State  string // of its job, of a resident's
}

// one reads at most one row.
func (s *store) one(ctx context.Context, into []any, text string, args ...any) (bool, error) {
	err := s.db.QueryRowContext(ctx, text, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, sqlite.Explain("read", s.path, err)
}

// postAt is where a resident's post is.
func (s *store) postAt(ctx context.Context, post string) (p place, ok bool, err error) {
	ok, err = s.one(ctx, []any{&p.Status, &p.URL, &p.Poll, &p.Agent, &p.State}, "SELECT status, url, poll, agent, state FROM sent WHERE post = ?", post)
	return p, ok, err
}

// visitAt is where what a visit made is.
func (s *store) visitAt(ctx context.Context, visit string) (p place, ok bool, err error) {
	ok, err = s.one(ctx, []any{&p.Status, &p.URL, &p.Poll}, "SELECT status, url, poll FROM met WHERE visit = ?", visit)
	p.State = sent
	return p, ok, err
}

// stood is a status of the server in the run.
type stood struct {
	Target   string // the post, or the visit that made it
	Audience social.Audience
}

// targetOf is what a status is in the run.
func (s *store) targetOf(ctx context.Context, status string) (t stood, ok bool, err error) {
	ok, err = s.one(ctx, []any{&t.Target, (*string)(&t.Audience)}, "SELECT post, coalesce(deed ->> 'audience', '') FROM sent WHERE status = ? AND post <> ''", status)
	if ok || err != nil {
		return t, ok, err
	}
	ok, err = s.one(ctx, []any{&t.Target}, "SELECT visit FROM met WHERE status = ?", status)
	return t, ok, err
}

// own reports whether a status is that of a job.
func (s *store) own(ctx context.Context, status string) (bool, error) {
	var one int
	return s.one(ctx, []any{&one}, "SELECT 1 FROM sent WHERE status = ?", status)
}

// meet keeps what a person outside wrote; agent is the resident whom alone it was
// for, if it was for one.
func (s *store) meet(ctx context.Context, visit, who, agent string, p place) error {
	return s.exec(ctx, "INSERT INTO met VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", visit, p.Status, p.URL, p.Poll, who, agent)
}

// talk is the last status that a person outside wrote to a resident alone; empty
// where there is none.
func (s *store) talk(ctx context.Context, who, agent string) (status string, err error) {
	_, err = s.one(ctx, []any{&status}, "SELECT status FROM met WHERE who = ? AND agent = ? AND agent <> '' ORDER BY length(status) DESC, status DESC LIMIT 1", who, agent)
	return status, err
}

// face is an account of the server.
type face struct {
	Account string // its id there
	Acct    string // its name there
}

// greet keeps who a visitor is.
func (s *store) greet(ctx context.Context, visitor string, f face) error {
	return s.exec(ctx, "INSERT INTO strangers VALUES (?, ?, ?) ON CONFLICT (visitor) DO UPDATE SET account = excluded.account, acct = excluded.acct",
		visitor, f.Account, f.Acct)
}

// stranger is who a visitor is on the server.
func (s *store) stranger(ctx context.Context, visitor string) (f face, ok bool, err error) {
	ok, err = s.one(ctx, []any{&f.Account, &f.Acct}, "SELECT account, acct FROM strangers WHERE visitor = ?", visitor)
	return f, ok, err
}

// face is the account of a resident as an earlier process met it.
func (s *store) face(ctx context.Context, agent string) (f face, last, seen string, ok bool, err error) {
	ok, err = s.one(ctx, []any{&f.Account, &f.Acct, &last, &seen}, "SELECT account, acct, last, seen FROM accounts WHERE agent = ?", agent)
	return f, last, seen, ok, err
}

func (s *store) keepFace(ctx context.Context, agent string, f face, last, seen string) error {
	return s.exec(ctx, "INSERT INTO accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (agent) DO UPDATE SET acct = excluded.acct", agent, f.Account, f.Acct, last, seen)
}

// saw keeps up to which notification an account has seen.
func (s *store) saw(ctx context.Context, agent, seen string) error {
	return s.exec(ctx, "UPDATE accounts SET seen = ? WHERE agent = ?", seen, agent)
}

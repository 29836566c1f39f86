package door

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"time"
)

// Kinds of token.
const (
	accessKind  = "access"
	sessionKind = "session"
)

// Grant is what a token stands for.
type Grant struct {
	App     App
	Visitor string // @alice; empty: the app itself
	Scopes  Scopes
	Created time.Time
}

// grant is a Grant as it is kept.
type grant struct {
	kind, visitor string
	app           int64
	scopes        Scopes
}

// give keeps a token. Nobody's tokens but one's own make room for it, unless very
// many are out.
func (s *Store) give(ctx context.Context, tx *sql.Tx, kept []byte, g grant) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)", kept, g.kind, g.app, g.visitor, g.scopes.String(), s.now().Unix())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM tokens WHERE hash IN
		(SELECT hash FROM tokens WHERE visitor = ?1 AND (visitor <> '' OR app = ?2) AND kind = ?3 ORDER BY created DESC LIMIT -1 OFFSET ?4)`,
		g.visitor, g.app, g.kind, maxOwn)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens ORDER BY created DESC LIMIT -1 OFFSET ?)`, maxTokens)
	return err
}

// Authorization is what a visitor allowed an app.
type Authorization struct {
	App       App
	Visitor   string
	Redirect  string
	Scopes    Scopes
	Challenge string // of PKCE (S256), if the app uses it
}

// Code makes the code that the app exchanges for a token.
func (s *Store) Code(ctx context.Context, a Authorization) (string, error) {
	code, kept, err := s.secret()
	if err != nil {
		return "", err
	}
	now := s.now()
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM codes WHERE expires < ?", now.Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?)",
			kept, a.App.ID, a.Visitor, a.Redirect, a.Scopes.String(), a.Challenge, now.Add(codeLife).Unix())
		return err
	})
	return code, err
}

// Exchange gives a token for a code, once. ErrUnknown refuses a code that is
// not the app's, has expired, or was given for another redirect URI or to who
// does not know the verifier.
func (s *Store) Exchange(ctx context.Context, app App, code, redirect, verifier string) (token string, g Grant, err error) {
	token, kept, err := s.secret()
	if err != nil {
		return "", g, err
	}
	g = Grant{App: app, Created: s.now()}
	valid := false
	err = s.write(ctx, func(tx *sql.Tx) error {
		var of, expires int64
		var meant, scopes, challenge string
		row := tx.QueryRowContext(ctx, "DELETE FROM codes WHERE hash = ? RETURNING app, visitor, redirect, scopes, challenge, expires", hash(code))
		if err := row.Scan(&of, &g.Visitor, &meant, &scopes, &challenge, &expires); err != nil {
			return err
		}
		g.Scopes = ParseScopes(scopes)
		valid = of == app.ID && meant == redirect && s.now().Unix() <= expires && proves(verifier, challenge)
		if !valid {
			return nil // the code is spent all the same
		}
		return s.give(ctx, tx, kept, grant{accessKind, g.Visitor, app.ID, g.Scopes})
	})
	if err == nil && !valid {
		err = ErrUnknown
	}
	return token, g, err
}

// proves reports whether a verifier is that of a challenge (RFC 7636).
func proves(verifier, challenge string) bool {
	if challenge == "" {
		return true
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// AppToken gives an app a token of its own.
func (s *Store) AppToken(ctx context.Context, app App, scopes Scopes) (token string, g Grant, err error) {
	token, kept, err := s.secret()
	if err != nil {
		return "", g, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		return s.give(ctx, tx, kept, grant{accessKind, "", app.ID, scopes})
	})
	return token, Grant{App: app, Scopes: scopes, Created: s.now()}, err
}

// Grant is what an access token stands for, or ErrUnknown.
func (s *Store) Grant(ctx context.Context, token string) (g Grant, err error) {
	var kept []byte
	var scopes string
	var created int64
	row := s.reader.QueryRowContext(ctx, `SELECT apps.id, client, name, website, redirects, apps.scopes, hash, visitor, tokens.scopes, tokens.created
		FROM tokens JOIN apps ON apps.id = tokens.app WHERE hash = ? AND kind = ?`, hash(token), accessKind)
	g.App, err = scanApp(row, &kept, &g.Visitor, &scopes, &created)
	if err == nil && subtle.ConstantTimeCompare(kept, hash(token)) != 1 {
		err = ErrUnknown
	}
	g.Scopes, g.Created = ParseScopes(scopes), time.Unix(created, 0)
	return g, s.explain(err)
}

// Session is the visitor who chose a name in a browser, or ErrUnknown.
func (s *Store) Session(ctx context.Context, session string) (visitor string, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT visitor FROM tokens WHERE hash = ? AND kind = ?", hash(session), sessionKind).Scan(&visitor)
	return visitor, s.explain(err)
}

// Revoke makes a token of an app worthless. One that is not there is no error.
func (s *Store) Revoke(ctx context.Context, app App, token string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE hash = ? AND app = ?", hash(token), app.ID)
		return err
	})
}

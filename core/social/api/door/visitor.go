package door

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/llm-city/gorod/core/social"
)

// Of passwords.
const (
	rounds      = 100_000
	saltLength  = 16
	maxPassword = 200
)

var validName = regexp.MustCompile(`^[a-z0-9_]{2,30}$`)

// Visitor is somebody with a name.
func (s *Store) Visitor(ctx context.Context, id string) (v social.Visitor, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT id, name FROM visitors WHERE id = ?", id).Scan(&v.ID, &v.Name)
	return v, s.explain(err)
}

// Enter lets somebody in under a name. A name that nobody has is theirs from now
// on, with the password if they give one. One that somebody has is given to who
// comes with their password or with session, that of a browser where they chose
// it; else the error is ErrTaken or ErrPassword. It gives a session for the
// browser.
func (s *Store) Enter(ctx context.Context, name, shown, password, session string) (v social.Visitor, given string, err error) {
	name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@"))
	if !validName.MatchString(name) || len(password) > maxPassword {
		return v, "", ErrName
	}
	v, err = social.Visitor{ID: "@" + name, Name: shown}.Checked()
	if err != nil {
		return v, "", errors.Join(ErrName, err)
	}
	proof, err := s.prove(ctx, v.ID, password, session)
	if err != nil {
		return v, "", err
	}
	given, kept, err := s.secret()
	if err != nil {
		return v, "", err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if proof != nil {
			if err := s.settle(ctx, tx, v, proof); err != nil {
				return err
			}
		}
		if err := tx.QueryRowContext(ctx, "SELECT name FROM visitors WHERE id = ?", v.ID).Scan(&v.Name); err != nil {
			return err
		}
		return s.give(ctx, tx, kept, grant{kind: sessionKind, visitor: v.ID})
	})
	return v, given, err
}

// prove checks that a name is free (then the proof is the password as it is kept,
// never nil) or that it is theirs who want it (then it is nil).
func (s *Store) prove(ctx context.Context, id, password, session string) (proof []byte, err error) {
	var kept []byte
	err = s.reader.QueryRowContext(ctx, "SELECT password FROM visitors WHERE id = ?", id).Scan(&kept)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s.scramble(password)
	case err != nil:
		return nil, s.explain(err)
	}
	if who, err := s.Session(ctx, session); err == nil && who == id {
		return nil, nil
	}
	if len(kept) == 0 || password == "" {
		return nil, ErrTaken
	}
	derived, err := derive(password, kept[:saltLength])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(derived, kept) != 1 {
		return nil, ErrPassword
	}
	return nil, nil
}

// settle gives a name away.
func (s *Store) settle(ctx context.Context, tx *sql.Tx, v social.Visitor, password []byte) error {
	var count int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM visitors").Scan(&count); err != nil {
		return err
	}
	if count >= maxVisitors {
		return ErrFull
	}
	if v.Name == "" {
		v.Name = strings.TrimPrefix(v.ID, "@")
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO visitors VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", v.ID, v.Name, password, s.now().Unix())
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrTaken, err) // somebody was faster
	}
	return nil
}

// Rename changes the name that is shown of a visitor.
func (s *Store) Rename(ctx context.Context, v social.Visitor) (social.Visitor, error) {
	v, err := v.Checked()
	if err != nil || v.Name == "" {
		return v, errors.Join(ErrName, err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE visitors SET name = ? WHERE id = ?", v.Name, v.ID)
		return err
	})
	return v, err
}

// scramble is a password as it is kept; empty for none.
func (s *Store) scramble(password string) ([]byte, error) {
	if password == "" {
		return []byte{}, nil
	}
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(s.random, salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	return derive(password, salt)
}

func derive(password string, salt []byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return append(append([]byte{}, salt...), key...), nil
}

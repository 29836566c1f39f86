// Package entry lets people into the control pages: by a token that was printed
// at the start, then by a signed cookie. It keeps nothing but counts of wrong
// attempts, so that several panels with one token let in the same people.
package entry

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What Enter refuses.
var (
	ErrWrong   = errors.New("wrong token")
	ErrTooMany = errors.New("too many wrong attempts")
	ErrName    = errors.New("a name has from 1 to 40 characters and does not begin with @")
)

const (
	tokenBytes  = 32
	lasts       = 12 * time.Hour
	longestName = 40 // runes
)

// NewToken makes a token of 256 bits.
func NewToken() string {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

// CheckToken refuses a token that somebody could guess.
func CheckToken(token string) error {
	if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) < tokenBytes {
		return errors.New("it is no token of 256 bits in URL-safe base64: remove the file and a new one is made")
	}
	return nil
}

// Door knows the token.
type Door struct {
	token [sha256.Size]byte
	key   []byte
	now   func() time.Time
	tries tries
}

// New makes the door that a token opens.
func New(token string, now func() time.Time) (*Door, error) {
	if err := CheckToken(token); err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "gorod panel session", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("key of sessions: %w", err)
	}
	return &Door{token: sha256.Sum256([]byte(token)), key: key, now: now, tries: newTries()}, nil
}

// Session is somebody who is in.
type Session struct {
	Name  string // of the operator
	ID    string // of the session
	Until time.Time
}

// Enter lets in whoever gives the token. from is the address that attempts are
// counted by. The value is that of the cookie.
func (d *Door) Enter(token, name, from string) (value string, err error) {
	now := d.now()
	if !d.tries.may(from, now) {
		return "", ErrTooMany
	}
	if !d.Opens(token) {
		d.tries.wrong(from, now)
		return "", ErrWrong
	}
	if name, err = cleanName(name); err != nil {
		return "", err
	}
	return d.seal(Session{name, rand.Text(), now.Add(lasts)}), nil
}

// Opens reports whether a token is the right one, in the same time for each.
func (d *Door) Opens(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], d.token[:]) == 1
}

// cleanName is a name on one line, without characters that do not show. A name
// with @ at its head is a visitor's.
func cleanName(raw string) (string, error) {
	if !utf8.ValidString(raw) {
		return "", ErrName
	}
	name := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, raw)), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > longestName || strings.HasPrefix(name, "@") {
		return "", ErrName
	}
	return name, nil
}

// Cookie is the name of the cookie: of each token another, since the browser keeps
// those of all panels on one machine together, whatever their ports.
func (d *Door) Cookie() string { return "gorod-session-" + d.sign("cookie", "")[:8] }

// seal is a session as a cookie holds it: name, id, end and signature.
func (d *Door) seal(s Session) string {
	body := base64.RawURLEncoding.EncodeToString([]byte(s.Name)) + "." + s.ID + "." + strconv.FormatInt(s.Until.Unix(), 10)
	return body + "." + d.sign("session", body)
}

func (d *Door) sign(purpose, text string) string {
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(purpose + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Who reads a cookie; false where it is not one of this door or has ended.
func (d *Door) Who(value string) (s Session, ok bool) {
	at := strings.LastIndexByte(value, '.')
	if at < 0 || !equal(value[at+1:], d.sign("session", value[:at])) {
		return s, false
	}
	parts := strings.Split(value[:at], ".")
	if len(parts) != 3 {
		return s, false
	}
	name, err := base64.RawURLEncoding.DecodeString(parts[0])
	until, errUntil := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || errUntil != nil {
		return s, false
	}
	s = Session{string(name), parts[1], time.Unix(until, 0)}
	return s, d.now().Before(s.Until)
}

// Form is what the forms of a session carry, so that no other page can send
// them.
func (d *Door) Form(s Session) string { return d.sign("form", s.ID) }

// FormOf reports whether a form is the session's own.
func (d *Door) FormOf(s Session, given string) bool { return equal(given, d.Form(s)) }

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

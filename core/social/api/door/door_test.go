package door

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/social"
)

func open(t *testing.T, now func() time.Time) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), File)
	s, err := Open(t.Context(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func register(t *testing.T, s *Store) App {
	t.Helper()
	app, err := s.Register(t.Context(), App{Name: "клиент", Redirects: []string{OutOfBand, "app://x"}, Scopes: ParseScopes("read write")})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// Who reads the file learns no word that opens anything.
func TestNoSecretIsInTheFile(t *testing.T) {
	t.Parallel()
	s, path := open(t, time.Now)
	app := register(t, s)
	v, session, err := s.Enter(t.Context(), "alice", "Алиса", "пароль №1", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.Code(t.Context(), Authorization{App: app, Visitor: v.ID, Redirect: OutOfBand, Scopes: app.Scopes})
	if err != nil {
		t.Fatal(err)
	}
	spent, err := s.Code(t.Context(), Authorization{App: app, Visitor: v.ID, Redirect: OutOfBand, Scopes: app.Scopes})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.Exchange(t.Context(), app, spent, OutOfBand, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{"secret": app.Secret, "session": session, "code": code, "token": token, "password": "пароль №1"} {
		if len(secret) < 10 || bytes.Contains(data, []byte(secret)) {
			t.Errorf("the %s %q is in the file", name, secret)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestACodeExpires(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	s, _ := open(t, func() time.Time { return now })
	app := register(t, s)
	for wait, want := range map[time.Duration]error{codeLife: nil, codeLife + time.Second: ErrUnknown} {
		code, err := s.Code(t.Context(), Authorization{App: app, Visitor: "@a", Redirect: OutOfBand, Scopes: app.Scopes})
		if err != nil {
			t.Fatal(err)
		}
		start := now
		now = now.Add(wait)
		if _, _, err := s.Exchange(t.Context(), app, code, OutOfBand, ""); !errors.Is(err, want) {
			t.Errorf("after %s: %v", wait, err)
		}
		now = start
	}
}

func TestWhatAVisitorIsSurvivesReopening(t *testing.T) {
	t.Parallel()
	s, path := open(t, time.Now)
	app := register(t, s)
	v, session, err := s.Enter(t.Context(), "alice", "", "", "")
	if err != nil || v != (social.Visitor{ID: "@alice", Name: "alice"}) {
		t.Fatalf("%+v, %v", v, err)
	}
	if _, err := s.Rename(t.Context(), social.Visitor{ID: v.ID, Name: "Алиса \u202e<b>"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rename(t.Context(), social.Visitor{ID: v.ID, Name: " \n"}); !errors.Is(err, ErrName) {
		t.Errorf("an empty name: %v", err)
	}
	if _, err := s.Mark(t.Context(), v.ID, "home", 7); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Dismiss(t.Context(), v.ID, 3), s.Dismiss(t.Context(), v.ID, 3)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), path, time.Now); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	again, err := s.Visitor(t.Context(), "@alice")
	if err != nil || !strings.HasPrefix(again.Name, "Алиса") || strings.Contains(again.Name, "\u202e") {
		t.Errorf("%+v, %v", again, err)
	}
	if who, err := s.Session(t.Context(), session); err != nil || who != "@alice" {
		t.Errorf("%s, %v", who, err)
	}
	if _, err := s.Grant(t.Context(), session); !errors.Is(err, ErrUnknown) {
		t.Errorf("a session is a token: %v", err)
	}
	if m, err := s.Marker(t.Context(), v.ID, "home"); err != nil || m.Last != 7 || m.Version != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if d, err := s.Dismissed(t.Context(), v.ID); err != nil || len(d) != 1 || !d[3] {
		t.Errorf("%v, %v", d, err)
	}
	if known, err := s.App(t.Context(), app.Client); err != nil || known.Secret != "" || len(known.Redirects) != 2 {
		t.Errorf("%+v, %v", known, err)
	}
}

func TestScopesHoldTheirParts(t *testing.T) {
	t.Parallel()
	for scopes, want := range map[string]map[string]bool{
		"read":            {"read:statuses": true, "read": true, "write:statuses": false, "readx": false},
		"write:statuses":  {"write:statuses": true, "write:media": false, "write": false},
		"follow":          {"write:follows": true, "read:follows": true, "write:statuses": false},
		"profile":         {"read:accounts": true, "read:statuses": false},
		"":                {"read": true, "write": false},
		"read+write push": {"write:favourites": true, "push": true, "follow": false},
	} {
		for scope, allowed := range want {
			if ParseScopes(scopes).Allow(scope) != allowed {
				t.Errorf("%q allows %q: want %v", scopes, scope, allowed)
			}
		}
	}
	if ParseScopes("admin:write").Valid() || !ParseScopes("read write:media").Valid() {
		t.Error("scopes are not told from others")
	}
}

func TestVisitsAreNumberedByTick(t *testing.T) {
	t.Parallel()
	s, path := open(t, time.Now)
	other, err := Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for want := range int64(3) {
		from := []*Store{s, other}[want%2]
		if n, err := from.Number(t.Context(), 5); err != nil || n != want {
			t.Errorf("%d, %v, want %d", n, err, want)
		}
	}
	if n, err := s.Number(t.Context(), -1); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestWhoTakesManyTokensLosesItsOwn(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	s, _ := open(t, func() time.Time { now = now.Add(time.Second); return now })
	mine, greedy := register(t, s), register(t, s)
	take := func(app App, visitor string) (token string) {
		var err error
		if visitor == "" {
			token, _, err = s.AppToken(t.Context(), app, app.Scopes)
		} else {
			var code string
			if code, err = s.Code(t.Context(), Authorization{App: app, Visitor: visitor, Redirect: OutOfBand, Scopes: app.Scopes}); err == nil {
				token, _, err = s.Exchange(t.Context(), app, code, OutOfBand, "")
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	kept := []string{take(mine, ""), take(mine, "@alice")}
	lost := []string{take(greedy, ""), take(greedy, "@mallory")}
	for range maxOwn {
		kept = append(kept[:2], take(greedy, ""), take(greedy, "@mallory"))
	}
	for want, tokens := range map[error][]string{nil: kept, ErrUnknown: lost} {
		for i, token := range tokens {
			if _, err := s.Grant(t.Context(), token); !errors.Is(err, want) {
				t.Errorf("token %d: %v, want %v", i, err, want)
			}
		}
	}
}

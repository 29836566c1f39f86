package entry_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/panel/internal/entry"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func door(t *testing.T, token string) (*entry.Door, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	d, err := entry.New(token, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return d, c
}

func TestTheTokenLetsInUntilTheSessionEnds(t *testing.T) {
	t.Parallel()
	token := entry.NewToken()
	d, c := door(t, token)
	value, err := d.Enter(token, "  Аня \u202e Иванова\n", "1")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := d.Who(value)
	if !ok || s.Name != "Аня Иванова" {
		t.Fatalf("%+v, %v", s, ok)
	}
	if other, _ := door(t, token); !other.FormOf(s, d.Form(s)) {
		t.Error("a second panel with the token knows nothing of the form")
	}
	if stranger, _ := door(t, entry.NewToken()); stranger.FormOf(s, d.Form(s)) {
		t.Error("another token takes the form")
	}
	if _, ok := d.Who(value[:len(value)-2] + "xx"); ok {
		t.Error("a forged cookie is let in")
	}
	c.now = c.now.Add(13 * time.Hour)
	if _, ok := d.Who(value); ok {
		t.Error("the session does not end")
	}
}

func TestNoCookieThatIsNotSealedIsRead(t *testing.T) {
	t.Parallel()
	d, _ := door(t, entry.NewToken())
	for _, value := range []string{"", ".", "...", "a.b.c.d", strings.Repeat("x", 5000)} {
		if s, ok := d.Who(value); ok {
			t.Errorf("%q is %+v", value, s)
		}
	}
}

func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	token := entry.NewToken()
	d, _ := door(t, token)
	for _, name := range []string{"", " \t", "@alice", strings.Repeat("ё", 41), "\xff"} {
		if _, err := d.Enter(token, name, "1"); !errors.Is(err, entry.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWrongAttemptsAreBoundedByAddressAndInAll(t *testing.T) {
	t.Parallel()
	token := entry.NewToken()
	d, c := door(t, token)
	wrong := func(from string) error {
		_, err := d.Enter("guess", "n", from)
		return err
	}
	for range 5 {
		if err := wrong("1"); !errors.Is(err, entry.ErrWrong) {
			t.Fatal(err)
		}
	}
	if _, err := d.Enter(token, "n", "1"); !errors.Is(err, entry.ErrTooMany) {
		t.Errorf("after five wrong attempts: %v", err)
	}
	if _, err := d.Enter(token, "n", "2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	for i := range 50 {
		_ = wrong(fmt.Sprint("many", i))
	}
	if _, err := d.Enter(token, "n", "3"); !errors.Is(err, entry.ErrTooMany) {
		t.Errorf("after very many: %v", err)
	}
	c.now = c.now.Add(6 * time.Minute)
	if _, err := d.Enter(token, "n", "1"); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestWeakTokensAreRefused(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "password", strings.Repeat("a", 42), "!" + entry.NewToken()} {
		if _, err := entry.New(token, time.Now); err == nil {
			t.Errorf("%q is taken", token)
		}
	}
}

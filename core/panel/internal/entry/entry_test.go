package entry_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/panel/internal/entry"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func door(t *testing.T, secret string) (*entry.Door, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	d, err := entry.New(secret, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return d, c
}

func TestTheTokenLetsInUntilTheSessionEnds(t *testing.T) {
	t.Parallel()
	secret := entry.NewToken()
	d, c := door(t, secret)
	value, err := d.Enter(secret, "  Аня \u202e Иванова\n", "1")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := d.Who(value)
	if !ok || s.Name != "Аня Иванова" {
		t.Fatalf("%+v, %v", s, ok)
	}
	if other, _ := door(t, secret); !other.FormOf(s, d.Form(s)) {
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
	secret := entry.NewToken()
	d, _ := door(t, secret)
	for _, name := range []string{"", " \t", "@alice", strings.Repeat("ё", 41), "\xff"} {
		if _, err := d.Enter(secret, name, "1"); !errors.Is(err, entry.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWrongAttemptsAreBoundedByAddressAndInAll(t *testing.T) {
	t.Parallel()
	secret := entry.NewToken()
	d, c := door(t, secret)
	wrong := func(from string) error {
		_, err := d.Enter("guess", "n", from)
		return err
	}
	for range 5 {
		if err := wrong("1"); !errors.Is(err, entry.ErrWrong) {
			t.Fatal(err)
		}
	}
	if _, err := d.Enter(secret, "n", "1"); !errors.Is(err, entry.ErrTooMany) {
		t.Errorf("after five wrong attempts: %v", err)
	}
	if _, err := d.Enter(secret, "n", "2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	for i := range 50 {
		_ = wrong(fmt.Sprint("many", i))
	}
	if _, err := d.Enter(secret, "n", "3"); !errors.Is(err, entry.ErrTooMany) {
		t.Errorf("after very many: %v", err)
	}
	c.now = c.now.Add(6 * time.Minute)
	if _, err := d.Enter(secret, "n", "1"); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestWeakTokensAreRefused(t *testing.T) {
	t.Parallel()
	for _, weak := range []string{"", "password", strings.Repeat("a", 42), "!" + entry.NewToken()} {
		if _, err := entry.New(weak, time.Now); err == nil {
			t.Errorf("%q is taken", weak)
		}
	}
}

func TestAttemptsFromVeryManyAddressesTakeLittleMemory(t *testing.T) {
	t.Parallel()
	d, c := door(t, entry.NewToken())
	for i := range 20_000 {
		c.now = c.now.Add(7 * time.Second) // as fast as all addresses together may
		_, _ = d.Enter("guess", "n", fmt.Sprint("address ", i))
	}
	if n := d.Places(); n > 4096 {
		t.Errorf("%d addresses are kept", n)
	}
}

// Timing tells too little on a busy machine: what compares secrets is looked at
// instead.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "entry.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string][]string{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				calls[f.Name.Name] = append(calls[f.Name.Name], types.ExprString(call.Fun))
			}
			return true
		})
	}
	for name, by := range map[string]string{"Opens": "subtle.ConstantTimeCompare", "equal": "subtle.ConstantTimeCompare", "Who": "equal", "FormOf": "equal", "Enter": "d.Opens"} {
		if !slices.Contains(calls[name], by) {
			t.Errorf("%s does not call %s", name, by)
		}
	}
}

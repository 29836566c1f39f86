package mastodon

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// everybody are the accounts of residents, by their names, as a registry has
// them.
func everybody() map[string]string {
	return map[string]string{
		"anna_petrova": "town+anna_petrova@example.org", "boris": "town+boris@example.org", "vera": "town+vera@example.org",
	}
}

func TestAccountsAreMadeOnceForWhoeverHasNone(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	o := s.enrolment(t, "# ours\nБорис: token-of-another\n")
	tokens, err := Enrol(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Token{"a0001": "token-of-anna_petrova", "a0002": "token-of-another", "a0003": "token-of-vera"}
	if diff := cmp.Diff(want, tokens); diff != "" {
		t.Error(diff)
	}
	text, requests := load(t, o.Network.Accounts), s.requests
	for _, part := range []string{"# ours\nБорис: token-of-another\n", "\n@made Анна Петрова: anna_petrova:", "\nВера: token-of-vera\n", "\n@app: app-number-1:"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	if info, err := os.Stat(o.Network.Accounts); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	again, err := Enrol(t.Context(), o)
	if diff := cmp.Diff(want, again); diff != "" || err != nil || s.requests != requests || load(t, o.Network.Accounts) != text {
		t.Errorf("%s %v, asked %d times more", diff, err, s.requests-requests)
	}
	if len(s.names()) != 2 {
		t.Errorf("%v", s.names())
	}
	if err := Ready(o.Network, residents()); err != nil {
		t.Error(err)
	}
}

// Wherever a process ends, the next one goes on, and everybody has one account.
func TestProcessesThatEndAnywhereMakeOneAccountEach(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		for _, done := range []bool{false, true} {
			s := newRegistry(t)
			s.password = true
			o := s.enrolment(t, "")
			ctx, cancel := context.WithCancel(t.Context())
			end := &dying{at, done, cancel}
			o.Transport = end
			_, err := Enrol(ctx, o)
			cancel()
			if end.at > 0 {
				if at < 8 || err != nil {
					t.Fatalf("%d: %v", at, err)
				}
				return // it was over before
			}
			o.Transport = nil
			tokens, err := Enrol(t.Context(), o)
			if err != nil || len(tokens) != 3 {
				t.Fatalf("%d, %v: %v\n%s", at, done, err, load(t, o.Network.Accounts))
			}
			if diff := cmp.Diff(everybody(), s.names()); diff != "" {
				t.Fatalf("%d, %v: %s", at, done, diff)
			}
		}
	}
}

// A server that makes the account and drops the connection, answers with
// garbage, limits and fails, has one account of everybody in the end.
func TestAHostileServerHasOneAccountOfEverybody(t *testing.T) {
	t.Parallel()
	s, n := newRegistry(t), 0
	s.password = true
	s.after = func(w http.ResponseWriter, r *http.Request) bool {
		switch n++; n % 5 {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			_, _ = w.Write([]byte(`{"access_token":`))
			return true
		case 3:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	o := s.enrolment(t, "")
	var err error
	for range 10 {
		if _, err = Enrol(t.Context(), o); err == nil {
			break
		}
	}
	if diff := cmp.Diff(everybody(), s.names()); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
}

func TestAnAccountWhoseAnswerWasLostIsLeftToPeopleWhereNobodyGetsInByAPassword(t *testing.T) {
	t.Parallel()
	s, lost := newRegistry(t), false
	s.after = func(_ http.ResponseWriter, r *http.Request) bool {
		if !lost && strings.HasSuffix(r.URL.Path, "/accounts") {
			lost = true
			panic(http.ErrAbortHandler)
		}
		return false
	}
	o := s.enrolment(t, "")
	for range 3 {
		_, err := Enrol(t.Context(), o)
		var no *EnrolError
		if !errors.As(err, &no) || !strings.Contains(err.Error(), "@anna_petrova is there") || !strings.Contains(err.Error(), "`@asked Анна Петрова` of "+o.Network.Accounts) {
			t.Fatal(err)
		}
		secret(t, err, load(t, o.Network.Accounts))
	}
	if len(s.names()) != 1 {
		t.Errorf("%v", s.names())
	}
	save(t, o.Network.Accounts, load(t, o.Network.Accounts)+"Анна Петрова: token-of-anna_petrova\n")
	if tokens, err := Enrol(t.Context(), o); err != nil || len(tokens) != 3 {
		t.Error(tokens, err)
	}
	if diff := cmp.Diff(everybody(), s.names()); diff != "" {
		t.Error(diff)
	}
}

// secret checks that an error has no password or token of a file.
func secret(t *testing.T, err error, file string) {
	t.Helper()
	for line := range strings.Lines(file) {
		if _, token, bad := parseToken(line); bad == nil && token != "" {
			_, word, _ := strings.Cut(string(token), ":")
			if strings.Contains(err.Error(), string(token)) || word != "" && strings.Contains(err.Error(), word) {
				t.Errorf("a secret is in %v", err)
			}
		}
	}
}

func TestServersThatMakeNoAccountsSayWhy(t *testing.T) {
	t.Parallel()
	answer := func(path string, code int, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, path) {
				return false
			}
			if code == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "1800")
			}
			if code == http.StatusTemporaryRedirect {
				w.Header().Set("Location", "http://127.0.0.1:1/")
			}
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	for name, c := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request) bool
		file  string
		want  string
	}{
		"closed":        {answer("/accounts", 403, `{"error":"This action is not allowed"}`), "", "403 This action is not allowed. Its registrations are closed"},
		"bad address":   {answer("/accounts", 422, `{"error":"Validation failed","details":{"email":[{"error":"ERR_BLOCKED","description":"uses a disallowed provider"}]}}`), "", "email uses a disallowed provider. Set another environment.network.create.email"},
		"limited":       {answer("/accounts", 429, ""), "", "takes no more requests until"},
		"down":          {answer("/accounts", 503, ""), "", "the server answers 503; what was made is kept"},
		"no apps":       {answer("/apps", 403, `{"error":"no"}`), "", "registers no applications: 403 no"},
		"odd app":       {answer("/apps", 200, `{"client_id":"a:b","client_secret":"0123456789"}`), "", "does not say as what"},
		"app is gone":   {nil, "@app: removed-app:removed-secret\n", "remove that line to have another): 401 invalid_client"},
		"elsewhere":     {answer("/apps", 307, ""), "", "give the address that it sends to"},
		"all names":     {answer("/accounts", 422, `{"error":"taken","details":{"username":[{"error":"ERR_TAKEN","description":"taken"}]}}`), "", "no name is free for Анна Петрова"},
		"not let in":    {answer("verify_credentials", 403, `{"error":"Your login is missing a confirmed e-mail address"}`), "", "(@anna_petrova): 403 Your login is missing a confirmed e-mail address"},
		"unknown lines": {nil, "@owner: token-number-1\n", ":1: \"@owner\" begins no line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRegistry(t)
			s.fault = c.fault
			o := s.enrolment(t, c.file)
			_, err := Enrol(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if name != "unknown lines" {
				secret(t, err, load(t, o.Network.Accounts))
			}
		})
	}
}

func TestNamesOfOthersAreLeftToThem(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	s.taken["town_boris"], s.taken["town_boris_2"] = true, true
	o := s.enrolment(t, "")
	o.Network.Create.Prefix = "town_"
	if _, err := Enrol(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if s.names()["town_boris_3"] != "town+town_boris_3@example.org" || len(s.names()) != 3 {
		t.Errorf("%v", s.names())
	}
}

func TestWhoMayApprovesTheAccountsThatWait(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	s.approval = true
	o := s.enrolment(t, "")
	if _, err := Enrol(t.Context(), o); err == nil || !strings.Contains(err.Error(), "pending approval") || !strings.Contains(err.Error(), "admin:write:accounts") {
		t.Fatal(err)
	}
	save(t, o.Network.Accounts, load(t, o.Network.Accounts)+"@admin: token-of-nobody\n")
	if _, err := Enrol(t.Context(), o); err == nil || !strings.Contains(err.Error(), "the token of @admin does not see it: 403") {
		t.Fatal(err)
	}
	save(t, o.Network.Accounts, strings.Replace(load(t, o.Network.Accounts), "token-of-nobody", "token-of-admin", 1))
	if tokens, err := Enrol(t.Context(), o); err != nil || len(tokens) != 3 {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everybody(), s.names()); diff != "" || strings.Contains(load(t, o.Network.Accounts), "@asked") {
		t.Errorf("%s\n%s", diff, load(t, o.Network.Accounts))
	}
}

func TestOneProcessMakesAccountsInAFolder(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	o := s.enrolment(t, "")
	unlock, err := lockFolder(o.Network.Accounts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Enrol(t.Context(), o); err == nil || !strings.Contains(err.Error(), "another gorod") || s.requests > 0 {
		t.Error(err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := Enrol(ctx, o); err != nil {
		t.Error(err)
	}
}

func TestAFileThatALinkNamesIsWrittenWhereItIs(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	o := s.enrolment(t, "# real\n")
	link := filepath.Join(t.TempDir(), "link.txt")
	if err := os.Symlink(o.Network.Accounts, link); err != nil {
		t.Fatal(err)
	}
	file := o.Network.Accounts
	o.Network.Accounts = link
	if _, err := Enrol(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if text := load(t, file); !strings.HasPrefix(text, "# real\n") || !strings.Contains(text, "Вера: token-of-vera") {
		t.Error(text)
	}
}

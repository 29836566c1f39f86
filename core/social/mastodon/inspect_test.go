package mastodon

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/spec"
)

// inspected is what a fake says of the accounts of residents.
func inspected(t *testing.T, f *fake, file string, create *spec.Create) Inspection {
	t.Helper()
	n := there(f.URL)
	n.Accounts, n.Create = filepath.Join(t.TempDir(), "accounts.txt"), create
	save(t, n.Accounts, file)
	i, err := Inspect(t.Context(), Enrolment{Network: n, Residents: residents(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(i); err != nil || strings.Contains(string(text), "account-") {
		t.Errorf("%s %v", text, err)
	}
	return i
}

func TestAServerIsAskedWhatItTakesAndWhoseTokensAre(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.answer = func(account string, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/token/info") && account == "anna":
			_, _ = w.Write([]byte(`{"scope":["read","write:statuses","write:favourites","follow"]}`))
		case strings.HasSuffix(r.URL.Path, "/token/info"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, "/apps/verify_credentials"):
			_, _ = w.Write([]byte(`{"scopes":"read write:statuses"}`))
		case account == "boris":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"The access token is invalid"}`))
		default:
			return false
		}
		return true
	}
	i := inspected(t, f, "Анна Петрова: account-anna\nБорис: account-boris\nВера: account-vera\n", nil)
	want := Inspection{Server: f.URL, Characters: 600, Choices: 3, Choice: 10, Accounts: []Inspected{
		{Resident: "Анна Петрова", Account: "@anna", Scopes: []string{"read", "write:statuses", "write:favourites", "follow"}},
		{Resident: "Борис", Trouble: "401 The access token is invalid"},
		{Resident: "Вера", Account: "@vera", Scopes: []string{"read", "write:statuses"}, Trouble: "the token does not allow write:favourites, write:follows, write:mutes"},
	}}
	if diff := cmp.Diff(want, i, cmpopts.IgnoreUnexported(Inspected{})); diff != "" || i.OK() {
		t.Error(diff)
	}
	if len(f.did()) > 0 || len(f.said()) > 0 {
		t.Errorf("something was changed: %q", f.did())
	}
}

func TestTokensOfOneAccountAndAccountsToBeMadeAreTold(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "verify_credentials") && !strings.Contains(r.URL.Path, "/apps/") {
			_, _ = w.Write([]byte(`{"id":"1","acct":"anna"}`))
			return true
		}
		return false
	}
	i := inspected(t, f, "Анна Петрова: account-anna\nБорис: account-boris\n", &spec.Create{Email: "{name}@x.org"})
	if a := i.Accounts; i.OK() || a[0].Trouble != "" || a[1].Trouble != "it is the account of Анна Петрова too" || !a[2].New || a[2].Trouble != "" {
		t.Errorf("%+v", i)
	}
}

func TestAServerThatIsNoneIsToldAndGetsNoToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code int
		body string
		want string
	}{
		"a page":    {200, "<html>", "no JSON of the kind"},
		"elsewhere": {301, "", "give the address that it sends to"},
		"gone":      {404, `{"error":"Record not found"}`, "404 Record not found"},
		"failing":   {502, "", "the server answers 502"},
		"limiting":  {429, "", "takes no more requests until"},
		"too much":  {200, `{"version":"` + strings.Repeat("4", 5<<20), "answers more than 4 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, tokens := newFake(t), 0
			f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Authorization") != "" {
					tokens++
				}
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(c.code)
				_, _ = w.Write([]byte(c.body))
				return true
			}
			i := inspected(t, f, "a0001: account-anna\na0002: account-boris\na0003: account-vera\n", nil)
			if !strings.Contains(i.Trouble, c.want) || i.OK() || tokens > 0 {
				t.Errorf("%q, %d tokens were shown", i.Trouble, tokens)
			}
		})
	}
}

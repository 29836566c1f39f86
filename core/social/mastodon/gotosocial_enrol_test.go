//go:build components

package mastodon_test

import (
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/social/gotosocialtest"
	"github.com/llm-city/gorod/core/social/mastodon"
	"github.com/llm-city/gorod/core/spec"
)

// Residents sign up on GoToSocial: it says what keeps them out, an administrator's
// token approves them, and once their addresses are confirmed they are in.
func TestResidentsSignUpOnGoToSocial(t *testing.T) {
	t.Parallel()
	server := gotosocialtest.Start(t)
	file := filepath.Join(t.TempDir(), "accounts.txt")
	write(t, file, "@admin: "+server.Administrator(t, "olga")+"\n", 0o600)
	o := mastodon.Enrolment{
		Network: spec.Network{
			Server: server.URL, Accounts: file, Create: &spec.Create{Email: "town+{name}@example.org", Reason: "A resident of a simulated town, whose posts a language model writes."},
			Reach: &spec.Reach{Parallel: 2, Retry: 50 * time.Millisecond, Insecure: true},
		},
		Residents: []spec.Resident{{ID: "a0001"}, {ID: "a0002"}}, Language: "ru", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	_, err := mastodon.Enrol(t.Context(), o)
	if kept, ok := errors.AsType[*mastodon.EnrolError](err); !ok || !strings.Contains(kept.Why, "not let in yet") {
		t.Fatal(err)
	}
	server.Confirm(t, "a0001", "a0002")
	tokens, err := mastodon.Enrol(t.Context(), o)
	if err != nil || !slices.Equal(slices.Sorted(maps.Keys(tokens)), []string{"a0001", "a0002"}) {
		t.Fatalf("%v %v", slices.Sorted(maps.Keys(tokens)), err)
	}
	for id, token := range tokens {
		c := client.NewClient(&client.Config{Server: server.URL, AccessToken: string(token)})
		me, err := c.GetAccountCurrentUser(t.Context())
		if err != nil || me.Username != id {
			t.Errorf("%s is %+v %v", id, me, err)
		}
		if _, err := c.PostStatus(t.Context(), &client.Toot{Status: "Доброе утро!"}); err != nil {
			t.Error(err)
		}
	}
}

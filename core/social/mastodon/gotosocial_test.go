//go:build components

package mastodon_test

import (
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	client "github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/social/gotosocialtest"
)

// onGoToSocial gives residents accounts there: their clients, by resident.
func onGoToSocial(t *testing.T, server *gotosocialtest.Server, dir string) map[string]*client.Client {
	t.Helper()
	clients, file := map[string]*client.Client{}, ""
	for agent, name := range map[string]string{"a0001": "anna", "a0002": "boris", "a0003": "vera"} {
		token := server.Account(t, name)
		clients[agent] = client.NewClient(&client.Config{Server: server.URL, AccessToken: token})
		file += agent + ": " + token + "\n"
	}
	write(t, filepath.Join(dir, "accounts.txt"), file, 0o600)
	return clients
}

// GoToSocial passes over Idempotency-Key and locks accounts: nothing may be
// missing or be there twice all the same.
func TestKilledRunsAreOnGoToSocialOnce(t *testing.T) {
	t.Parallel()
	const kills = 10
	server := gotosocialtest.Start(t)
	way := newHostile(t, server.URL)
	dir := t.TempDir()
	clients := onGoToSocial(t, server, dir)
	// A pause that is longer than the server takes: it does twice what it is asked for twice.
	study := strings.Replace(townStudy, "retry: 20ms", "retry: 150ms", 1)
	write(t, filepath.Join(dir, "source.yaml"), fmt.Sprintf(study, kills*perLife+5, way.URL), 0o600)
	_, run := liveAndDie(t, dir, way, kills)
	texts := 0
	for agent, did := range inJournal(t, run) {
		did = slices.DeleteFunc(did, func(s saying) bool { return s.kind != "text" && s.kind != "boost" })
		done := statuses(t, clients[agent])
		if len(did) != len(done) {
			t.Errorf("%s did %d things, there are %d", agent, len(did), len(done))
		}
		for i := range min(len(did), len(done)) {
			if did[i].kind != done[i].kind || !strings.Contains(letters(done[i].text), letters(did[i].text)) {
				t.Fatalf("%s: %d: %+v is there as %+v", agent, i, did[i], done[i])
			}
		}
		texts += len(done)
	}
	if texts < 60 {
		t.Errorf("only %d statuses", texts)
	}
	t.Logf("%d statuses; the way to the server: %v", texts, way.did)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// statuses are an account's own, the oldest first.
func statuses(t *testing.T, c *client.Client) (all []saying) {
	t.Helper()
	me, err := c.GetAccountCurrentUser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for oldest := client.ID(""); ; {
		page, err := c.GetAccountStatuses(t.Context(), me.ID, &client.Pagination{MaxID: oldest, Limit: 40})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			slices.Reverse(all)
			return all
		}
		for _, s := range page {
			is := saying{"text", html.UnescapeString(tags.ReplaceAllString(s.Content, ""))}
			if s.Reblog != nil {
				is = saying{"boost", ""}
			}
			all, oldest = append(all, is), s.ID
		}
	}
}

// Somebody with an account on GoToSocial is answered in public and in private.
func TestABotOnGoToSocialIsAnswered(t *testing.T) {
	t.Parallel()
	server := gotosocialtest.Start(t)
	dir := t.TempDir()
	onGoToSocial(t, server, dir)
	write(t, filepath.Join(dir, "source.yaml"), fmt.Sprintf(townStudy, 100_000, server.URL), 0o600)
	guest := client.NewClient(&client.Config{Server: server.URL, AccessToken: server.Account(t, "alice")})
	whileItRuns(t, dir, func() { asks(t, guest) })
}

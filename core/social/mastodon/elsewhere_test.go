package mastodon_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	client "github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/social/api/apitest"
	"github.com/llm-city/gorod/core/social/api/door"
)

// elsewhere is a server that speaks Mastodon: the embedded one, over another run.
type elsewhere struct{ *apitest.Town }

const otherStudy = `apiVersion: gorod/v1
kind: Experiment
name: elsewhere
clock: {start: 2026-03-02T08:00, step: 1h, ticks: 100000}
population: [{inline: [{name: Клим}]}]
agents: {activity: [0]}
environment: {network: {follows: {graph: none}}}
`

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	return &elsewhere{apitest.New(t, otherStudy, nil)}
}

// live lets the server's run go on until the test ends.
func (s *elsewhere) live(t *testing.T) {
	t.Helper()
	ctx, over := t.Context(), make(chan struct{})
	go func() {
		defer close(over)
		for s.Stepped.Step() && s.View.Sync(ctx) == nil {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		s.End()
		<-over
	})
}

func (s *elsewhere) app(t *testing.T) door.App {
	t.Helper()
	app, err := s.Door.Register(t.Context(), door.App{Name: "gorod", Redirects: []string{door.OutOfBand}, Scopes: door.ParseScopes("read write follow")})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// tokens are the accounts of residents, as a file. All have done something there,
// so that with its next tick the town knows them.
func (s *elsewhere) tokens(t *testing.T, path string, accounts map[string]string) {
	t.Helper()
	app := s.app(t)
	text := "# accounts of residents\n"
	for name, account := range accounts {
		token := s.Token(t, app, account)
		c := client.NewClient(&client.Config{Server: s.URL, AccessToken: token})
		klim, err := c.AccountLookup(t.Context(), "klim")
		if err == nil {
			_, err = c.AccountFollow(t.Context(), klim.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("%s: %s\n", name, token)
	}
	write(t, path, text, 0o600)
}

// bot is the client of somebody whom the run knows nothing of.
func (s *elsewhere) bot(t *testing.T, name string) *client.Client {
	t.Helper()
	return client.NewClient(&client.Config{Server: s.URL, AccessToken: s.Token(t, s.app(t), name)})
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

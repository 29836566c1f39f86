package mastodon_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	client "github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/runner"
)

// An outside bot registers on the server, follows a resident, asks it something
// in public and in private and gets answers.
func TestABotOnTheServerIsAnswered(t *testing.T) {
	t.Parallel()
	server := newElsewhere(t)
	server.live(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "source.yaml"), fmt.Sprintf(townStudy, 100_000, server.URL), 0o600)
	server.tokens(t, filepath.Join(dir, "accounts.txt"), accounts())
	stop := make(chan struct{})
	o, run, err := options(dir, &watch{tick: func(int64) { time.Sleep(20 * time.Millisecond) }})
	if err != nil {
		t.Fatal(err)
	}
	o.Stop = func() bool {
		select {
		case <-stop:
			return true
		default:
			return false
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := runner.Run(t.Context(), o); err != nil {
			t.Error(err)
		}
	}()
	guest := server.bot(t, "alice")
	asks(t, guest)
	close(stop)
	<-ended
	if v, err := runner.Verify(t.Context(), o, run); err != nil || !v.OK {
		t.Errorf("%+v %v", v, err)
	}
}

func asks(t *testing.T, guest *client.Client) {
	ctx := t.Context()
	anna, err := guest.AccountLookup(ctx, "anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guest.AccountFollow(ctx, anna.ID); err != nil {
		t.Fatal(err)
	}
	var asked []*client.Status
	for _, q := range []client.Toot{
		{Status: "@anna что вы думаете о трамваях?", Visibility: "public"}, {Status: "@anna это между нами: как дела?", Visibility: "direct"},
	} {
		s, err := guest.PostStatus(ctx, &q)
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, s)
	}
	answered := map[client.ID]bool{}
	for end := time.Now().Add(90 * time.Second); len(answered) < len(asked); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("answered: %v of %d", answered, len(asked))
		}
		told, err := guest.GetNotifications(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range told {
			for _, q := range asked {
				if n.Type == "mention" && n.Status != nil && n.Status.InReplyToID == string(q.ID) && n.Account.Username != "klim" {
					answered[q.ID] = true
					if (n.Status.Visibility == "direct") != (q.Visibility == "direct") {
						t.Errorf("%s is answered for %s: %s", q.Visibility, n.Status.Visibility, n.Status.Content)
					}
				}
			}
		}
	}
}

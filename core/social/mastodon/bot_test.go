package mastodon_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	client "github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
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
	whileItRuns(t, dir, func() { asks(t, server.bot(t, "alice")) })
}

// whileItRuns does something while the study in a folder runs. The run verifies.
func whileItRuns(t *testing.T, dir string, do func()) {
	t.Helper()
	stop := make(chan struct{})
	o, run, err := runnertest.Load(dir, &watch{tick: func(int64) { time.Sleep(100 * time.Millisecond) }})
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
	do()
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
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // until the resident has moved in
		if said, err := guest.GetAccountStatuses(ctx, anna.ID, nil); err != nil || time.Now().After(end) {
			t.Fatal("the resident says nothing", err)
		} else if len(said) > 0 {
			break
		}
	}
	if _, err := guest.AccountFollow(ctx, anna.ID); err != nil {
		t.Fatal(err)
	}
	asked := map[client.ID]string{}
	answered := map[string]bool{}
	for end := time.Now().Add(2 * time.Minute); len(answered) < 2; time.Sleep(500 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("answered: %v", answered)
		}
		for _, q := range []client.Toot{
			{Status: "@anna что вы думаете о трамваях?", Visibility: "public"}, {Status: "@anna это между нами: как дела?", Visibility: "direct"},
		} {
			s, err := guest.PostStatus(ctx, &q) // again, as people do whom nobody answers
			if err != nil {
				t.Fatal(err)
			}
			asked[s.ID] = s.Visibility
		}
		told, err := guest.GetNotifications(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range told {
			if n.Type != "mention" || n.Account.ID != anna.ID {
				continue
			}
			about, _ := n.Status.InReplyToID.(string)
			how := asked[client.ID(about)]
			if (n.Status.Visibility == "direct") != (how == "direct") {
				t.Errorf("asked: %q, answered: %s: %s", how, n.Status.Visibility, n.Status.Content)
			}
			answered[how] = true
		}
	}
}

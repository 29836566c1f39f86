package live_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

const begin = "account.initTakeoutSession"

func TestADelayedTakeoutIsWaitedOutWithACountdown(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	s.Fail(begin, fakeserver.Delay(90), fakeserver.Delay(5))
	b := loggedIn(t, s)
	if done, err := b.export(t.Context()); err != nil || done.New != 3 {
		t.Fatal(done, err)
	}
	if n := b.reasons()[live.Takeout]; n < 95 || b.clock.slept < 95*time.Second || b.clock.slept > 100*time.Second {
		t.Errorf("%d steps of the countdown, %s", n, b.clock.slept)
	}
	for i, w := range b.waits[1:90] {
		if before := b.waits[i]; w.Left >= before.Left || w.Until != before.Until {
			t.Fatalf("%+v after %+v", w, before)
		}
	}
}

func TestAProcessThatComesLaterWaitsOnlyForTheRest(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	s.Fail(begin, fakeserver.Delay(86_400))
	b := loggedIn(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	b.clock.hook = func() {
		if b.clock.slept > time.Hour {
			cancel()
		}
	}
	if _, err := b.export(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	b.clock.now, b.clock.slept, b.clock.hook = b.clock.now.Add(20*time.Hour), 0, nil
	b.restart(t)
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.clock.slept < 2*time.Hour+50*time.Minute || b.clock.slept > 3*time.Hour || s.Calls(begin) != 2 {
		t.Error(b.clock.slept, s.Calls(begin))
	}
}

func TestADelayIsForgottenWhenTheExportWasAllowedElsewhere(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	s.Fail(begin, fakeserver.Delay(86_400))
	b := loggedIn(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	b.clock.hook = cancel
	if _, err := b.export(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	b.clock.slept, b.clock.hook = 0, nil
	_, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@ada"}, AskAgain: true})
	if err != nil || b.clock.slept != 0 {
		t.Error(err, b.clock.slept)
	}
}

func TestATakeoutThatAKilledProcessLeftIsUsedAndClosed(t *testing.T) {
	t.Parallel()
	for name, expired := range map[string]bool{"open": false, "expired": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, world(dialog(250)))
			b := loggedIn(t, s)
			b.WriteTo(dying(9)) // in the middle of the chat
			s.Fail("account.finishTakeoutSession", fakeserver.Refuse(400, "NOT_NOW"))
			if _, err := b.export(t.Context()); err == nil {
				t.Fatal("the disk did not die")
			}
			if _, err := os.Stat(b.options.Session + ".takeout"); err != nil {
				t.Fatal(err)
			}
			begun := s.Calls(begin)
			if expired {
				s.Expire()
				begun++
			}
			b.restart(t)
			if _, err := b.export(t.Context()); err != nil {
				t.Fatal(err)
			}
			exactly(t, read(t, b.dir).messages["user20"], 1, 250)
			if all := s.Takeouts(); s.Calls(begin) != begun || !all[len(all)-1].Finished {
				t.Error(all, s.Calls(begin), begun)
			}
		})
	}
}

func TestAnExportCanDoWithoutATakeout(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	b := loggedIn(t, s)
	done, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@ada"}, WithoutTakeout: true})
	if err != nil || done.New != 3 || s.Calls(begin) != 0 {
		t.Error(done, err)
	}
}

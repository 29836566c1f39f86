package live_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

const history = "messages.getHistory"

func TestAnExportHandsOverAllMessagesInOrder(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(250)))
	b := loggedIn(t, s)
	var steps []live.Progress
	done, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"user20", "@ADA", "20"}, Page: func(p live.Progress) { steps = append(steps, p) }})
	if err != nil || done != (live.Exported{Chats: 1, New: 250}) {
		t.Fatal(done, err)
	}
	got := read(t, b.dir)
	exactly(t, got.messages["user20"], 1, 250)
	if first := got.messages["user20"][0]; first.Sender != "user20" || first.Name != "Ада" || got.messages["user20"][1].Sender != "user10" {
		t.Errorf("%+v", first)
	}
	if c := got.chats[0]; c.Name != "Ада" || c.Type != "personal_chat" || len(got.report.Warnings) != 0 {
		t.Error(c, got.report)
	}
	if last := steps[len(steps)-1]; !last.Done || last.Stored != 250 || last.New != 250 {
		t.Errorf("%+v", last)
	}
}

// Each of these is what Telegram does on a bad day.
func TestTroubleOnTheWayLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []fakeserver.Fault
		waits  live.Reason
	}{
		"floods":                      {[]fakeserver.Fault{fakeserver.Flood(3), fakeserver.Flood(48_038), fakeserver.Fine(), fakeserver.Flood(1)}, live.Flood},
		"a connection cut":            {[]fakeserver.Fault{fakeserver.Fine(), fakeserver.Drop()}, live.Connection},
		"a cut after acknowledgement": {[]fakeserver.Fault{fakeserver.Fine(), fakeserver.DropLate(), fakeserver.DropLate()}, live.Connection},
		"a server that fails":         {[]fakeserver.Fault{fakeserver.Refuse(500, "INTERDC_2_CALL_ERROR"), fakeserver.Refuse(-503, "Timeout")}, live.Connection},
		"short pages":                 {[]fakeserver.Fault{fakeserver.Short(1), fakeserver.Short(40)}, ""},
		"messages twice":              {[]fakeserver.Fault{fakeserver.Doubled(), fakeserver.Overlapping(text(151), text(240)), fakeserver.Doubled()}, ""},
		"a page of before":            {[]fakeserver.Fault{fakeserver.Fine(), fakeserver.Instead(text(200), text(199))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, world(dialog(250)))
			b := loggedIn(t, s)
			s.Fail(history, c.faults...)
			if done, err := b.export(t.Context()); err != nil || done.New != 250 {
				t.Fatal(done, err)
			}
			exactly(t, read(t, b.dir).messages["user20"], 1, 250)
			if c.waits != "" && b.reasons()[c.waits] == 0 {
				t.Errorf("no wait was shown: %v", b.reasons())
			}
		})
	}
}

func TestAServerThatRepeatsAPageForEverIsGivenUp(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(250)))
	b := loggedIn(t, s)
	for range 20 {
		s.Fail(history, fakeserver.Instead(text(200), text(199)))
	}
	if _, err := b.export(t.Context()); err == nil || s.Calls(history) > 12 {
		t.Error(err, s.Calls(history))
	}
}

func TestDeletedMessagesAreCountedAndLeftOut(t *testing.T) {
	t.Parallel()
	c := dialog(230)
	c.Message = func(id int) tg.MessageClass {
		switch {
		case id%10 == 0:
			return nil
		case id == 5 || id > 225:
			return &tg.MessageEmpty{ID: id}
		}
		return text(id)
	}
	b := loggedIn(t, start(t, world(c)))
	if done, err := b.export(t.Context()); err != nil || done.New != 230-23-1-4 || done.Deleted != 5 {
		t.Fatal(done, err)
	}
	if got := read(t, b.dir); len(got.report.Warnings) != 0 || got.report.Messages != 202 {
		t.Error(got.report)
	}
}

func TestASecondExportFetchesOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	c := dialog(1000)
	s := start(t, world(c))
	b := loggedIn(t, s)
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := s.Calls(history)
	b.restart(t)
	if done, err := b.export(t.Context()); err != nil || done.New != 0 || s.Calls(history) != before+1 {
		t.Fatal("nothing is new:", done, err, s.Calls(history)-before)
	}
	s.Grow(c, 150)
	before = s.Calls(history)
	if done, err := b.export(t.Context()); err != nil || done.New != 150 || s.Calls(history) > before+3 {
		t.Fatal(done, err, s.Calls(history)-before)
	}
	exactly(t, read(t, b.dir).messages["user20"], 1, 1150)
}

func TestAMoveToAnotherDataCentreIsFollowed(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(450)))
	b := loggedIn(t, s)
	pages := 0
	_, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@ada"}, Page: func(live.Progress) {
		if pages++; pages == 2 {
			s.Move(fakeserver.SecondDC)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, read(t, b.dir).messages["user20"], 1, 450)
}

func TestAnExportOfAnotherAccountIsNotAddedTo(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(3))))
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := world(dialog(3))
	w.Self = &tg.User{ID: 11, AccessHash: 1, Self: true}
	other := loggedIn(t, start(t, w))
	if _, err := other.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@ada"}}); !errors.Is(err, live.ErrOtherAccount) {
		t.Error(err)
	}
}

func TestAnExportWithoutALoginIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	b := client(t, s)
	if _, err := b.export(t.Context()); !errors.Is(err, live.ErrNotLoggedIn) {
		t.Error(err)
	}
	b = loggedIn(t, s)
	s.Forget()
	if _, err := b.export(t.Context()); !errors.Is(err, live.ErrNotLoggedIn) {
		t.Error("a login that was ended elsewhere:", err)
	}
}

func TestACancelledExportClosesItsTakeout(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(1000)))
	b := loggedIn(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := b.Export(ctx, b.dir, live.ExportOptions{Chats: []string{"@ada"}, Page: func(p live.Progress) {
		if p.New == 300 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if all := s.Takeouts(); len(all) != 1 || !all[0].Finished || all[0].Success {
		t.Fatal(all)
	}
	if got := read(t, b.dir); got.report.Messages != 300 || len(got.report.Warnings) != 1 {
		t.Error(got.report)
	}
	b.restart(t)
	if done, err := b.export(t.Context()); err != nil || done.New != 700 {
		t.Fatal(done, err)
	}
	exactly(t, read(t, b.dir).messages["user20"], 1, 1000)
	if all := s.Takeouts(); len(all) != 2 || !all[1].Finished || !all[1].Success {
		t.Error(all)
	}
}

func TestAnExportThatFailsClosesItsTakeout(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(10)))
	b := loggedIn(t, s)
	if _, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@nobody_at_all"}}); !errors.Is(err, live.ErrNoChat) {
		t.Fatal(err)
	}
	if all := s.Takeouts(); len(all) != 1 || !all[0].Finished || all[0].Success {
		t.Error(all)
	}
}

func TestALoginThatEndsInTheMiddleIsSaid(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(250)))
	b := loggedIn(t, s)
	s.Fail(history, fakeserver.Fine(), fakeserver.Refuse(401, "SESSION_REVOKED"))
	if _, err := b.export(t.Context()); !errors.Is(err, live.ErrNotLoggedIn) {
		t.Error(err)
	}
}

func TestAChatThatIsKeptBackDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w, _ := town()
	s := start(t, w)
	b := loggedIn(t, s)
	s.Fail(history, fakeserver.Refuse(400, "CHANNEL_PRIVATE"))
	done, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@novosti", "@ada"}})
	if err == nil || done.Chats != 1 || done.New != 12 {
		t.Error(done, err)
	}
	got := read(t, b.dir)
	exactly(t, got.messages["user20"], 1, 12)
	if got.report.Counts["unfinished chats"] != 1 {
		t.Error(got.report)
	}
}

func TestANetworkThatIsAwayIsShownAndCanBeGivenUp(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	b := loggedIn(t, s)
	s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	show := b.options.Waiting
	b.options.Waiting = func(w live.Wait) { show(w); cancel() }
	b.restart(t)
	if _, err := b.export(ctx); !errors.Is(err, context.Canceled) || b.reasons()[live.Connection] == 0 {
		t.Error(err, b.reasons())
	}
}

func TestOneProcessAtATimeUsesASession(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(3))))
	var inside error
	_, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@ada"}, Page: func(live.Progress) {
		_, inside = b.Chats(t.Context(), live.ChatsOptions{})
	}})
	if err != nil || !errors.Is(inside, live.ErrBusy) {
		t.Error(err, inside)
	}
}

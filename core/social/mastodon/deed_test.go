package mastodon

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// quiet checks that a run was told of nothing that went wrong.
func (b *Bridge) quiet(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trouble.told > 0 {
		t.Errorf("the run was told of %d troubles", b.trouble.told)
	}
}

func TestAMuteThatAServerDoesNotTakeStaysInTheRun(t *testing.T) {
	t.Parallel()
	f, mutes := newFake(t), 0
	f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/mute") {
			mutes++
			http.NotFound(w, r)
			return true
		}
		return false
	}
	b, book, o := told(t, f, map[string][]event.Action{"a0001": {about("mute", "", "a0002"), action("post", "p1", "потом", "public")}})
	if s := b.flushed(t, 20*time.Second); s.Left != 0 || s.Trouble != "" || mutes != 1 {
		t.Errorf("%+v, asked %d times", s, mutes)
	}
	b.quiet(t)
	if got := f.said(); !slices.Equal(got, []string{"anna: потом"}) {
		t.Errorf("%q", got)
	}
	if left, err := Left(t.Context(), o.Dir, book); err != nil || left {
		t.Error(left, err)
	}
}

func TestAReactionThatTheServerAlwaysFailsOnHoldsNothingUp(t *testing.T) {
	t.Parallel()
	f, likes := newFake(t), 0
	f.answer = func(_ string, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/favourite") {
			likes++
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	b, _, _ := told(t, f, map[string][]event.Action{
		"a0001": {action("post", "p1", "первая", "public")},
		"a0002": {about("favourite", "p1", "a0001"), action("post", "p2", "вторая", "public")},
	}, row(t, "post", "p1", social.Post{ID: "p1"}))
	if s := b.flushed(t, 50*time.Second); s.Left != 0 || likes != futile {
		t.Errorf("%+v, asked %d times", s, likes)
	}
	if got := f.said(); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

func TestPollsQuotesAndVotesAreOnTheServer(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	quote := action("quote", "p2", "А вы как думаете?", "public")
	quote.Target, quote.TargetAgent = "p1", "a0001"
	club := action("post", "p3", "Встречаемся в субботу", "public")
	club.Group = "Дачный клуб — 2"
	answer := action("reply", "p4", "Приду", "public")
	answer.Target, answer.TargetAgent, answer.Group = "p3", "a0003", club.Group
	b, _, _ := told(t, f, map[string][]event.Action{
		"a0001": {action("post", "p1", "Куда пойдём?", "public"), about("vote", "s1", "@alice@far.example"), answer},
		"a0002": {quote, about("vote", "p1", "a0001")},
		"a0003": {club},
	},
		row(t, "post", "p1", social.Post{ID: "p1", Options: []string{"в лес", "на рынок за картошкой", "на реку", "никуда"}}),
		row(t, "post", "s1", social.Post{ID: "s1", Visit: "m900", Options: []string{"да", "нет"}}),
		row(t, "vote", "p1/a0002", map[string]int{"Option": 1}), row(t, "vote", "s1/a0001", map[string]int{"Option": 0}),
	)
	if err := b.store.meet(t.Context(), "m900", "@alice@far.example", "", place{Status: "900", Poll: "pl9"}); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.awaken() // it may have looked before
	b.mu.Unlock()
	if s := b.flushed(t, 20*time.Second); s.Left != 0 || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
	b.quiet(t)
	if !slices.Equal(f.polls, []string{"в лес|на рынок…|на реку 86400"}) {
		t.Errorf("polls: %q", f.polls)
	}
	said := f.said()
	poll := slices.Index(said, "anna: Куда пойдём?")
	id := []string{"101", "102", "103", "104"}[max(poll, 0)]
	for _, want := range []string{"boris: А вы как думаете?\n\nhttps://x/" + id, "vera: Встречаемся в субботу\n\n#ДачныйКлуб2", "anna: @vera Приду"} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not among %q", want, said)
		}
	}
	if want := []string{"anna: polls/pl9/votes 0", "boris: polls/poll" + id + "/votes 1"}; !slices.Equal(f.did(), want) {
		t.Errorf("%q, want %q", f.did(), want)
	}
}

package view_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

// heard are the texts that the public stream tells after a place, a hundred at a
// time.
func heard(v *view.View, after uint64) (texts []string, next uint64) {
	for next = after; ; {
		told, at := v.News("", []view.Stream{{Kind: view.Public}}, next, 100)
		for _, n := range told {
			texts = append(texts, n.Status.Text)
		}
		if at == next {
			return texts, next
		}
		next = at
	}
}

// A busy tick has more posts than are kept: who reads after each tick misses
// none, who does not read misses the oldest.
func TestAReaderWhoKeepsUpMissesNothing(t *testing.T) {
	t.Parallel()
	const busy, ticks = 5000, 4
	w := newWorld(t)
	w.commit()
	v := w.open(0)
	start := v.Now()
	at := start
	for tick := range ticks {
		for i := range busy {
			w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: fmt.Sprint(tick, " ", i)})
		}
		w.commit()
		sync(t, v)
		var got []string
		got, at = heard(v, at)
		if len(got) != busy {
			t.Fatalf("tick %d: %d posts", tick, len(got))
		}
		for i, text := range got {
			if text != fmt.Sprint(tick, " ", i) {
				t.Fatalf("tick %d, post %d: %s", tick, i, text)
			}
		}
	}
	late, _ := heard(v, start)
	if n := len(late); n >= ticks*busy || n < busy || late[n-1] != fmt.Sprint(ticks-1, " ", busy-1) {
		t.Errorf("who comes late hears %d posts", n)
	}
}

// That a post for few was refused is no news to others.
func TestOnlyWhoMightSeeAPostHearsThatItIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit()
	v := w.open(0)
	at := v.Now()
	w.ask(social.Visit{Visitor: alice(), Kind: "post", Text: "своим", Audience: social.Followers})
	w.ask(social.Visit{Visitor: alice(), Kind: "direct", Text: "тебе", To: "a0001"})
	w.ask(social.Visit{Visitor: alice(), Kind: "post", Text: "всем"})
	sync(t, v)
	w.carryOut("no")
	w.commit()
	sync(t, v)
	for viewer, want := range map[string]int{"": 1, "@bob": 1, "@alice": 3} {
		gone := 0
		told, _ := v.News(viewer, []view.Stream{{Kind: view.Public}, {Kind: view.Home}}, at, 100)
		for _, n := range told {
			if n.Deleted != 0 {
				gone++
			}
		}
		if gone != want {
			t.Errorf("%q hears of %d posts that are gone, want %d", viewer, gone, want)
		}
	}
}

// However much a tick brings, readers have their turn while it is taken in.
func TestReadersDoNotWaitForAWholeTick(t *testing.T) {
	t.Parallel()
	const busy = 2000
	w := newWorld(t)
	w.commit()
	v := w.open(0)
	for range 20 { // a busy machine may let nobody read meanwhile
		for i := range busy {
			w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: fmt.Sprint(i)})
		}
		w.commit()
		var stop atomic.Bool
		between := make(chan bool)
		go func() {
			seen := false
			for !stop.Load() {
				seen = seen || v.Run().Posts%busy != 0
			}
			between <- seen
		}()
		sync(t, v)
		stop.Store(true)
		if <-between {
			return
		}
	}
	t.Error("nobody reads while a tick is taken in")
}

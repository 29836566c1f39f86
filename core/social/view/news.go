package view

import (
	"context"
	"slices"
	"sync"

	"github.com/llm-city/gorod/core/social"
)

// Bounds of the arrivals that readers of streams can still get: the last ones,
// and with them all that arrived since readers were woken the last time but one,
// so that who keeps up misses none, however much a tick brings.
const (
	newsKept = 2000
	newsMost = 100_000
)

// news is what arrived, in order.
type news struct {
	log     []arrival
	gone    uint64        // arrivals before log[0]
	changed chan struct{} // closed with the next arrival
	live    bool          // arrivals are recorded
	stirred bool
	// woken is where the news stood when readers were woken, before when they were
	// woken before that.
	woken, before uint64
}

// arrival is a post, a notification or a post that was refused.
type arrival struct {
	post    *post
	refused bool
	neutral *neutral
	to      int32
	note    note
}

// neutral is a post as nobody in particular sees it, made once for all readers
// when the first asks for it.
type neutral struct {
	once   sync.Once
	status *Status
}

func (n *news) add(a arrival) {
	if !n.live {
		return
	}
	n.log = append(n.log, a)
	n.stirred = true
	if len(n.log) <= 2*newsKept {
		return
	}
	old := len(n.log) - newsKept
	if len(n.log) <= newsMost {
		old = min(old, int(max(n.before, n.gone)-n.gone))
	}
	if old >= newsKept { // many at a time: that moves all others
		n.gone += uint64(old)
		n.log = slices.Delete(n.log, 0, old)
	}
}

func (n *news) note(to int32, o note) { n.add(arrival{to: to, note: o}) }

// wake tells those who wait that something arrived.
func (n *news) wake() {
	if n.stirred {
		close(n.changed)
		n.changed, n.stirred = make(chan struct{}), false
		n.before, n.woken = n.woken, n.gone+uint64(len(n.log))
	}
}

// Stream is what a reader wants to hear of.
type Stream struct {
	Kind          Kind // Home (with notifications and conversations), Public, Tag or Direct
	Tag           string
	Local, Remote bool
	NotesOnly     bool // of Home: notifications alone
}

// Direct is the stream of a viewer's private conversations.
const Direct Kind = "direct"

// News is something that a stream tells. One of the last four is set.
type News struct {
	Stream       int     // by place among those asked for
	Status       *Status // shared: as nobody in particular sees it
	Notification *Notification
	Conversation *Conversation
	Deleted      int64 // id of a post that was refused
}

// Now is where the news stand: what arrives from here on is new.
func (v *View) Now() uint64 {
	defer v.read()()
	return v.s.news.gone + uint64(len(v.s.news.log))
}

// Wait returns when there are news after a place, or with the context's error.
func (v *View) Wait(ctx context.Context, after uint64) error {
	for {
		v.mu.RLock()
		have, changed := v.s.news.gone+uint64(len(v.s.news.log)), v.s.news.changed
		v.mu.RUnlock()
		if have > after {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// News are what streams tell a viewer of the arrivals after a place, the oldest
// first, and the place to ask from next: where about limit were told there may be
// more at once. What arrived long before readers were woken the last time is
// lost.
func (v *View) News(viewer string, streams []Stream, after uint64, limit int) (told []News, next uint64) {
	defer v.read()()
	n := &v.s.news
	me := v.s.people.find(viewer)
	streams = slices.Clone(streams)
	for i := range streams {
		streams[i].Tag = tagOf(streams[i].Tag)
	}
	for next = max(after, n.gone); next < n.gone+uint64(len(n.log)) && len(told) < limit; next++ {
		told = append(told, v.s.tells(me, streams, n.log[next-n.gone])...)
	}
	return told, next
}

func (s *state) tells(me int32, streams []Stream, a arrival) (told []News) {
	if a.refused {
		if len(streams) > 0 && (me == a.post.author || s.belongs(me, a.post)) {
			told = append(told, News{Deleted: a.post.id})
		}
		return told
	}
	for i, stream := range streams {
		if made, ok := s.told(me, stream, a); ok {
			made.Stream = i
			told = append(told, made)
		}
	}
	return told
}

// told is what one stream tells of an arrival.
func (s *state) told(me int32, stream Stream, a arrival) (n News, ok bool) {
	switch {
	case a.post != nil && a.post.Audience == social.Direct:
		if ok = stream.wantsDirect() && s.sees(me, a.post) && a.post.other(me) != nobody; ok {
			n.Conversation = s.conversation(me, a.post)
		}
	case a.post != nil:
		if ok = s.streams(me, stream, a.post); ok {
			n.Status = s.shared(a)
		}
	case a.to == me && me != nobody && stream.Kind == Home:
		n.Notification, ok = s.notification(me, a.note)
	}
	return n, ok
}

// shared is a post that arrived as nobody in particular sees it.
func (s *state) shared(a arrival) *Status {
	a.neutral.once.Do(func() { a.neutral.status = s.neutral(a.post) })
	return a.neutral.status
}

func (st Stream) wantsDirect() bool { return st.Kind == Direct || st.Kind == Home && !st.NotesOnly }

func (s *state) streams(me int32, st Stream, p *post) bool {
	if st.Kind == Direct || st.NotesOnly {
		return false
	}
	return s.shows(me, Timeline{Kind: st.Kind, Tag: st.Tag, Local: st.Local, Remote: st.Remote}, p)
}

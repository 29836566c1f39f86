package view

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/social"
)

// newsKept is how many of the last arrivals readers of streams can still get.
const newsKept = 2000

// news is what arrived, in order. Statuses are as nobody in particular sees
// them, made once for all readers.
type news struct {
	log     []arrival
	gone    uint64        // arrivals before log[0]
	changed chan struct{} // closed with the next arrival
	live    bool          // arrivals are recorded
	stirred bool
}

// arrival is a post, a notification or the id of a post that was refused.
type arrival struct {
	post    *post
	status  *Status
	to      int32
	note    note
	deleted int64
}

func (n *news) add(a arrival) {
	if !n.live {
		return
	}
	n.log = append(n.log, a)
	n.stirred = true
	if len(n.log) > 2*newsKept {
		n.gone += uint64(len(n.log) - newsKept)
		n.log = slices.Delete(n.log, 0, len(n.log)-newsKept)
	}
}

func (n *news) note(to int32, o note) { n.add(arrival{to: to, note: o}) }

// wake tells those who wait that something arrived.
func (n *news) wake() {
	if n.stirred {
		close(n.changed)
		n.changed, n.stirred = make(chan struct{}), false
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

// News are what streams tell a viewer of the arrivals after a place, and the
// place to ask from next. Of posts at most limit, the newest, are told.
func (v *View) News(viewer string, streams []Stream, after uint64, limit int) ([]News, uint64) {
	defer v.read()()
	n := &v.s.news
	start := int(max(after, n.gone) - n.gone)
	me := v.s.people.find(viewer)
	streams = slices.Clone(streams)
	for i := range streams {
		streams[i].Tag = tagOf(streams[i].Tag)
	}
	var out []News
	posts := 0
	for i := len(n.log) - 1; i >= start; i-- {
		if n.log[i].post != nil && posts >= limit {
			continue
		}
		told := v.s.tells(me, streams, n.log[i])
		if n.log[i].post != nil {
			posts += len(told)
		}
		slices.Reverse(told)
		out = append(out, told...)
	}
	slices.Reverse(out)
	return out, n.gone + uint64(len(n.log))
}

func (s *state) tells(me int32, streams []Stream, a arrival) (told []News) {
	for i, stream := range streams {
		switch {
		case a.deleted != 0:
			if i == 0 {
				told = append(told, News{Stream: i, Deleted: a.deleted})
			}
		case a.post != nil && a.post.Audience == social.Direct:
			if stream.wantsDirect() && s.sees(me, a.post) && a.post.other(me) != nobody {
				told = append(told, News{Stream: i, Conversation: s.conversation(me, a.post)})
			}
		case a.post != nil:
			if s.streams(me, stream, a.post) {
				told = append(told, News{Stream: i, Status: a.status})
			}
		case a.to == me && me != nobody && stream.Kind == Home:
			if made, ok := s.notification(me, a.note); ok {
				told = append(told, News{Stream: i, Notification: made})
			}
		}
	}
	return told
}

func (st Stream) wantsDirect() bool { return st.Kind == Direct || st.Kind == Home && !st.NotesOnly }

func (s *state) streams(me int32, st Stream, p *post) bool {
	if st.Kind == Direct || st.NotesOnly {
		return false
	}
	return s.shows(me, Timeline{Kind: st.Kind, Tag: st.Tag, Local: st.Local, Remote: st.Remote}, p)
}

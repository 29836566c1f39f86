package view

import (
	"cmp"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of Notification, as Mastodon names them.
const (
	Mentioned  = "mention" // answered, written to or named
	Followed   = "follow"
	Favourited = "favourite"
	Reblogged  = "reblog"
	Polled     = "poll" // somebody voted in the visitor's poll
)

// Notification tells a visitor what concerns it.
type Notification struct {
	ID     int64
	Kind   string
	Time   time.Time
	From   *Account
	Status *Status // nil for a follow
}

type note struct {
	id   int64
	kind string
	from int32
	post *post
	time time.Time
}

// notify keeps a notification for a visitor, once.
func (s *state) notify(to int32, n note) {
	if to == nobody || to == n.from || !s.people.all[to].visitor {
		return
	}
	p := s.people.all[to]
	at, known := slices.BinarySearchFunc(p.notes, n.id, func(n note, id int64) int { return cmp.Compare(n.id, id) })
	if known {
		return
	}
	p.notes = slices.Insert(p.notes, at, n)
	if len(p.notes) > maxNotes {
		p.notes = slices.Delete(p.notes, 0, len(p.notes)-maxNotes)
	}
	s.news.note(to, n)
}

// announce notifies the visitors whom a post concerns: the one answered, passed
// on, written to or named. Whether they may see it is looked at when they read.
// It is the last post of the run: whoever asks for what is newer than the last
// notification must miss none, so that they are numbered by when they are told.
func (s *state) announce(p *post) {
	n := note{id: s.last(), kind: Mentioned, from: p.author, post: p, time: p.Time}
	if p.Kind == sdk.ItemBoost {
		if n.kind, n.post = Reblogged, p.parent; p.parent != nil {
			s.notify(p.parent.author, n)
		}
		return
	}
	told := p.mentions
	if p.to != nobody {
		told = with(slices.Clone(told), p.to)
	}
	if p.Kind == sdk.ItemReply && p.parent != nil {
		told = with(slices.Clone(told), p.parent.author)
	}
	for _, who := range told {
		s.notify(who, n)
	}
}

func (s *state) notification(viewer int32, n note) (*Notification, bool) {
	out := &Notification{ID: n.id, Kind: n.kind, Time: n.time, From: s.account(n.from)}
	if n.post == nil {
		return out, n.kind == Followed
	}
	if !s.sees(viewer, n.post) {
		return nil, false
	}
	out.Status = s.status(viewer, n.post)
	return out, true
}

// Notifications are those of a visitor that wanted accepts, by kind and who it
// is from.
func (v *View) Notifications(viewer string, page Page, wanted func(kind string, from int64) bool) []*Notification {
	defer v.read()()
	me := v.s.people.find(viewer)
	if me == nobody {
		return nil
	}
	all := v.s.people.all[me].notes
	if page.Min == 0 {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	var out []*Notification
	for _, n := range all {
		if len(out) == page.Limit {
			break
		}
		if n.id <= max(page.Since, page.Min) || page.Max > 0 && n.id >= page.Max || !wanted(n.kind, v.s.people.all[n.from].number) {
			continue
		}
		if made, ok := v.s.notification(me, n); ok {
			out = append(out, made)
		}
	}
	if page.Min > 0 {
		slices.Reverse(out)
	}
	return out
}

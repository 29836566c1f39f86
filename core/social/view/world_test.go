package view_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/embedded"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

// world is a run made by hand: an embedded network, whose rows are committed
// with the events that a run would write.
type world struct {
	t      testing.TB
	dir    string
	book   *journal.Journal
	queue  *control.Queue
	net    *embedded.Network
	tick   int64
	events []event.Event
	visits int64
}

func names() []string {
	return []string{"Анна Петрова", "Пётр", "Анна Ким", "Joe", "Joe"}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, names(), [][]int32{{1, 2}, {0}})
}

// newWorldOf is a world of residents with these names, who follow each other so.
func newWorldOf(t testing.TB, names []string, follows [][]int32) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	meta := journal.Meta{
		Study: "s", Cell: "base", RunID: "r", Language: "ru", Created: time.Now(),
		Clock: journal.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: 100},
	}
	var agents []string
	for i, name := range names {
		id := fmt.Sprintf("a%04d", i+1)
		agents = append(agents, id)
		meta.Residents = append(meta.Residents, journal.Resident{ID: id, Name: name, Group: "двор",
			Persona: json.RawMessage(fmt.Sprintf(`{"name":%q,"age":30,"occupation":"врач","bio":"Любит чай."}`, name))})
	}
	var err error
	if w.book, err = journal.Create(t.Context(), filepath.Join(w.dir, "run.db"), meta); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.book.Close() })
	if w.queue, err = control.Open(t.Context(), filepath.Join(w.dir, control.File)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.queue.Close() })
	w.net, err = embedded.New(embedded.Options{
		Agents: agents, Follows: follows,
		Groups: []embedded.Founded{
			{Group: social.Group{Name: "Дачный клуб", About: "о грядках", Audience: social.Public}, Members: []int32{0, 1}},
			{Group: social.Group{Name: "Совет дома", Audience: social.Members}, Members: []int32{0, 3}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// open is a view of the world as it stands.
func (w *world) open(keep int) *view.View {
	w.t.Helper()
	v, err := view.Open(w.t.Context(), view.Options{Dir: w.dir, Queue: w.queue, Keep: keep, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { v.Close() })
	return v
}

func (w *world) event(agent string, kind event.Kind, payload any) {
	w.events = append(w.events, event.New(w.tick, agent, kind, payload))
}

// publish publishes at the tick under way.
func (w *world) publish(d social.Draft) *social.Post {
	w.t.Helper()
	p, err := w.try(d)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) try(d social.Draft) (*social.Post, error) {
	d.Tick, d.Time = w.tick, time.Date(2026, 3, 2, 8+int(w.tick), 30, 0, 0, time.UTC)
	p, err := w.net.Publish(context.Background(), d)
	if err == nil && d.Visit == "" {
		w.event(d.Author, event.KindAction, event.Action{Action: sdk.Action{Kind: d.Kind}, ID: p.ID, Target: p.Parent, TargetAgent: p.To, Text: p.Text})
	}
	return p, err
}

// act records what a resident did to another or to a post.
func (w *world) act(agent, kind, target, other string) {
	w.t.Helper()
	var err error
	var p *social.Post
	switch kind {
	case "follow":
		err = w.net.Follow(context.Background(), agent, other)
	case "unfollow":
		err = w.net.Unfollow(context.Background(), agent, other)
	case "favourite":
		p, err = w.net.Favourite(context.Background(), agent, target)
	case "vote":
		p, err = w.net.Vote(context.Background(), agent, target, 0)
	case "join_group":
		_, err = w.net.JoinGroup(context.Background(), agent, other)
		other = ""
	case "create_group":
		_, err = w.net.CreateGroup(context.Background(), agent, social.Group{Name: other, Audience: social.Public})
		other = ""
	}
	if err == nil && p != nil {
		target, other = p.ID, p.Author
	}
	if err == nil {
		w.event(agent, event.KindAction, event.Action{Action: sdk.Action{Kind: kind}, Target: target, TargetAgent: other})
	}
}

// commit ends the tick.
func (w *world) commit() {
	w.t.Helper()
	for i := range w.events {
		w.events[i].Tick, w.events[i].Seq = w.tick, i
	}
	err := w.book.Commit(w.t.Context(), event.Commit{Tick: w.tick, Time: "2026-03-02T08:00:00Z", Events: w.events, Rows: w.net.Changes(), Digest: []byte{1}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.events = nil
	w.tick++
}

// ask puts a visit into the queue.
func (w *world) ask(visit social.Visit) control.Command {
	w.t.Helper()
	visit.ID = fmt.Sprint(view.VisitID(w.tick-1, w.visits))
	w.visits++
	c, err := w.queue.Add(w.t.Context(), visit.Visitor.ID, "", time.Now(), control.Order{Visit: &visit})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// carryOut does what waits, or refuses it.
func (w *world) carryOut(refuse string) {
	w.t.Helper()
	waiting, err := w.queue.Waiting(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range waiting {
		order, err := json.Marshal(c.Order)
		if err != nil {
			w.t.Fatal(err)
		}
		done := event.Control{ID: c.ID, Who: c.Who, Order: order, Refused: refuse}
		if refuse == "" {
			action, err := w.visit(*c.Order.Visit)
			if err != nil {
				done.Refused = err.Error()
			} else {
				done.Action = &action
			}
		}
		w.event("", event.KindControl, done)
		state := control.Done
		if done.Refused != "" {
			state = control.Refused
		}
		if err := w.queue.Finish(w.t.Context(), c.ID, state, w.tick, nil, done.Refused); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) visit(v social.Visit) (a event.Action, err error) {
	ctx, me := context.Background(), v.Visitor.ID
	if err := w.net.AddVisitor(ctx, v.Visitor); err != nil {
		return a, err
	}
	a.Kind, a.TargetAgent = v.Kind, v.To
	var p *social.Post
	switch v.Kind {
	case "favourite":
		p, err = w.net.Favourite(ctx, me, v.Target)
	case "unfavourite":
		p, err = w.net.Unfavourite(ctx, me, v.Target)
	case "vote":
		p, err = w.net.Vote(ctx, me, v.Target, v.Option)
	case "follow":
		return a, w.net.Follow(ctx, me, v.To)
	case "unfollow":
		return a, w.net.Unfollow(ctx, me, v.To)
	default:
		p, err = w.try(social.Draft{Author: me, Kind: v.Kind, Text: v.Text, Audience: v.Audience, To: v.To, Parent: v.Target, Options: v.Options, Visit: v.ID})
		if err == nil {
			a.ID, a.Target, a.TargetAgent = p.ID, p.Parent, p.To
		}
		return a, err
	}
	if err == nil {
		a.Target, a.TargetAgent = p.ID, p.Author
	}
	return a, err
}

func sync(t testing.TB, v *view.View) {
	t.Helper()
	if err := v.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func texts(statuses []*view.Status) (out []string) {
	for _, s := range statuses {
		switch {
		case s.Kind == sdk.ItemBoost && s.Passed != nil:
			out = append(out, "RT "+s.Passed.Text)
		default:
			out = append(out, s.Text)
		}
	}
	return out
}

func timeline(t testing.TB, v *view.View, viewer string, tl view.Timeline) []*view.Status {
	t.Helper()
	statuses, err := v.Timeline(viewer, tl, view.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return statuses
}

func alice() social.Visitor { return social.Visitor{ID: "@alice", Name: "Алиса"} }
func bob() social.Visitor   { return social.Visitor{ID: "@bob"} }

package embedded_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/embedded"
	"github.com/llm-city/gorod/plugins/sdk"
)

// visited is a network of n residents that visitors have come to.
func visited(t testing.TB, n int, visitors ...string) *embedded.Network {
	t.Helper()
	net := open(t, embedded.Options{Agents: agents(n)})
	for _, id := range visitors {
		come(t, net, id, "")
	}
	return net
}

func come(t testing.TB, n *embedded.Network, id, name string) {
	t.Helper()
	if err := n.AddVisitor(t.Context(), social.Visitor{ID: id, Name: name}); err != nil {
		t.Fatal(err)
	}
}

// keep commits what changed.
func keep(rows map[[2]string]event.Row, n *embedded.Network) []event.Row {
	changes := n.Changes()
	for _, r := range changes {
		rows[[2]string{r.Kind, r.ID}] = r
	}
	return changes
}

func TestVisitorsComeOnceAndMayBeRenamed(t *testing.T) {
	t.Parallel()
	n := visited(t, 1)
	for _, c := range []struct{ id, name, row string }{
		{"@Bob", "", `{"id":"@bob","number":1}`},
		{"@alice", "Алиса", `{"id":"@alice","name":"Алиса","number":2}`},
		{"@bob", "", ""},
		{"@alice", "", ""}, // keeps the name
		{"@alice", "Алиса", ""},
		{"@alice", "А.", `{"id":"@alice","name":"А.","number":2}`},
	} {
		come(t, n, c.id, c.name)
		row := ""
		for _, r := range n.Changes() {
			if r.Kind != "visitor" {
				t.Errorf("a visitor makes a row %s", r.Kind)
			}
			row += string(r.JSON)
		}
		if row != c.row {
			t.Errorf("%s %q: row %s, want %s", c.id, c.name, row, c.row)
		}
	}
	want := []social.Visitor{{ID: "@bob"}, {ID: "@alice", Name: "А."}}
	if d := gocmp.Diff(want, n.Visitors()); d != "" {
		t.Error(d)
	}
}

func TestWhoCannotBeAVisitorIsRefused(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: []string{"@strange"}})
	for _, id := range []string{"", "alice", "@алиса", "@strange"} {
		if err := n.AddVisitor(t.Context(), social.Visitor{ID: id}); !errors.Is(err, social.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for i := range 10_000 {
		come(t, n, fmt.Sprint("@v", i), "")
	}
	if err := n.AddVisitor(t.Context(), social.Visitor{ID: "@late"}); !errors.Is(err, social.ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
	come(t, n, "@v5", "known")
}

func TestVisitorsSeeWhatAnybodyInTheirPlaceSees(t *testing.T) {
	t.Parallel()
	n := visited(t, 2, "@alice", "@bob")
	must[social.Group](t)(n.CreateGroup(t.Context(), "a0001", social.Group{Name: "Клуб"}))
	open := publish(t, n, social.Draft{Author: "a0001", Text: "всем"})
	followers := publish(t, n, social.Draft{Author: "a0001", Text: "своим", Audience: social.Followers})
	group := publish(t, n, social.Draft{Author: "a0001", Text: "клубу", Group: "Клуб"})
	direct := publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemDirect, Text: "тебе", To: "@bob"})
	if err := n.Follow(t.Context(), "@bob", "a0001"); err != nil {
		t.Fatal(err)
	}
	for viewer, want := range map[string][]*social.Post{"@alice": {open}, "@bob": {open, followers, direct}} {
		for _, p := range []*social.Post{open, followers, group, direct} {
			_, err := n.Post(t.Context(), viewer, p.ID)
			if may := slices.Contains(want, p); may != (err == nil) || !may && !errors.Is(err, social.ErrNoPost) {
				t.Errorf("%s sees %q: %v", viewer, p.Text, err)
			}
		}
	}
	if got := must[[]*social.Post](t)(n.Home(t.Context(), "@bob", 10, rand.New(rand.NewPCG(1, 1)))); len(got) != 2 {
		t.Errorf("at home @bob finds %v", ids(got))
	}
}

func TestAVisitorHasNoInbox(t *testing.T) {
	t.Parallel()
	n := visited(t, 1, "@alice")
	p := publish(t, n, social.Draft{Author: "@alice", Text: "привет"})
	n.Changes()
	for range 300 {
		publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemReply, Parent: p.ID, Text: "@alice", Mentions: []string{"@alice"}})
		publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemDirect, To: "@alice", Text: "и лично"})
	}
	must[*social.Post](t)(n.Favourite(t.Context(), "a0001", p.ID))
	for _, r := range n.Changes() {
		if r.Kind == "inbox" {
			t.Fatalf("an inbox of %s", r.ID)
		}
	}
	if got := must[[]social.Notification](t)(n.Notifications(t.Context(), "@alice", 10)); len(got) != 0 {
		t.Errorf("is notified of %v", got)
	}
}

func TestALikeCanBeTakenBack(t *testing.T) {
	t.Parallel()
	n := visited(t, 1, "@alice")
	rows := map[[2]string]event.Row{}
	p := publish(t, n, social.Draft{Author: "a0001", Text: "мысль"})
	if _, err := n.Unfavourite(t.Context(), "@alice", p.ID); !errors.Is(err, social.ErrNotYet) {
		t.Errorf("what was not liked: %v", err)
	}
	for i, like := range []bool{true, false, true, true, false} {
		if like && i != 3 {
			must[*social.Post](t)(n.Favourite(t.Context(), "@alice", p.ID))
		} else if !like {
			must[*social.Post](t)(n.Unfavourite(t.Context(), "@alice", p.ID))
		}
		keep(rows, n)
		twin := open(t, embedded.Options{Agents: agents(1)})
		if err := twin.Restore(ordered(rows)); err != nil {
			t.Fatal(err)
		}
		want := map[bool]int{true: 1}[like]
		if got := must[*social.Post](t)(twin.Post(t.Context(), "a0001", p.ID)).Favourites; got != want || p.Favourites != want {
			t.Errorf("step %d: %d likes, restored %d, want %d", i, p.Favourites, got, want)
		}
	}
}

func TestAVisitMakesOnePostThatItsIDFinds(t *testing.T) {
	t.Parallel()
	n := visited(t, 1, "@alice")
	p := publish(t, n, social.Draft{Author: "@alice", Text: "раз", Visit: "1572864"})
	if _, err := n.Publish(t.Context(), social.Draft{Author: "@alice", Kind: sdk.ItemPost, Text: "раз", Visit: "1572864"}); !errors.Is(err, social.ErrAlready) {
		t.Errorf("twice: %v", err)
	}
	if _, err := n.Publish(t.Context(), social.Draft{Author: "@alice", Kind: sdk.ItemPost, Text: "раз", Visit: "p7"}); !errors.Is(err, social.ErrInvalid) {
		t.Errorf("as another post: %v", err)
	}
	answer := publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemReply, Parent: "1572864", Text: "два"})
	if answer.Parent != p.ID || answer.Root != p.ID {
		t.Errorf("answers %q of %q, want %q", answer.Parent, answer.Root, p.ID)
	}
	var kept social.Post
	for _, r := range n.Changes() {
		if r.ID == p.ID {
			if err := json.Unmarshal(r.JSON, &kept); err != nil {
				t.Fatal(err)
			}
		}
		if r.ID == answer.ID && strings.Contains(string(r.JSON), "visit") {
			t.Errorf("a resident's post: %s", r.JSON)
		}
	}
	if kept.Visit != "1572864" || kept.Author != "@alice" {
		t.Errorf("kept as %+v", kept)
	}
}

func TestAVisitIsForgottenWithItsPost(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(1), Retain: 1})
	come(t, n, "@alice", "")
	publish(t, n, social.Draft{Author: "@alice", Text: "раз", Visit: "1"})
	for range 20_001 {
		publish(t, n, social.Draft{Author: "a0001", Text: "слово"})
	}
	if _, err := n.Post(t.Context(), "a0001", "1"); !errors.Is(err, social.ErrNoPost) {
		t.Errorf("found: %v", err)
	}
	publish(t, n, social.Draft{Author: "@alice", Text: "раз", Visit: "1"})
}

func TestVisitorsComeBackInTheirOrderWithAllTheyDid(t *testing.T) {
	t.Parallel()
	n := visited(t, 2, "@zoe", "@alice@example.org", "@bob")
	p := publish(t, n, social.Draft{Author: "@zoe", Text: "?", Options: []string{"да", "нет"}, Mentions: []string{"a0001"}, Visit: "1"})
	for _, follow := range [][2]string{{"a0001", "@zoe"}, {"a0001", "@bob"}, {"a0001", "a0002"}, {"@bob", "@zoe"}, {"@bob", "a0001"}} {
		if err := n.Follow(t.Context(), follow[0], follow[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Mute(t.Context(), "a0002", "@bob"); err != nil {
		t.Fatal(err)
	}
	must[*social.Post](t)(n.Vote(t.Context(), "@bob", "1", 1))
	rows := map[[2]string]event.Row{}
	keep(rows, n)
	twin := visited(t, 2, "@stale")
	for range 2 { // restoring twice is restoring once
		if err := twin.Restore(ordered(rows)); err != nil {
			t.Fatal(err)
		}
	}
	if d := gocmp.Diff(n.Visitors(), twin.Visitors()); d != "" {
		t.Error(d)
	}
	for _, v := range []*embedded.Network{n, twin} {
		if got := must[[]string](t)(v.Following(t.Context(), "a0001", 9)); !slices.Equal(got, []string{"a0002", "@zoe", "@bob"}) {
			t.Errorf("follows %v", got)
		}
		if got := must[*social.Post](t)(v.Post(t.Context(), "@bob", "1")); !slices.Equal(got.Votes, []int{0, 1}) || got.ID != p.ID {
			t.Errorf("the poll is %+v", got)
		}
		if got := must[[]social.Notification](t)(v.Notifications(t.Context(), "a0001", 9)); len(got) != 2 || got[0].From != "@zoe" {
			t.Errorf("a0001 is notified of %+v", got)
		}
		publish(t, v, social.Draft{Author: "@bob", Text: "секрет"})
		if _, err := v.Post(t.Context(), "a0002", "p2"); !errors.Is(err, social.ErrNoPost) {
			t.Errorf("a muted visitor is seen: %v", err)
		}
		come(t, v, "@new", "")
	}
	if d := gocmp.Diff(n.Changes(), twin.Changes()); d != "" {
		t.Errorf("goes on otherwise:\n%s", d)
	}
}

func TestBadRowsOfVisitorsAreErrors(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]event.Row{
		"json":          {Kind: "visitor", ID: "@a", JSON: []byte("{")},
		"another id":    {Kind: "visitor", ID: "@a", JSON: []byte(`{"id":"@b","number":1}`)},
		"a resident":    {Kind: "visitor", ID: "a0001", JSON: []byte(`{"id":"a0001","number":1}`)},
		"a gap":         {Kind: "visitor", ID: "@a", JSON: []byte(`{"id":"@a","number":2}`)},
		"no number":     {Kind: "visitor", ID: "@a", JSON: []byte(`{"id":"@a"}`)},
		"unknown":       {Kind: "follow", ID: "@a", JSON: []byte(`["a0001"]`)},
		"follows":       {Kind: "follow", ID: "a0001", JSON: []byte(`["@a"]`)},
		"inbox":         {Kind: "inbox", ID: "a0001", JSON: []byte(`[{"from":"@a"}]`)},
		"favourite":     {Kind: "favourite", ID: "p1/@a", JSON: []byte("{}")},
		"author unseen": {Kind: "post", ID: "p1", JSON: []byte(`{"author":"@a"}`)},
	} {
		n := open(t, embedded.Options{Agents: agents(2)})
		err := n.Restore(func(yield func(event.Row, error) bool) { yield(row, nil) })
		if err == nil || !strings.Contains(err.Error(), "restore network") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

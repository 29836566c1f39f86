package view_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

// everything is all that viewers can read.
func everything(t *testing.T, v *view.View) map[string]any {
	t.Helper()
	out := map[string]any{}
	all := view.Page{Limit: 1000}
	for _, viewer := range []string{"", "@alice", "@bob", "a0001", "a0004"} {
		for _, kind := range []view.Kind{view.Home, view.Public, view.Thanked} {
			out[viewer+string(kind)] = timeline(t, v, viewer, view.Timeline{Kind: kind})
		}
		for id := range int64(len(names())) {
			out[fmt.Sprint(viewer, id)] = timeline(t, v, viewer, view.Timeline{Kind: view.ByOne, Account: id + 1})
			out[fmt.Sprint("account", id)], _ = v.Account(id + 1)
		}
		out[viewer+"tag"] = timeline(t, v, viewer, view.Timeline{Kind: view.Tag, Tag: "дачный клуб"})
		out[viewer+"notes"] = v.Notifications(viewer, all, func(string, int64) bool { return true })
		out[viewer+"direct"] = v.Conversations(viewer, all)
		for _, s := range out[viewer+string(view.Public)].([]*view.Status) {
			before, after, err := v.Context(viewer, s.ID)
			out[fmt.Sprint(viewer, "thread", s.ID)] = []any{before, after, err}
		}
	}
	out["trends"] = v.Trends("", 100)
	out["groups"] = v.Groups()
	return out
}

// A view that followed a run from its first tick shows what one shows that is
// opened now.
func TestFollowingARunShowsWhatOpeningItShows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			followed := w.open(0)
			draw := rand.New(rand.NewPCG(seed, 1))
			for _, who := range []social.Visitor{alice(), bob()} {
				w.ask(social.Visit{Visitor: who, Kind: "post", Text: "Здравствуйте"})
			}
			for range 12 {
				w.carryOut("")
				for range 15 {
					w.chance(draw)
				}
				w.commit()
				for range 4 {
					w.chanceVisit(draw)
				}
				if draw.IntN(2) == 0 {
					sync(t, followed)
				}
			}
			w.carryOut("")
			w.commit()
			sync(t, followed)
			if diff := cmp.Diff(everything(t, w.open(0)), everything(t, followed)); diff != "" {
				t.Errorf("opened (-), followed (+)\n%.4000s", diff)
			}
		})
	}
}

func (w *world) anybody(draw *rand.Rand) string {
	return fmt.Sprintf("a%04d", 1+draw.IntN(len(names())))
}

func (w *world) somePost(draw *rand.Rand) string { return fmt.Sprintf("p%d", 1+draw.IntN(60)) }

// chance lets a resident do something, which the network may refuse.
func (w *world) chance(draw *rand.Rand) {
	who, other := w.anybody(draw), w.anybody(draw)
	if draw.IntN(4) == 0 {
		other = []string{"@alice", "@bob"}[draw.IntN(2)]
	}
	text := []string{"Про #чай и @Пётр", "просто так", "@alice, привет", "@joe @Анна Ким смотрите"}[draw.IntN(4)]
	switch draw.IntN(12) {
	case 0, 1, 2:
		d := social.Draft{Author: who, Kind: sdk.ItemPost, Text: text, Audience: []social.Audience{"", social.Followers}[draw.IntN(2)]}
		if draw.IntN(3) == 0 {
			d.Options = []string{"да", "нет"}
		}
		_, _ = w.try(d)
	case 3:
		_, _ = w.try(social.Draft{Author: who, Kind: sdk.ItemPost, Text: text, Group: []string{"Дачный клуб", "Совет дома"}[draw.IntN(2)]})
	case 4, 5, 6:
		kind := []string{sdk.ItemReply, sdk.ItemReply, sdk.ItemBoost, sdk.ItemQuote}[draw.IntN(4)]
		d := social.Draft{Author: who, Kind: kind, Parent: w.somePost(draw), Text: text}
		if kind == sdk.ItemBoost {
			d.Text = ""
		}
		_, _ = w.try(d)
	case 7:
		_, _ = w.try(social.Draft{Author: who, Kind: sdk.ItemDirect, To: other, Text: text})
	case 8:
		w.act(who, "favourite", w.somePost(draw), other)
	case 9:
		w.act(who, "vote", w.somePost(draw), other)
	case 10:
		w.act(who, []string{"follow", "unfollow"}[draw.IntN(2)], "", other)
	default:
		w.act(who, []string{"join_group", "create_group"}[draw.IntN(2)], "", []string{"Дачный клуб", "Новые соседи"}[draw.IntN(2)])
	}
}

func (w *world) chanceVisit(draw *rand.Rand) {
	who := []social.Visitor{alice(), bob()}[draw.IntN(2)]
	kind := social.VisitKinds()[draw.IntN(9)]
	v := social.Visit{Visitor: who, Kind: kind, To: w.anybody(draw), Target: w.somePost(draw), Text: "Скажите, @Анна Ким?", Audience: social.Public}
	if kind == "post" && draw.IntN(2) == 0 {
		v.Audience = social.Followers
	}
	w.ask(v)
}

// The network is the judge of who may see what.
func TestAViewerSeesWhatTheNetworkLetsItSee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	draw := rand.New(rand.NewPCG(7, 7))
	for range 15 {
		w.carryOut("")
		for range 15 {
			w.chance(draw)
		}
		for range 4 {
			w.chanceVisit(draw)
		}
		w.commit()
	}
	w.carryOut("")
	w.commit()
	v := w.open(0)
	ids := map[string]int64{}
	for viewer := range 7 {
		who := append([]string{"@alice", "@bob"}, "a0001", "a0002", "a0003", "a0004", "a0005")[viewer]
		for id := range int64(1 << 8) {
			for tick := range w.tick {
				if s, err := v.Status(who, (tick+1)<<20|id); err == nil {
					ids[s.Post] = s.ID
				}
			}
		}
	}
	checked := 0
	for post, id := range ids {
		for _, who := range []string{"@alice", "@bob", "a0001", "a0002", "a0003", "a0004", "a0005"} {
			_, may := w.net.Post(t.Context(), who, post)
			_, got := v.Status(who, id)
			if (may == nil) != (got == nil) {
				s, _ := v.Status(who, id)
				t.Errorf("%s and %s: the network says %v, the view %v %+v", who, post, may, got, s)
			}
			checked++
		}
		if _, err := v.Status("", id); err == nil {
			if p, err := w.net.Post(t.Context(), "a0001", post); err != nil || p.Audience != social.Public {
				t.Errorf("a stranger sees %s", post)
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d pairs of viewer and post were compared", checked)
	}
}

func TestAVisitThatWaitsIsShownAtOnceWithItsFinalID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: "Доброе утро", Options: []string{"да", "нет"}})
	w.commit()
	v := w.open(0)
	post := w.ask(social.Visit{Visitor: alice(), Kind: "post", Text: "Привет, @anna_petrova"}).Order.Visit.ID
	w.ask(social.Visit{Visitor: alice(), Kind: "reply", Target: post, Text: "сама себе"})
	w.ask(social.Visit{Visitor: alice(), Kind: "reply", Target: first.ID, Text: "И вам"})
	w.ask(social.Visit{Visitor: alice(), Kind: "favourite", Target: first.ID})
	w.ask(social.Visit{Visitor: alice(), Kind: "vote", Target: first.ID, Option: 1})
	w.ask(social.Visit{Visitor: alice(), Kind: "follow", To: "a0002"})
	w.ask(social.Visit{Visitor: alice(), Kind: "direct", To: "a0001", Text: "по секрету"})
	sync(t, v)
	check := func(stage string, waiting bool) {
		t.Helper()
		public := timeline(t, v, "@alice", view.Timeline{Kind: view.Public})
		if diff := cmp.Diff([]string{"Привет, @anna_petrova", "Доброе утро"}, texts(public)); diff != "" {
			t.Fatalf("%s: public timeline\n%s", stage, diff)
		}
		made, morning := public[0], public[1]
		if fmt.Sprint(made.ID) != post || made.Waiting != waiting || made.Replies != 1 {
			t.Errorf("%s: the post is %d (waiting %v, %d replies), the visit is %s", stage, made.ID, made.Waiting, made.Replies, post)
		}
		if len(made.Spans) != 1 || made.Spans[0].Account.Who != "a0001" {
			t.Errorf("%s: nobody is mentioned: %+v", stage, made.Spans)
		}
		if !morning.Favourited || morning.Favourites != 1 || morning.Replies != 1 || !slices.Equal(morning.Poll.Own, []int{1}) {
			t.Errorf("%s: what Alice did to the first post is not there: %+v", stage, morning)
		}
		if home := timeline(t, v, "@alice", view.Timeline{Kind: view.Home}); len(home) < 2 {
			t.Errorf("%s: home has %v", stage, texts(home))
		}
		if r := v.Relationships("@alice", []int64{2, 3, 99}); len(r) != 2 || !r[0].Following || r[1].Following {
			t.Errorf("%s: relationships %+v", stage, r)
		}
		if c := v.Conversations("@alice", view.Page{Limit: 10}); len(c) != 1 || c[0].Last.Text != "по секрету" || c[0].With.Who != "a0001" {
			t.Errorf("%s: conversations %+v", stage, c)
		}
		if c := v.Conversations("@bob", view.Page{Limit: 10}); len(c) != 0 {
			t.Errorf("%s: Bob reads others' messages", stage)
		}
	}
	check("waiting", true)
	check("waiting, looked at twice", true)
	w.carryOut("")
	sync(t, v)
	check("taken, not committed", true)
	w.commit()
	sync(t, v)
	check("done", false)
	v = w.open(0)
	check("opened again", false)
}

func TestAVisitThatIsRefusedDisappears(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: "Доброе утро", Options: []string{"да", "нет"}})
	w.commit()
	v := w.open(0)
	w.ask(social.Visit{Visitor: alice(), Kind: "post", Text: "спам"})
	w.ask(social.Visit{Visitor: alice(), Kind: "favourite", Target: p.ID})
	w.ask(social.Visit{Visitor: alice(), Kind: "vote", Target: p.ID})
	w.ask(social.Visit{Visitor: alice(), Kind: "follow", To: "a0001"})
	w.ask(social.Visit{Visitor: alice(), Kind: "boost", Target: p.ID})
	sync(t, v)
	before := v.Now()
	w.carryOut("the town is closed")
	w.commit()
	sync(t, v)
	public := timeline(t, v, "@alice", view.Timeline{Kind: view.Public})
	if diff := cmp.Diff([]string{"Доброе утро"}, texts(public)); diff != "" {
		t.Fatal(diff)
	}
	if s := public[0]; s.Favourited || s.Poll.Voted || s.Boosted || s.Boosts != 0 {
		t.Errorf("what was refused is still there: %+v", s)
	}
	if r := v.Relationships("@alice", []int64{1}); r[0].Following {
		t.Error("the follow is still there")
	}
	told, _ := v.News("@alice", []view.Stream{{Kind: view.Home}}, before, 100)
	if n := len(slices.DeleteFunc(told, func(n view.News) bool { return n.Deleted == 0 })); n != 2 {
		t.Errorf("%d posts are said to be deleted, want the post and the boost", n)
	}
}

func TestOnlyTheNewestPostsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	followed := w.open(100)
	for range 30 {
		for i := range 10 {
			d := social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: fmt.Sprint(w.tick, ".", i, " #ряд")}
			if last := w.tick*10 + int64(i); last > 0 {
				d.Kind, d.Parent = sdk.ItemReply, fmt.Sprintf("p%d", last)
			}
			w.publish(d)
		}
		w.commit()
		sync(t, followed)
	}
	fresh := w.open(95)
	for name, v := range map[string]*view.View{"followed": followed, "fresh": fresh} {
		kept := v.Run().Posts
		if kept < 95 || kept > 107 {
			t.Errorf("%s: %d posts are kept", name, kept)
		}
		// The oldest kept tick began with posts that are not.
		s, err := v.Status("", 21<<20|8)
		if err != nil || s.Text != "20.8 #ряд" {
			t.Errorf("%s: post 8 of tick 20 is %v, %v", name, s, err)
		}
		if _, err := v.Status("", 3<<20|1); !errors.Is(err, social.ErrNoPost) {
			t.Errorf("%s: an old post: %v", name, err)
		}
		anna, err := v.Account(1)
		if err != nil || anna.Posts != kept {
			t.Errorf("%s: %+v, %v", name, anna, err)
		}
		for _, tl := range []view.Timeline{{Kind: view.Tag, Tag: "ряд"}, {Kind: view.Tag, Any: []string{"Ряд"}}, {Kind: view.ByOne, Account: 1}, {Kind: view.ByOne, Account: 1, Tag: "ряд"}} {
			all, err := v.Timeline("", tl, view.Page{Limit: 1000})
			if err != nil || len(all) != kept {
				t.Errorf("%s %+v: %d posts, %v", name, tl, len(all), err)
			}
		}
		before, _, err := v.Context("", 30<<20|9)
		if err != nil || len(before) >= 107 || len(before) < 90 {
			t.Errorf("%s: %d posts before the last, %v", name, len(before), err)
		}
	}
}

func TestPagesHoldEverythingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 {
		for i := range 9 {
			w.publish(social.Draft{Author: w.anybody(rand.New(rand.NewPCG(uint64(i), 1))), Kind: sdk.ItemPost, Text: fmt.Sprint(w.tick, ".", i)})
		}
		w.commit()
	}
	v := w.open(0)
	public := view.Timeline{Kind: view.Public}
	all := texts(timeline(t, v, "", public))
	read := func(next func(view.Page, []*view.Status) view.Page, first view.Page) (got []string) {
		for page := first; ; {
			part, err := v.Timeline("", public, page)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				return got
			}
			if page.Min > 0 {
				got = append(texts(part), got...)
			} else {
				got = append(got, texts(part)...)
			}
			page = next(page, part)
		}
	}
	down := read(func(_ view.Page, part []*view.Status) view.Page {
		return view.Page{Max: part[len(part)-1].ID, Limit: 7}
	}, view.Page{Limit: 7})
	up := read(func(_ view.Page, part []*view.Status) view.Page { return view.Page{Min: part[0].ID, Limit: 7} }, view.Page{Min: 1, Limit: 7})
	if len(all) != 45 || !slices.Equal(all, down) || !slices.Equal(all, up) {
		t.Errorf("all %d, downwards %d, upwards %d", len(all), len(down), len(up))
	}
	newest, err := v.Timeline("", public, view.Page{Since: 2 << 20, Limit: 3})
	if err != nil || !slices.Equal(texts(newest), all[:3]) {
		t.Errorf("since: %v, %v", texts(newest), err)
	}
}

func TestNotificationsTellWhatConcernsAVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.open(0)
	w.ask(social.Visit{Visitor: alice(), Kind: "post", Text: "Кто тут?", Options: []string{"я", "и я"}})
	w.carryOut("")
	w.commit()
	w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemReply, Parent: "p1", Text: "Я"})
	w.publish(social.Draft{Author: "a0002", Kind: sdk.ItemDirect, To: "@alice", Text: "тсс"})
	w.publish(social.Draft{Author: "a0003", Kind: sdk.ItemPost, Text: "Смотрите, @Alice!"})
	w.publish(social.Draft{Author: "a0003", Kind: sdk.ItemPost, Text: "@alice для своих", Audience: social.Followers})
	w.publish(social.Draft{Author: "a0004", Kind: sdk.ItemBoost, Parent: "p1"})
	w.act("a0001", "favourite", "p1", "@alice")
	w.act("a0001", "vote", "p1", "@alice")
	w.act("a0005", "follow", "", "@alice")
	w.ask(social.Visit{Visitor: bob(), Kind: "favourite", Target: "p1"})
	w.carryOut("")
	w.commit()
	sync(t, v)
	all := func(string, int64) bool { return true }
	for name, v := range map[string]*view.View{"followed": v, "opened": w.open(0)} {
		var got []string
		for _, n := range v.Notifications("@alice", view.Page{Limit: 50}, all) {
			got = append(got, n.Kind+" "+n.From.Handle)
		}
		want := []string{"favourite bob", "follow joe_a0005", "poll anna_petrova", "favourite anna_petrova", "reblog joe", "mention anna_kim", "mention petr", "mention anna_petrova"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: newest first\n%s", name, diff)
		}
		if n := v.Notifications("@bob", view.Page{Limit: 50}, all); len(n) != 0 {
			t.Errorf("%s: Bob is told %v", name, n)
		}
		if n := v.Notifications("@alice", view.Page{Limit: 50}, func(kind string, _ int64) bool { return kind == view.Followed }); len(n) != 1 {
			t.Errorf("%s: follows alone: %d", name, len(n))
		}
	}
}

func TestAccountsAreResidentsAndVisitors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ask(social.Visit{Visitor: social.Visitor{ID: "@kate@example.org", Name: "Катя"}, Kind: "post", Text: "издалека"})
	w.carryOut("")
	w.commit()
	v := w.open(0)
	for handle, want := range map[string]string{
		"anna_petrova": "a0001", "@petr": "a0002", "anna_kim": "a0003", "joe": "a0004", "joe_a0005": "a0005", "a0003": "a0003",
		"kate@example.org": "@kate@example.org", "@KATE@example.org": "@kate@example.org",
	} {
		if a, err := v.Find(handle); err != nil || a.Who != want {
			t.Errorf("%s is %+v, %v", handle, a, err)
		}
	}
	anna, err := v.Account(1)
	if err != nil || anna.Name != "Анна Петрова" || anna.Bio != "Любит чай." || anna.Following != 2 || anna.Followers != 1 || len(anna.Fields) != 3 {
		t.Errorf("Anna: %+v, %v", anna, err)
	}
	for _, who := range []string{"nobody", "", "@"} {
		if _, err := v.Find(who); !errors.Is(err, social.ErrNoAgent) {
			t.Errorf("%q is somebody: %v", who, err)
		}
	}
	remote, _ := v.Timeline("", view.Timeline{Kind: view.Public, Remote: true}, view.Page{Limit: 5})
	local, _ := v.Timeline("", view.Timeline{Kind: view.Public, Local: true}, view.Page{Limit: 5})
	if len(remote) != 1 || len(local) != 0 || !remote[0].Author.Remote() || remote[0].Author.Username() != "kate" {
		t.Errorf("remote %v, local %v", texts(remote), texts(local))
	}
	if dave := v.Know(social.Visitor{ID: "@dave", Name: "Dave"}); dave.ID <= 0 || !dave.Visitor || dave.Name != "Dave" {
		t.Errorf("a visitor who has done nothing: %+v", dave)
	}
	follows, err := v.Following(1, 0, 10)
	if err != nil || len(follows) != 2 || follows[0].Who != "a0002" {
		t.Errorf("Anna follows %v, %v", follows, err)
	}
	if rest, _ := v.Following(1, follows[0].ID, 10); len(rest) != 1 || rest[0].Who != "a0003" {
		t.Errorf("after the first: %v", rest)
	}
}

func TestSearchFindsFormsOfWordsAndPartsOfNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: "Сажаем яблони в субботу #Сад"})
	w.publish(social.Draft{Author: "a0002", Kind: sdk.ItemPost, Text: "О яблонях", Audience: social.Followers})
	w.publish(social.Draft{Author: "a0002", Kind: sdk.ItemPost, Text: "Собрание", Group: "Дачный клуб"})
	w.commit()
	v := w.open(0)
	for query, want := range map[string]int{"яблоня": 1, "ЯБЛОНИ суббота": 1, "#сад": 1, "яблоня среда": 0, "блони": 0, "": 0, "@": 0} {
		if got := v.SearchPosts("", query, view.Page{Limit: 10}); len(got) != want {
			t.Errorf("%q: %v", query, texts(got))
		}
	}
	if got := v.SearchPosts("a0001", "яблоня", view.Page{Limit: 10}); len(got) != 2 {
		t.Errorf("a follower finds %v", texts(got))
	}
	if got := v.SearchAccounts("анна", 10, 0); len(got) != 2 {
		t.Errorf("%d are called Anna", len(got))
	}
	if got := v.SearchAccounts("петр", 10, 0); len(got) != 2 || got[0].Name != "Пётр" {
		t.Errorf("who begins with it stands first: %+v", got)
	}
	trends := v.Trends("", 10)
	if len(trends) != 2 || trends[0].Tag != "дачныйклуб" || trends[0].Group == nil || trends[1].Tag != "сад" {
		t.Errorf("trends %+v", trends)
	}
	if len(v.Groups()) != 1 || v.Group("советдома") != nil {
		t.Error("a closed group is told of")
	}
}

func TestStreamsTellWhatArrives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ask(social.Visit{Visitor: alice(), Kind: "follow", To: "a0002"})
	w.carryOut("")
	w.commit()
	v := w.open(0)
	at := v.Now()
	w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemPost, Text: "всем #чай"})
	w.publish(social.Draft{Author: "a0002", Kind: sdk.ItemPost, Text: "своим", Audience: social.Followers})
	w.publish(social.Draft{Author: "a0001", Kind: sdk.ItemDirect, To: "@alice", Text: "тебе"})
	w.commit()
	sync(t, v)
	if err := v.Wait(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		viewer string
		stream view.Stream
		want   string
	}{
		{"@alice", view.Stream{Kind: view.Home}, "своим, c тебе, n mention"},
		{"@alice", view.Stream{Kind: view.Home, NotesOnly: true}, "n mention"},
		{"@alice", view.Stream{Kind: view.Direct}, "c тебе"},
		{"@alice", view.Stream{Kind: view.Public}, "всем #чай"},
		{"@bob", view.Stream{Kind: view.Home}, ""},
		{"@bob", view.Stream{Kind: view.Direct}, ""},
		{"", view.Stream{Kind: view.Public}, "всем #чай"},
		{"", view.Stream{Kind: view.Public, Remote: true}, ""},
		{"", view.Stream{Kind: view.Tag, Tag: "Чай"}, "всем #чай"},
		{"", view.Stream{Kind: view.Tag, Tag: "кофе"}, ""},
	} {
		told, next := v.News(c.viewer, []view.Stream{c.stream}, at, 100)
		var got []string
		for _, n := range told {
			switch {
			case n.Status != nil:
				got = append(got, n.Status.Text)
			case n.Conversation != nil:
				got = append(got, "c "+n.Conversation.Last.Text)
			case n.Notification != nil:
				got = append(got, "n "+n.Notification.Kind)
			}
		}
		if strings.Join(got, ", ") != c.want || next <= at {
			t.Errorf("%s %+v: %v", c.viewer, c.stream, got)
		}
		if again, _ := v.News(c.viewer, []view.Stream{c.stream}, next, 100); len(again) != 0 {
			t.Errorf("%s %+v: told twice", c.viewer, c.stream)
		}
	}
	if few, _ := v.News("", []view.Stream{{Kind: view.Public}, {Kind: view.Tag, Tag: "чай"}}, at, 1); len(few) != 2 {
		t.Errorf("one post in two streams: %d", len(few))
	}
}

func TestManyReadWhileTheRunGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.open(200)
	var stop atomic.Bool
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for !stop.Load() {
				everything(t, v)
			}
		}()
	}
	draw := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		w.carryOut("")
		for range 20 {
			w.chance(draw)
		}
		w.commit()
		for range 5 {
			w.chanceVisit(draw)
		}
		sync(t, v)
	}
	stop.Store(true)
	for range 8 {
		<-done
	}
}

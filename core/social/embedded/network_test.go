package embedded_test

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/embedded"
	"github.com/llm-city/gorod/plugins/sdk"
)

func agents(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("a%04d", i+1)
	}
	return out
}

func open(t testing.TB, o embedded.Options) *embedded.Network {
	t.Helper()
	n, err := embedded.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func publish(t testing.TB, n *embedded.Network, d social.Draft) *social.Post {
	t.Helper()
	if d.Kind == "" {
		d.Kind = sdk.ItemPost
	}
	d.Time = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(d.Tick) * time.Hour)
	p, err := n.Publish(t.Context(), d)
	if err != nil {
		t.Fatalf("%+v: %v", d, err)
	}
	return p
}

func ids(posts []*social.Post) []string {
	var out []string
	for _, p := range posts {
		out = append(out, p.ID)
	}
	return out
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestIDsAreInTheOrderOfPublishing(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(3)})
	for i := range 12 {
		p := publish(t, n, social.Draft{Author: "a0001", Text: "x"})
		if want := fmt.Sprint("p", i+1); p.ID != want {
			t.Fatalf("post %d has the id %s", i, p.ID)
		}
	}
	for _, id := range []string{"", "p", "p0", "p01", "p13", "P1", "p-1", "p99999999999", "a0001", "p1 "} {
		if _, err := n.Post(t.Context(), "a0002", id); !errors.Is(err, social.ErrNoPost) {
			t.Errorf("post %q: %v", id, err)
		}
	}
}

func TestRepliesTakeTheAudienceOfTheirConversation(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(4), Follows: [][]int32{nil, {0}, {0, 1}, {1}}})
	wall := publish(t, n, social.Draft{Author: "a0001", Text: "стена", Audience: social.Followers})
	answer := publish(t, n, social.Draft{Author: "a0002", Kind: sdk.ItemReply, Parent: wall.ID, Text: "ответ"})
	if answer.Audience != social.Followers || answer.Wall != "a0001" || answer.Thread() != wall.ID {
		t.Errorf("the answer is %+v", answer)
	}
	for viewer, sees := range map[string]bool{"a0001": true, "a0003": true, "a0004": false} {
		if _, err := n.Post(t.Context(), viewer, answer.ID); (err == nil) != sees {
			t.Errorf("%s sees the answer: %v", viewer, err)
		}
	}
	if _, err := n.Publish(t.Context(), social.Draft{Author: "a0004", Kind: sdk.ItemReply, Parent: wall.ID, Text: "я"}); !errors.Is(err, social.ErrNoPost) {
		t.Errorf("one who may not see a post answers it: %v", err)
	}
	letter := publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemDirect, To: "a0004", Text: "письмо"})
	second := publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemReply, Parent: letter.ID, Text: "и ещё"})
	if second.To != "a0004" || second.Audience != social.Direct {
		t.Errorf("a second word to the same: %+v", second)
	}
}

func TestTheInboxKeepsTheNewest(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(2)})
	for i := range 260 {
		publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemDirect, To: "a0002", Text: fmt.Sprint(i)})
	}
	n.Changes()
	read := func(limit int) (texts []string) {
		for _, o := range must[[]social.Notification](t)(n.Notifications(t.Context(), "a0002", limit)) {
			texts = append(texts, o.Post.Text)
		}
		return texts
	}
	if first := read(50); len(first) != 50 || first[0] != "60" {
		t.Errorf("%d first notifications, from %v", len(first), first[:1])
	}
	if rest := read(1000); len(rest) != 150 || rest[149] != "259" {
		t.Errorf("%d further notifications", len(rest))
	}
	rows := n.Changes()
	if len(rows) != 1 || rows[0].Kind != "inbox" || rows[0].JSON != nil {
		t.Errorf("reading all leaves the rows %+v, want the inbox removed", rows)
	}
}

func TestNotificationsOfWhatMayNotBeSeenAnyMoreAreDropped(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(3), Groups: []embedded.Founded{{Group: social.Group{Name: "Клуб"}, Members: []int32{0, 1, 2}}}})
	publish(t, n, social.Draft{Author: "a0001", Group: "Клуб", Text: "@", Mentions: []string{"a0002", "a0003", "nobody"}})
	must[social.Group](t)(n.LeaveGroup(t.Context(), "a0002", "клуб"))
	if err := n.Mute(t.Context(), "a0003", "a0001"); err != nil {
		t.Fatal(err)
	}
	for _, viewer := range []string{"a0002", "a0003"} {
		if got := must[[]social.Notification](t)(n.Notifications(t.Context(), viewer, 10)); len(got) != 0 {
			t.Errorf("%s reads %+v", viewer, got)
		}
	}
}

func TestHomeShowsAnswersOnlyBetweenTheFollowed(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(4), Follows: [][]int32{{1, 2}}})
	p := publish(t, n, social.Draft{Author: "a0002", Text: "от своего"})
	q := publish(t, n, social.Draft{Author: "a0004", Text: "от чужого"})
	between := publish(t, n, social.Draft{Author: "a0003", Kind: sdk.ItemReply, Parent: p.ID, Text: "своему", Tick: 1})
	publish(t, n, social.Draft{Author: "a0003", Kind: sdk.ItemReply, Parent: q.ID, Text: "чужому", Tick: 1})
	boost := publish(t, n, social.Draft{Author: "a0003", Kind: sdk.ItemBoost, Parent: q.ID, Tick: 2})
	want := []string{boost.ID, between.ID, p.ID}
	if got := ids(must[[]*social.Post](t)(n.Home(t.Context(), "a0001", 10, rand.New(rand.NewPCG(1, 1))))); !slices.Equal(got, want) {
		t.Errorf("home shows %v, want %v", got, want)
	}
	if got := ids(must[[]*social.Post](t)(n.Home(t.Context(), "a0001", 2, rand.New(rand.NewPCG(1, 1))))); !slices.Equal(got, want[:2]) {
		t.Errorf("two of them: %v", got)
	}
}

// Whoever follows more than manyFollows reads another way; what is read must
// be the same.
func TestFollowingManyReadsTheSameHome(t *testing.T) {
	t.Parallel()
	const count = 400
	everyone := make([]int32, count-2)
	for i := range everyone {
		everyone[i] = int32(i + 2)
	}
	n := open(t, embedded.Options{Agents: agents(count), Follows: [][]int32{everyone, everyone[:290]}})
	draw := rand.New(rand.NewPCG(1, 1))
	for range 600 {
		publish(t, n, social.Draft{Author: fmt.Sprintf("a%04d", 3+draw.IntN(290)), Text: "слово", Audience: []social.Audience{social.Public, social.Followers}[draw.IntN(2)]})
	}
	many := ids(must[[]*social.Post](t)(n.Home(t.Context(), "a0001", 50, rand.New(rand.NewPCG(1, 1)))))
	few := ids(must[[]*social.Post](t)(n.Home(t.Context(), "a0002", 50, rand.New(rand.NewPCG(1, 1)))))
	if len(many) != 50 || !slices.Equal(many, few) {
		t.Errorf("%v\n%v", many, few)
	}
}

func TestPublicDrawsFairlyAmongPostsOfOneTick(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(101)})
	for tick := range int64(2) {
		for _, a := range agents(101)[1:] {
			publish(t, n, social.Draft{Author: a, Text: "слово", Tick: tick})
		}
	}
	times := map[string]int{}
	for i := range uint64(400) {
		posts := must[[]*social.Post](t)(n.Public(t.Context(), "a0001", 10, rand.New(rand.NewPCG(i, 2))))
		if len(posts) != 10 {
			t.Fatalf("%d posts", len(posts))
		}
		for _, p := range posts {
			if p.Tick != 1 {
				t.Fatalf("%s is not of the last tick", p.ID)
			}
			times[p.Author]++
		}
	}
	for _, a := range agents(101)[1:] { // 40 expected, standard deviation 6
		if times[a] < 15 || times[a] > 70 {
			t.Errorf("%s was drawn %d times of 40 expected", a, times[a])
		}
	}
	posts := must[[]*social.Post](t)(n.Public(t.Context(), "a0001", 150, rand.New(rand.NewPCG(1, 2))))
	if len(posts) != 150 || posts[99].Tick != 1 || posts[100].Tick != 0 {
		t.Errorf("150 posts: %d, not the newest tick first", len(posts))
	}
}

func TestPublicLeavesOutHomeOwnPostsAndAnswers(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(4), Follows: [][]int32{{1}}})
	publish(t, n, social.Draft{Author: "a0001", Text: "своё"})
	publish(t, n, social.Draft{Author: "a0002", Text: "из ленты"})
	want := publish(t, n, social.Draft{Author: "a0003", Text: "чужое"})
	publish(t, n, social.Draft{Author: "a0003", Text: "не для всех", Audience: social.Followers})
	publish(t, n, social.Draft{Author: "a0004", Kind: sdk.ItemReply, Parent: want.ID, Text: "ответ"})
	got := ids(must[[]*social.Post](t)(n.Public(t.Context(), "a0001", 10, rand.New(rand.NewPCG(1, 1)))))
	if !slices.Equal(got, []string{want.ID}) {
		t.Errorf("shows %v", got)
	}
}

func TestSearchFindsFormsOfWordsBestFirst(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(3), Follows: [][]int32{nil, {0}}})
	for _, text := range []string{"Мосты нашего города", "мост", "О погоде", "ГОРОД и #мост", "ёлки"} {
		publish(t, n, social.Draft{Author: "a0001", Text: text})
	}
	publish(t, n, social.Draft{Author: "a0001", Text: "мост подписчикам", Audience: social.Followers})
	publish(t, n, social.Draft{Author: "a0001", Kind: sdk.ItemDirect, To: "a0003", Text: "мост в письме"})
	for _, c := range []struct {
		viewer, query string
		limit         int
		want          []string
	}{
		{"a0003", "городские мосты", 10, []string{"p4", "p2", "p1"}},
		{"a0003", "мосту и городу", 10, []string{"p4", "p1", "p2"}},
		{"a0003", "мосту и городу", 1, []string{"p4"}},
		{"a0002", "мост", 10, []string{"p6", "p4", "p2", "p1"}},
		{"a0003", "елка", 10, []string{"p5"}},
		{"a0003", "и в на", 10, nil},
		{"a0001", "мост", 10, nil},
	} {
		if got := ids(must[[]*social.Post](t)(n.Search(t.Context(), c.viewer, c.query, c.limit))); !slices.Equal(got, c.want) {
			t.Errorf("%s searches %q: %v, want %v", c.viewer, c.query, got, c.want)
		}
	}
}

func TestTrendsForgetOldPosts(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(2)})
	for range 5 {
		publish(t, n, social.Draft{Author: "a0001", Text: "пожар пожар"})
	}
	if got := must[[]social.Trend](t)(n.Trends(t.Context(), 3)); !slices.Equal(got, []social.Trend{{Term: "пожар", Posts: 5}}) {
		t.Errorf("trends %v", got)
	}
	for i := range 4000 {
		publish(t, n, social.Draft{Author: "a0001", Text: fmt.Sprint("слово", i)})
	}
	if got := must[[]social.Trend](t)(n.Trends(t.Context(), 3)); len(got) != 0 {
		t.Errorf("trends %v", got)
	}
}

func TestOldPostsAreForgottenAlikeAfterARestore(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(3), Follows: [][]int32{nil, {0}}, Retain: 1})
	rows := map[[2]string]event.Row{}
	keep := func(changes []event.Row) {
		for _, r := range changes {
			rows[[2]string{r.Kind, r.ID}] = r
		}
	}
	publish(t, n, social.Draft{Author: "a0001", Text: "первая"})
	for range 20_000 {
		publish(t, n, social.Draft{Author: "a0003", Text: "ещё"})
	}
	if _, err := n.Favourite(t.Context(), "a0002", "p1"); err != nil {
		t.Fatal(err)
	}
	publish(t, n, social.Draft{Author: "a0003", Text: "последняя"})
	keep(n.Changes())
	twin := open(t, embedded.Options{Agents: agents(3), Retain: 1})
	if err := twin.Restore(ordered(rows)); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]*embedded.Network{"original": n, "restored": twin} {
		if _, err := v.Favourite(t.Context(), "a0002", "p1"); !errors.Is(err, social.ErrNoPost) {
			t.Errorf("%s: the oldest post: %v", name, err)
		}
		if got := must[[]*social.Post](t)(v.Home(t.Context(), "a0002", 10, rand.New(rand.NewPCG(1, 1)))); len(got) != 0 {
			t.Errorf("%s: home shows %v", name, ids(got))
		}
		if p := publish(t, v, social.Draft{Author: "a0001", Text: "новая"}); p.ID != "p20003" {
			t.Errorf("%s: the next id is %s", name, p.ID)
		}
	}
}

// ordered gives rows in (kind, id) order.
func ordered(rows map[[2]string]event.Row) iter.Seq2[event.Row, error] {
	var list []event.Row
	for _, r := range rows {
		if r.JSON != nil {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b event.Row) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return func(yield func(event.Row, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestRestoringTwiceIsRestoringOnce(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(3), Follows: [][]int32{{1, 2}}, Groups: []embedded.Founded{{Group: social.Group{Name: "Клуб"}, Members: []int32{0}}}})
	poll := publish(t, n, social.Draft{Author: "a0001", Text: "?", Options: []string{"да", "нет"}})
	must[*social.Post](t)(n.Vote(t.Context(), "a0002", poll.ID, 1))
	rows := map[[2]string]event.Row{}
	for _, r := range n.Changes() {
		rows[[2]string{r.Kind, r.ID}] = r
	}
	twin := open(t, embedded.Options{Agents: agents(3), Follows: [][]int32{{1}}})
	for range 2 {
		if err := twin.Restore(ordered(rows)); err != nil {
			t.Fatal(err)
		}
	}
	if changes := twin.Changes(); len(changes) != 0 {
		t.Errorf("a restored network has changes: %v", changes)
	}
	if d := gocmp.Diff([]int{0, 1}, must[*social.Post](t)(twin.Post(t.Context(), "a0003", poll.ID)).Votes); d != "" {
		t.Error(d)
	}
	if got := must[[]string](t)(twin.Following(t.Context(), "a0001", 5)); !slices.Equal(got, []string{"a0002", "a0003"}) {
		t.Errorf("follows %v", got)
	}
	fresh := open(t, embedded.Options{Agents: agents(3), Follows: [][]int32{{1}}})
	if err := fresh.Restore(ordered(nil)); err != nil {
		t.Fatal(err)
	}
	if got := must[[]string](t)(fresh.Following(t.Context(), "a0001", 5)); !slices.Equal(got, []string{"a0002"}) {
		t.Errorf("restored from nothing, follows %v", got)
	}
}

func TestBadRowsAreErrorsThatNameTheRow(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]event.Row{
		"unknown kind":    {Kind: "planet", ID: "x", JSON: []byte("{}")},
		"post id":         {Kind: "post", ID: "x", JSON: []byte("{}")},
		"post json":       {Kind: "post", ID: "p1", JSON: []byte("{")},
		"post author":     {Kind: "post", ID: "p1", JSON: []byte(`{"author":"a9"}`)},
		"post gap":        {Kind: "post", ID: "p2", JSON: []byte(`{"author":"a0001"}`)},
		"no author":       {Kind: "post", ID: "p1", JSON: []byte(`{}`)},
		"favourite agent": {Kind: "favourite", ID: "p1/a9", JSON: []byte("{}")},
		"favourite post":  {Kind: "favourite", ID: "x/a0001", JSON: []byte("{}")},
		"follow agent":    {Kind: "follow", ID: "a9", JSON: []byte("[]")},
		"follow list":     {Kind: "follow", ID: "a0001", JSON: []byte(`["a9"]`)},
		"member of none":  {Kind: "member", ID: "a0001", JSON: []byte(`["Клуб"]`)},
		"group id":        {Kind: "group", ID: "x", JSON: []byte("{}")},
		"group gap":       {Kind: "group", ID: "g2", JSON: []byte(`{"name":"Клуб"}`)},
		"inbox of nobody": {Kind: "inbox", ID: "a9", JSON: []byte("[]")},
		"inbox from whom": {Kind: "inbox", ID: "a0001", JSON: []byte(`[{"from":"a9"}]`)},
		"inbox json":      {Kind: "inbox", ID: "a0001", JSON: []byte(`{}`)},
	} {
		n := open(t, embedded.Options{Agents: agents(2)})
		err := n.Restore(func(yield func(event.Row, error) bool) { yield(row, nil) })
		if err == nil || !strings.Contains(err.Error(), "restore network") {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("disk")
	n := open(t, embedded.Options{Agents: agents(1)})
	if err := n.Restore(func(yield func(event.Row, error) bool) { yield(event.Row{}, broken) }); !errors.Is(err, broken) {
		t.Errorf("a failing journal: %v", err)
	}
}

func TestGroupsAreBoundedAndTheLargestComeFirst(t *testing.T) {
	t.Parallel()
	n := open(t, embedded.Options{Agents: agents(12)})
	for i := range 1000 {
		if _, err := n.CreateGroup(t.Context(), agents(12)[i%12], social.Group{Name: fmt.Sprint("группа ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.CreateGroup(t.Context(), "a0001", social.Group{Name: "лишняя"}); !errors.Is(err, social.ErrTooMany) {
		t.Errorf("one group too many: %v", err)
	}
	for i := 1; len(must2(n.Groups(t.Context(), "a0001", 1))) < 100; i += 12 {
		must[social.Group](t)(n.JoinGroup(t.Context(), "a0001", fmt.Sprint("группа ", i)))
	}
	if _, err := n.JoinGroup(t.Context(), "a0001", "группа 998"); !errors.Is(err, social.ErrTooMany) {
		t.Errorf("one membership too many: %v", err)
	}
	must[social.Group](t)(n.JoinGroup(t.Context(), "a0003", "группа 500"))
	must[social.Group](t)(n.JoinGroup(t.Context(), "a0004", "группа 500"))
	_, open, err := n.Groups(t.Context(), "a0005", 3)
	if err != nil || len(open) != 3 || open[0].Name != "группа 500" || open[0].Members != 3 || open[1].Name != "группа 1" {
		t.Errorf("largest: %+v, %v", open, err)
	}
}

func must2(joined, _ []social.Group, err error) []social.Group {
	if err != nil {
		panic(err)
	}
	return joined
}

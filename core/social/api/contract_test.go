package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-mastodon"
)

// The contract of a server that speaks Mastodon, as go-mastodon sees it. It is
// held to by the embedded network, and by a real instance where
// GOROD_TEST_MASTODON is its address and GOROD_TEST_MASTODON_TOKEN the tokens of
// three of its accounts, divided by commas.

// instance is a server under test.
type instance struct {
	*testing.T
	accounts [3]*mastodon.Client
	me       [3]*mastodon.Account
	settle   func()   // lets what was done become true
	streamed []string // what streams tell
}

// patience bounds every wait for a server.
const patience = 30 * time.Second

func TestTheContractOfMastodon(t *testing.T) {
	t.Parallel()
	servers := map[string]func(t *testing.T) *instance{"embedded": embeddedInstance}
	if address := os.Getenv("GOROD_TEST_MASTODON"); address != "" {
		servers[address] = func(t *testing.T) *instance {
			return realInstance(t, address, strings.Split(os.Getenv("GOROD_TEST_MASTODON_TOKEN"), ","))
		}
	}
	for name, open := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open(t).keeps()
		})
	}
}

// keeps tests every part of the contract but for those named.
func (in *instance) keeps(but ...string) {
	for i, c := range in.accounts {
		me, err := c.GetAccountCurrentUser(in.Context())
		if err != nil {
			in.Fatal(err)
		}
		in.me[i] = me
	}
	for _, part := range []struct {
		name string
		test func(*instance)
	}{
		{"the instance describes itself", (*instance).describes},
		{"posts are read by whom they are for", (*instance).audiences},
		{"a direct message is for its two ends", (*instance).direct},
		{"answers make a thread", (*instance).thread},
		{"a poll is voted in once", (*instance).poll},
		{"posts are liked and boosted", (*instance).reactions},
		{"people follow each other", (*instance).follows},
		{homeForgets, (*instance).forgets},
		{"timelines have pages", (*instance).pages},
		{"people and hashtags are found", (*instance).searches},
		{"notifications tell", (*instance).notifications},
		{oneIsDismissed, (*instance).dismisses},
		{"streams tell at once", (*instance).streams},
		{oneKeyOnePost, (*instance).idempotency},
	} {
		if slices.Contains(but, part.name) {
			continue
		}
		in.Run(part.name, func(t *testing.T) {
			one := *in
			one.T = t
			part.test(&one)
		})
	}
}

// everything is what streams tell.
func everything() []string {
	return []string{"user notification", "user conversation", "public update", "hashtag update"}
}

// Parts that not every server keeps.
const (
	oneKeyOnePost  = "a key makes one post"
	homeForgets    = "home forgets whom one leaves"
	oneIsDismissed = "one notification is dismissed"
)

func embeddedInstance(t *testing.T) *instance {
	w := newTown(t, 100_000, nil)
	in := &instance{T: t, settle: func() { w.Step(t) }, streamed: everything()}
	for i, name := range []string{"alice", "bob", "carol"} {
		in.accounts[i] = w.client(t, name)
	}
	return in
}

// client goes through everything that a new client does: it registers, sends its
// user to the page, and gets a token for the code.
func (w *town) client(t *testing.T, name string) *mastodon.Client {
	t.Helper()
	app, err := mastodon.RegisterApp(t.Context(), &mastodon.AppConfig{Server: w.URL, ClientName: "a client", Scopes: "read write follow"})
	if err != nil {
		t.Fatal(err)
	}
	page := newBrowser().allow(t, app.AuthURI, url.Values{"name": {name}, "shown": {strings.ToUpper(name[:1]) + name[1:]}})
	c := mastodon.NewClient(&mastodon.Config{Server: w.URL, ClientID: app.ClientID, ClientSecret: app.ClientSecret})
	c.Client = http.Client{Transport: keyed{}}
	if err := c.GetUserAccessToken(t.Context(), code(t, page), app.RedirectURI); err != nil {
		t.Fatal(err)
	}
	return c
}

func realInstance(t *testing.T, address string, all []string) *instance {
	if len(all) != 3 {
		t.Fatalf("GOROD_TEST_MASTODON_TOKEN holds %d tokens, want those of three accounts, divided by commas", len(all))
	}
	in := &instance{T: t, settle: func() { <-time.After(time.Second) }, streamed: everything()}
	for i, token := range all {
		in.accounts[i] = mastodon.NewClient(&mastodon.Config{Server: address, AccessToken: strings.TrimSpace(token)})
		in.accounts[i].Client = http.Client{Transport: keyed{}}
		if _, err := in.accounts[i].AccountUpdate(t.Context(), &mastodon.Profile{Locked: new(bool)}); err != nil { // as the embedded ones are
			t.Fatal(err)
		}
	}
	return in
}

type keyName struct{}

// keyed sends the Idempotency-Key of the context.
type keyed struct{}

func (keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	if key, ok := r.Context().Value(keyName{}).(string); ok {
		r = r.Clone(r.Context())
		r.Header.Set("Idempotency-Key", key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (in *instance) post(who int, toot mastodon.Toot) *mastodon.Status {
	in.Helper()
	s, err := in.accounts[who].PostStatus(in.Context(), &toot)
	if err != nil {
		in.Fatal(err)
	}
	return s
}

// sees reports whether an account may read a post.
func (in *instance) sees(who int, id mastodon.ID) bool {
	in.Helper()
	_, err := in.accounts[who].GetStatus(in.Context(), id)
	if err != nil && !strings.Contains(err.Error(), "404") {
		in.Fatal(err)
	}
	return err == nil
}

// eventually waits until something holds.
func (in *instance) eventually(what string, holds func() bool) {
	in.Helper()
	for end := time.Now().Add(patience); ; in.settle() {
		if holds() {
			return
		}
		if time.Now().After(end) {
			in.Fatalf("%s: it never is", what)
		}
	}
}

func with(statuses []*mastodon.Status, err error) func(id mastodon.ID) bool {
	return func(id mastodon.ID) bool {
		return err == nil && slices.ContainsFunc(statuses, func(s *mastodon.Status) bool { return s.ID == id || s.Reblog != nil && s.Reblog.ID == id })
	}
}

func (in *instance) describes() {
	info, err := in.accounts[0].GetInstance(in.Context())
	if err != nil || info.URI == "" || info.Version == "" || info.URLs["streaming_api"] == "" || info.Stats == nil {
		in.Errorf("%+v, %v", info, err)
	}
	for i, me := range in.me {
		found, err := in.accounts[(i+1)%3].AccountLookup(in.Context(), me.Acct)
		if err != nil || found.ID != me.ID || found.Avatar == "" {
			in.Errorf("%s is not found: %+v, %v", me.Acct, found, err)
		}
	}
}

func (in *instance) audiences() {
	open := in.post(0, mastodon.Toot{Status: "Доброе утро всем", Visibility: "public"})
	closed := in.post(0, mastodon.Toot{Status: "Только подписчикам", Visibility: "private"})
	if open.Visibility != "public" || closed.Visibility != "private" || !strings.Contains(open.Content, "Доброе утро всем") || open.Account.ID != in.me[0].ID {
		in.Errorf("%+v\n%+v", open, closed)
	}
	if !in.sees(1, open.ID) || in.sees(2, closed.ID) || !in.sees(0, closed.ID) {
		in.Error("an open post is not seen, or a closed one is")
	}
	if _, err := in.accounts[1].AccountFollow(in.Context(), in.me[0].ID); err != nil {
		in.Fatal(err)
	}
	in.eventually("a follower sees the closed post", func() bool { return in.sees(1, closed.ID) })
	ctx := in.Context()
	in.eventually("timelines hold the posts", func() bool {
		return with(in.accounts[0].GetTimelineHome(ctx, nil))(closed.ID) && with(in.accounts[2].GetTimelinePublic(ctx, true, nil))(open.ID) &&
			with(in.accounts[2].GetAccountStatuses(ctx, in.me[0].ID, nil))(open.ID) && with(in.accounts[1].GetAccountStatuses(ctx, in.me[0].ID, nil))(closed.ID)
	})
	if with(in.accounts[2].GetAccountStatuses(ctx, in.me[0].ID, nil))(closed.ID) || with(in.accounts[2].GetTimelinePublic(ctx, false, nil))(closed.ID) {
		in.Error("a closed post is in a timeline of somebody who does not follow")
	}
}

func (in *instance) direct() {
	ctx := in.Context()
	secret := in.post(0, mastodon.Toot{Status: "@" + in.me[1].Acct + " по секрету", Visibility: "direct"})
	if secret.Visibility != "direct" || len(secret.Mentions) != 1 || secret.Mentions[0].ID != in.me[1].ID {
		in.Errorf("%+v", secret)
	}
	in.eventually("the message arrives", func() bool {
		return in.sees(1, secret.ID) && with(in.accounts[1].GetTimelineDirect(ctx, nil))(secret.ID)
	})
	if in.sees(2, secret.ID) || with(in.accounts[2].GetTimelineDirect(ctx, nil))(secret.ID) || with(in.accounts[2].GetAccountStatuses(ctx, in.me[0].ID, nil))(secret.ID) {
		in.Error("a third account reads the message")
	}
	if _, err := in.accounts[2].GetStatusContext(ctx, secret.ID); err == nil || !strings.Contains(err.Error(), "404") {
		in.Errorf("the thread of the message, for a third account: %v", err)
	}
	if _, err := in.accounts[2].Favourite(ctx, secret.ID); err == nil {
		in.Error("a third account likes the message")
	}
	answer := in.post(1, mastodon.Toot{Status: "@" + in.me[0].Acct + " понял", Visibility: "direct", InReplyToID: secret.ID})
	if !in.sees(0, answer.ID) || in.sees(2, answer.ID) {
		in.Error("the answer is for the wrong people")
	}
	talks, err := in.accounts[1].GetConversations(ctx, nil)
	if err != nil || len(talks) == 0 || len(talks[0].Accounts) != 1 || talks[0].Accounts[0].ID != in.me[0].ID {
		in.Fatalf("conversations: %+v, %v", talks, err)
	}
	if err := in.accounts[1].MarkConversationAsRead(ctx, talks[0].ID); err != nil {
		in.Error(err)
	}
}

func (in *instance) thread() {
	ctx := in.Context()
	root := in.post(0, mastodon.Toot{Status: "Кто идёт на субботник?", Visibility: "public"})
	first := in.post(1, mastodon.Toot{Status: "@" + in.me[0].Acct + " я", InReplyToID: root.ID, Visibility: "public"})
	second := in.post(0, mastodon.Toot{Status: "@" + in.me[1].Acct + " отлично", InReplyToID: first.ID, Visibility: "public"})
	if first.InReplyToID != string(root.ID) || first.InReplyToAccountID != string(in.me[0].ID) {
		in.Errorf("the answer answers %v of %v", first.InReplyToID, first.InReplyToAccountID)
	}
	in.eventually("the thread is whole", func() bool {
		around, err := in.accounts[2].GetStatusContext(ctx, first.ID)
		return err == nil && len(around.Ancestors) == 1 && around.Ancestors[0].ID == root.ID && len(around.Descendants) == 1 && around.Descendants[0].ID == second.ID
	})
	if again, err := in.accounts[2].GetStatus(ctx, root.ID); err != nil || again.RepliesCount < 1 {
		in.Errorf("%+v, %v", again, err)
	}
}

func (in *instance) poll() {
	ctx := in.Context()
	s := in.post(0, mastodon.Toot{Status: "Чай или кофе?", Visibility: "public", Poll: &mastodon.TootPoll{Options: []string{"чай", "кофе"}, ExpiresInSeconds: 86400}})
	if s.Poll == nil || len(s.Poll.Options) != 2 || s.Poll.Options[1].Title != "кофе" {
		in.Fatalf("%+v", s.Poll)
	}
	if _, err := in.accounts[1].PollVote(ctx, s.Poll.ID, 1); err != nil {
		in.Fatal(err)
	}
	in.eventually("the vote counts", func() bool {
		p, err := in.accounts[1].GetPoll(ctx, s.Poll.ID)
		return err == nil && p.VotesCount == 1 && p.Voted && slices.Equal(p.OwnVotes, []int{1})
	})
	if _, err := in.accounts[1].PollVote(ctx, s.Poll.ID, 0); err == nil {
		in.Error("somebody votes twice")
	}
	if _, err := in.accounts[2].PollVote(ctx, s.Poll.ID, 7); err == nil {
		in.Error("an option that is not there is voted for")
	}
}

func (in *instance) reactions() {
	ctx := in.Context()
	s := in.post(0, mastodon.Toot{Status: "Открылась новая библиотека", Visibility: "public"})
	liked, err := in.accounts[1].Favourite(ctx, s.ID)
	if err != nil || liked.Favourited != true {
		in.Errorf("%+v, %v", liked, err)
	}
	boost, err := in.accounts[1].Reblog(ctx, s.ID)
	if err != nil || boost.Reblog == nil || boost.Reblog.ID != s.ID || boost.ID == s.ID {
		in.Fatalf("%+v, %v", boost, err)
	}
	in.eventually("who liked and boosted is told", func() bool {
		likes, err := in.accounts[2].GetFavouritedBy(ctx, s.ID, nil)
		boosts, err2 := in.accounts[2].GetRebloggedBy(ctx, s.ID, nil)
		return err == nil && err2 == nil && len(likes) == 1 && likes[0].ID == in.me[1].ID && len(boosts) == 1 && boosts[0].ID == in.me[1].ID
	})
	if mine, err := in.accounts[1].GetFavourites(ctx, nil); !with(mine, err)(s.ID) {
		in.Errorf("own favourites: %v", err)
	}
	if back, err := in.accounts[1].Unfavourite(ctx, s.ID); err != nil || back.Favourited != false {
		in.Errorf("%+v, %v", back, err)
	}
	in.eventually("the like is taken back", func() bool {
		likes, err := in.accounts[2].GetFavouritedBy(ctx, s.ID, nil)
		return err == nil && len(likes) == 0
	})
}

func (in *instance) follows() {
	ctx := in.Context()
	if r, err := in.accounts[2].AccountFollow(ctx, in.me[0].ID); err != nil || !r.Following {
		in.Fatalf("%+v, %v", r, err)
	}
	in.eventually("both sides know", func() bool {
		mine, err := in.accounts[0].GetAccountRelationships(ctx, []string{string(in.me[2].ID)})
		followers, err2 := in.accounts[1].GetAccountFollowers(ctx, in.me[0].ID, nil)
		following, err3 := in.accounts[1].GetAccountFollowing(ctx, in.me[2].ID, nil)
		is := func(a *mastodon.Account) bool { return a.ID == in.me[2].ID }
		return err == nil && err2 == nil && err3 == nil && len(mine) == 1 && mine[0].FollowedBy && slices.ContainsFunc(followers, is) && len(following) == 1
	})
	s := in.post(0, mastodon.Toot{Status: "для тех, кто подписан", Visibility: "private"})
	in.eventually("home shows whom one follows", func() bool { return with(in.accounts[2].GetTimelineHome(ctx, nil))(s.ID) })
	if r, err := in.accounts[2].AccountUnfollow(ctx, in.me[0].ID); err != nil || r.Following {
		in.Errorf("%+v, %v", r, err)
	}
	in.eventually("who leaves sees no more", func() bool { return !in.sees(2, s.ID) })
}

func (in *instance) forgets() {
	ctx := in.Context()
	if _, err := in.accounts[2].AccountFollow(ctx, in.me[0].ID); err != nil {
		in.Fatal(err)
	}
	s := in.post(0, mastodon.Toot{Status: "пока подписаны", Visibility: "public"})
	in.eventually("home shows it", func() bool { return with(in.accounts[2].GetTimelineHome(ctx, nil))(s.ID) })
	if _, err := in.accounts[2].AccountUnfollow(ctx, in.me[0].ID); err != nil {
		in.Fatal(err)
	}
	in.eventually("home forgets", func() bool { return !with(in.accounts[2].GetTimelineHome(ctx, nil))(s.ID) })
}

func (in *instance) pages() {
	ctx := in.Context()
	var want []mastodon.ID
	for i := range 7 {
		want = append(want, in.post(2, mastodon.Toot{Status: fmt.Sprintf("страница %d #страницы", i), Visibility: "public"}).ID)
	}
	slices.Reverse(want)
	for name, read := range map[string]func(pg *mastodon.Pagination) ([]*mastodon.Status, error){
		"hashtag": func(pg *mastodon.Pagination) ([]*mastodon.Status, error) {
			return in.accounts[0].GetTimelineHashtag(ctx, "страницы", false, pg)
		},
		"account": func(pg *mastodon.Pagination) ([]*mastodon.Status, error) {
			return in.accounts[0].GetAccountStatuses(ctx, in.me[2].ID, pg)
		},
	} {
		var got []mastodon.ID
		for pg := (&mastodon.Pagination{Limit: 3}); len(got) < len(want); {
			part, err := read(pg)
			if err != nil || len(part) == 0 || len(part) > 3 {
				in.Fatalf("%s: %d posts, %v", name, len(part), err)
			}
			for _, s := range part {
				got = append(got, s.ID)
			}
			if pg.MaxID == "" {
				break
			}
			pg = &mastodon.Pagination{MaxID: pg.MaxID, Limit: 3}
		}
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			in.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	since, err := in.accounts[0].GetTimelineHashtag(ctx, "страницы", false, &mastodon.Pagination{SinceID: want[2]})
	if err != nil || len(since) != 2 || since[0].ID != want[0] {
		in.Errorf("since: %d posts, %v", len(since), err)
	}
	above, err := in.accounts[0].GetTimelineHashtag(ctx, "страницы", false, &mastodon.Pagination{MinID: want[5], Limit: 2})
	if err != nil || len(above) != 2 || above[1].ID != want[4] {
		in.Errorf("above: %d posts, %v", len(above), err)
	}
}

func (in *instance) searches() {
	ctx := in.Context()
	in.post(1, mastodon.Toot{Status: "Про #уникальныйтег", Visibility: "public"})
	in.eventually("the hashtag is found", func() bool {
		found, err := in.accounts[0].Search(ctx, "#уникальныйтег", false)
		return err == nil && slices.ContainsFunc(found.Hashtags, func(tag *mastodon.Tag) bool { return tag.Name == "уникальныйтег" })
	})
	people, err := in.accounts[0].AccountsSearch(ctx, in.me[1].Acct, 5)
	if err != nil || !slices.ContainsFunc(people, func(a *mastodon.Account) bool { return a.ID == in.me[1].ID }) {
		in.Errorf("%v, %v", people, err)
	}
	all, err := in.accounts[0].Search(ctx, in.me[2].Username, false)
	if err != nil || !slices.ContainsFunc(all.Accounts, func(a *mastodon.Account) bool { return a.ID == in.me[2].ID }) {
		in.Errorf("%+v, %v", all, err)
	}
}

func (in *instance) notifications() {
	ctx := in.Context()
	if err := in.accounts[0].ClearNotifications(ctx); err != nil {
		in.Fatal(err)
	}
	s := in.post(0, mastodon.Toot{Status: "Что нового?", Visibility: "public"})
	in.post(1, mastodon.Toot{Status: "@" + in.me[0].Acct + " ничего", InReplyToID: s.ID, Visibility: "public"})
	if _, err := in.accounts[1].Favourite(ctx, s.ID); err != nil {
		in.Fatal(err)
	}
	if _, err := in.accounts[2].Reblog(ctx, s.ID); err != nil {
		in.Fatal(err)
	}
	if _, err := in.accounts[2].AccountFollow(ctx, in.me[0].ID); err != nil {
		in.Fatal(err)
	}
	var got []*mastodon.Notification
	in.eventually("everything is told", func() bool {
		var err error
		if got, err = in.accounts[0].GetNotifications(ctx, nil); err != nil {
			in.Fatal(err)
		}
		for _, kind := range []string{"mention", "favourite", "reblog", "follow"} {
			if !slices.ContainsFunc(got, func(n *mastodon.Notification) bool { return n.Type == kind }) {
				return false
			}
		}
		return true
	})
	few, err := in.accounts[0].GetNotificationsExclude(ctx, &[]string{"mention", "reblog", "follow", "poll", "status"}, nil)
	if err != nil || len(few) == 0 || slices.ContainsFunc(few, func(n *mastodon.Notification) bool { return n.Type != "favourite" }) {
		in.Errorf("favourites alone: %+v, %v", few, err)
	}
	one, err := in.accounts[0].GetNotification(ctx, got[0].ID)
	if err != nil || one.Type != got[0].Type {
		in.Errorf("%+v, %v", one, err)
	}
}

// dismisses puts away one of the notifications that there are by now.
func (in *instance) dismisses() {
	ctx := in.Context()
	got, err := in.accounts[0].GetNotifications(ctx, nil)
	if err != nil || len(got) == 0 {
		in.Fatal("no notifications", err)
	}
	if err := in.accounts[0].DismissNotification(ctx, got[0].ID); err != nil {
		in.Error(err)
	}
	left, err := in.accounts[0].GetNotifications(ctx, nil)
	if err != nil || slices.ContainsFunc(left, func(n *mastodon.Notification) bool { return n.ID == got[0].ID }) {
		in.Errorf("a dismissed notification is there: %v", err)
	}
}

func (in *instance) streams() {
	ctx, cancel := context.WithTimeout(in.Context(), patience)
	defer cancel()
	user, err := in.accounts[1].NewWSClient().StreamingWSUser(ctx)
	if err != nil {
		in.Fatal(err)
	}
	open, err := in.accounts[2].NewWSClient().StreamingWSPublic(ctx, false)
	if err != nil {
		in.Fatal(err)
	}
	tag, err := in.accounts[2].NewWSClient().StreamingWSHashtag(ctx, "потоки", false)
	if err != nil {
		in.Fatal(err)
	}
	defer drain(cancel, user, open, tag)
	want := map[string]bool{}
	for _, what := range in.streamed {
		want[what] = true
	}
	// Streams open some time after they are asked for: what is posted before is
	// not told.
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	for n := 0; len(want) > 0; {
		select {
		case <-again.C:
			n++
			in.post(0, mastodon.Toot{Status: fmt.Sprintf("@%s смотри #потоки %d", in.me[1].Acct, n), Visibility: "public"})
			in.post(0, mastodon.Toot{Status: fmt.Sprintf("@%s тихо %d", in.me[1].Acct, n), Visibility: "direct"})
			in.settle()
		case e := <-user:
			delete(want, "user "+in.kind(e))
		case e := <-open:
			delete(want, "public "+in.open(e))
		case e := <-tag:
			delete(want, "hashtag "+in.open(e))
		case <-ctx.Done():
			in.Fatalf("never told: %v", want)
		}
	}
}

// open is the kind of an event for everybody.
func (in *instance) open(e mastodon.Event) string {
	if u, ok := e.(*mastodon.UpdateEvent); ok && u.Status.Visibility == "direct" {
		in.Errorf("a direct message in a public stream: %s", u.Status.Content)
	}
	return in.kind(e)
}

func (in *instance) kind(e mastodon.Event) string {
	switch e.(type) {
	case *mastodon.UpdateEvent:
		return "update"
	case *mastodon.NotificationEvent:
		return "notification"
	case *mastodon.ConversationEvent:
		return "conversation"
	}
	return ""
}

// drain ends streams: the client's goroutines wait until somebody reads.
func drain(cancel func(), streams ...chan mastodon.Event) {
	cancel()
	for _, s := range streams {
		for range s {
		}
	}
}

func (in *instance) idempotency() {
	ctx := context.WithValue(in.Context(), keyName{}, fmt.Sprint("key ", time.Now().UnixNano()))
	toot := &mastodon.Toot{Status: "Один раз", Visibility: "public"}
	first, err := in.accounts[0].PostStatus(ctx, toot)
	if err != nil {
		in.Fatal(err)
	}
	in.settle()
	second, err := in.accounts[0].PostStatus(ctx, toot)
	if err != nil || second.ID != first.ID {
		in.Errorf("the same key: %v and %v, %v", first.ID, second, err)
	}
	other, err := in.accounts[1].PostStatus(ctx, toot)
	if err != nil || other.ID == first.ID {
		in.Errorf("the same key of another: %v, %v", other, err)
	}
}

// A tiny bot registers, follows a resident, asks a question and gets an answer.
func TestABotTalksToAResident(t *testing.T) {
	t.Parallel()
	w := newTown(t, 200, nil)
	bot, ctx := w.client(t, "bot"), t.Context()
	anna, err := bot.AccountLookup(ctx, "anna_petrova")
	if err != nil || !anna.Bot || anna.DisplayName != "Анна Петрова" || strings.Contains(anna.Note, "<b>") {
		t.Fatalf("%+v, %v", anna, err)
	}
	if _, err := bot.AccountFollow(ctx, anna.ID); err != nil {
		t.Fatal(err)
	}
	asked, err := bot.PostStatus(ctx, &mastodon.Toot{Status: "@anna_petrova что вы думаете о трамваях?", Visibility: "public"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		w.Step(t)
		around, err := bot.GetStatusContext(ctx, asked.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range around.Descendants {
			if !s.Account.Bot {
				continue
			}
			told, err := bot.GetNotifications(ctx, nil)
			if err != nil || !slices.ContainsFunc(told, func(n *mastodon.Notification) bool { return n.Type == "mention" && n.Status.ID == s.ID }) {
				t.Errorf("the bot is not told of the answer %s: %v", s.Content, err)
			}
			return
		}
	}
	t.Error("no resident answered in 100 ticks")
}

// plain reads an answer as JSON.
func plain[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v: %d %.500s", err, r.status, r.body)
	}
	return v
}

package api

import (
	"html"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

// render turns what a view gives into what clients are given. Base is the
// address of the server.
type render struct {
	base     string
	language string // of the run
	over     bool   // nothing can be voted in any more
}

func (c *call) render() render { return c.rendering(c.base) }

func (s *server) rendering(base string) render {
	run := s.View.Run()
	return render{base, run.Language, over(run)}
}

func (r render) account(a *view.Account) *accountJSON {
	address := r.base + "/@" + a.Handle
	out := &accountJSON{
		ID: decimal(a.ID), Username: a.Username(), Acct: a.Handle, DisplayName: a.Name, Bot: !a.Visitor, Discoverable: true,
		CreatedAt: moment(a.Created), Note: links(r.base).HTML(a.Bio, nil), URL: address, URI: address,
		Avatar: r.base + "/avatars/" + decimal(a.ID) + ".svg", Header: r.base + "/avatars/header.svg",
		FollowersCount: a.Followers, FollowingCount: a.Following, StatusesCount: a.Posts,
		Emojis: []struct{}{}, Fields: []fieldJSON{},
	}
	out.AvatarStatic, out.HeaderStatic = out.Avatar, out.Header
	for _, f := range a.Fields {
		out.Fields = append(out.Fields, fieldJSON{Name: f.Name, Value: html.EscapeString(f.Value)})
	}
	if !a.LastPost.IsZero() {
		day := a.LastPost.UTC().Format("2006-01-02")
		out.LastStatusAt = &day
	}
	return out
}

func (r render) accounts(all []*view.Account) []*accountJSON {
	out := make([]*accountJSON, len(all))
	for i, a := range all {
		out[i] = r.account(a)
	}
	return out
}

func (r render) statuses(all []*view.Status) []*statusJSON {
	out := make([]*statusJSON, len(all))
	for i, s := range all {
		out[i] = r.status(s)
	}
	return out
}

func (r render) status(s *view.Status) *statusJSON {
	address := r.base + "/@" + s.Author.Handle + "/" + decimal(s.ID)
	out := &statusJSON{
		ID: decimal(s.ID), CreatedAt: moment(s.Time), Visibility: visibility(s.Audience), Language: r.language, URI: address, URL: address,
		RepliesCount: s.Replies, ReblogsCount: s.Boosts, FavouritesCount: s.Favourites, Favourited: s.Favourited, Reblogged: s.Boosted,
		Content: r.content(s), Account: r.account(s.Author), MediaAttachments: []struct{}{}, Mentions: r.mentions(s), Tags: r.tags(s.Tags),
		Emojis: []struct{}{}, Filtered: []struct{}{},
		Gorod: gorodJSON{Post: s.Post, Who: s.Author.Who, Kind: s.Kind, Group: s.Group, Waiting: s.Waiting},
	}
	if s.ReplyTo != nil {
		id, account := decimal(s.ReplyTo.ID), decimal(s.ReplyTo.Account)
		out.InReplyToID, out.InReplyToAccountID = &id, &account
	}
	if s.Kind == sdk.ItemBoost && s.Passed != nil {
		out.Reblog = r.status(s.Passed)
		out.Content, out.Mentions, out.Tags = out.Reblog.Content, out.Reblog.Mentions, out.Reblog.Tags
		out.Reblogged, out.Favourited = out.Reblog.Reblogged, out.Reblog.Favourited
	}
	if s.Poll != nil {
		out.Poll = r.poll(s)
	}
	return out
}

// content is the text; a post that quotes another ends with its address.
func (r render) content(s *view.Status) string {
	out := links(r.base).HTML(s.Text, s.Spans)
	if s.Kind == sdk.ItemQuote && s.Passed != nil {
		at := html.EscapeString(r.base + "/@" + s.Passed.Author.Handle + "/" + decimal(s.Passed.ID))
		out += `<p class="quote-inline">RE: <a href="` + at + `" rel="nofollow noopener">` + at + `</a></p>`
	}
	return out
}

func visibility(a social.Audience) string {
	switch a {
	case social.Public:
		return "public"
	case social.Direct:
		return "direct"
	default:
		return "private"
	}
}

// mentions are whom a post names, and whom a direct message is for.
func (r render) mentions(s *view.Status) []mentionJSON {
	out := []mentionJSON{}
	known := map[int64]bool{}
	add := func(a *view.Account) {
		if a != nil && !known[a.ID] {
			known[a.ID] = true
			out = append(out, mentionJSON{decimal(a.ID), a.Username(), a.Handle, r.base + "/@" + a.Handle})
		}
	}
	add(s.To)
	for _, span := range s.Spans {
		add(span.Account)
	}
	return out
}

func (r render) tags(names []string) []tagJSON {
	out := make([]tagJSON, len(names))
	for i, name := range names {
		out[i] = tagJSON{Name: name, URL: links(r.base).Tag(name)}
	}
	return out
}

func (r render) poll(s *view.Status) *pollJSON {
	out := &pollJSON{
		ID: decimal(s.ID), Expired: r.over, VotesCount: s.Poll.Voters, VotersCount: s.Poll.Voters, Voted: s.Poll.Voted,
		OwnVotes: append([]int{}, s.Poll.Own...), Emojis: []struct{}{},
	}
	for _, o := range s.Poll.Options {
		out.Options = append(out.Options, optionJSON{o.Title, o.Votes})
	}
	return out
}

func (r render) notification(n *view.Notification) notificationJSON {
	out := notificationJSON{ID: decimal(n.ID), Type: n.Kind, CreatedAt: moment(n.Time), Account: r.account(n.From)}
	if n.Status != nil {
		out.Status = r.status(n.Status)
	}
	return out
}

func (r render) conversation(c *view.Conversation, read int64) conversationJSON {
	return conversationJSON{
		ID: decimal(c.ID), Unread: c.Last.ID > read && c.Last.Author.ID == c.ID, Accounts: r.accounts([]*view.Account{c.With}), LastStatus: r.status(c.Last),
	}
}

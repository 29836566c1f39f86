package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/social/view"
)

// timeline is a part of a timeline as the client asks for it.
func (c *call) timeline(t view.Timeline) (any, error) {
	page := c.page(20, 40)
	all, err := c.View.Timeline(c.me.ID, t, page)
	if err != nil {
		return nil, err
	}
	if n := len(all); n > 0 {
		c.paged(page, n, all[0].ID, all[n-1].ID)
	}
	return c.render().statuses(all), nil
}

func home(c *call) (any, error) { return c.timeline(view.Timeline{Kind: view.Home}) }

func public(c *call) (any, error) {
	if c.flag("only_media") {
		return none(c)
	}
	return c.timeline(view.Timeline{Kind: view.Public, Local: c.flag("local"), Remote: c.flag("remote")})
}

func tagged(c *call) (any, error) {
	if c.flag("only_media") {
		return none(c)
	}
	return c.timeline(view.Timeline{
		Kind: view.Tag, Tag: c.r.PathValue("tag"), Any: c.list("any"), All: c.list("all"), None: c.list("none"), Local: c.flag("local"), Remote: c.flag("remote"),
	})
}

func favourites(c *call) (any, error) { return c.timeline(view.Timeline{Kind: view.Thanked}) }

func tag(c *call) (any, error) {
	name := view.TagOf(c.r.PathValue("tag"))
	return tagJSON{Name: name, URL: links(c.base).Tag(name), History: []historyJSON{}}, nil
}

func trendingTags(c *call) (any, error) { return c.trends("", c.page(10, 20).Limit), nil }

func (c *call) trends(prefix string, limit int) []tagJSON {
	out := []tagJSON{}
	run := c.View.Run()
	day := fmt.Sprint(run.Clock.At(run.Tick).Unix())
	for _, t := range c.View.Trends(prefix, limit) {
		out = append(out, tagJSON{t.Tag, links(c.base).Tag(t.Tag), []historyJSON{{day, fmt.Sprint(t.Posts), fmt.Sprint(t.Authors)}}})
	}
	return out
}

// search finds accounts, posts and hashtags. Posts are searched for visitors
// alone: it costs more than the rest.
func search(c *call) (any, error) {
	q, page := c.query(), c.page(20, 40)
	kind := c.form.Get("type")
	wants := func(what string) bool { return q != "" && slices.Contains([]string{"", what}, kind) }
	out := resultsJSON{Accounts: []*accountJSON{}, Statuses: []*statusJSON{}, Hashtags: []tagJSON{}}
	r := c.render()
	if wants("accounts") {
		out.Accounts = r.accounts(c.View.SearchAccounts(q, page.Limit, c.offset()))
	}
	if wants("statuses") && c.me.ID != "" {
		out.Statuses = r.statuses(c.View.SearchPosts(c.me.ID, q, page))
	}
	if wants("hashtags") {
		out.Hashtags = c.trends(view.TagOf(strings.TrimPrefix(q, "#")), page.Limit)
	}
	return out, nil
}

package api

import (
	"errors"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/text"
)

// maxQuery is what is searched for, in characters.
const maxQuery = 200

// own is the visitor's account with what it alone sees.
func (c *call) own() (any, error) {
	a, err := c.View.Find(c.me.ID)
	if err != nil {
		return nil, err
	}
	out := c.render().account(a)
	out.Source = &sourceJSON{Privacy: "public", Language: c.View.Run().Language, Fields: []fieldJSON{}}
	out.Role = &roleJSON{ID: "-99", Permissions: "0"}
	return out, nil
}

func verifyAccount(c *call) (any, error) { return c.own() }

// updateAccount changes the name that is shown. What else clients send stays as
// it is.
func updateAccount(c *call) (any, error) {
	if names, given := c.form["display_name"]; given && strings.TrimSpace(names[0]) != "" {
		renamed, err := c.Door.Rename(c.r.Context(), social.Visitor{ID: c.me.ID, Name: names[0]})
		if errors.Is(err, door.ErrName) {
			return nil, errName
		}
		if err != nil {
			return nil, err
		}
		c.me = renamed
		c.View.Know(renamed)
	}
	return c.own()
}

func preferences(c *call) (any, error) {
	return object{
		"posting:default:visibility": "public", "posting:default:sensitive": false, "posting:default:language": c.View.Run().Language,
		"reading:expand:media": "default", "reading:expand:spoilers": false,
	}, nil
}

func lookup(c *call) (any, error) {
	acct := strings.TrimPrefix(c.form.Get("acct"), "@")
	acct = strings.TrimSuffix(acct, "@"+c.host())
	a, err := c.find(acct)
	if err != nil {
		return nil, err
	}
	return c.render().account(a), nil
}

// find is an account by its handle, that of a visitor who has done nothing yet
// among them.
func (c *call) find(handle string) (*view.Account, error) {
	a, err := c.View.Find(handle)
	if err == nil {
		return a, nil
	}
	known, unknown := c.Door.Visitor(c.r.Context(), "@"+strings.ToLower(handle))
	if unknown != nil {
		return nil, err
	}
	return c.View.Know(known), nil
}

func account(c *call) (any, error) {
	a, err := c.View.Account(c.id())
	if err != nil {
		return nil, err
	}
	return c.render().account(a), nil
}

func accountStatuses(c *call) (any, error) {
	if c.flag("pinned") || c.flag("only_media") {
		if _, err := c.View.Account(c.id()); err != nil {
			return nil, err
		}
		return none(c)
	}
	return c.timeline(view.Timeline{
		Kind: view.ByOne, Account: c.id(), NoReplies: c.flag("exclude_replies"), NoBoosts: c.flag("exclude_reblogs"), Tag: c.form.Get("tagged"),
	})
}

func followers(c *call) (any, error) { return c.people(c.View.Followers) }
func following(c *call) (any, error) { return c.people(c.View.Following) }

// people is a part of a list of accounts: those after the one of max_id.
func (c *call) people(list func(id, after int64, limit int) ([]*view.Account, error)) (any, error) {
	page := c.page(40, 80)
	all, err := list(c.id(), page.Max, page.Limit)
	if err != nil {
		return nil, err
	}
	if n := len(all); n > 0 {
		c.paged(page, n, all[0].ID, all[n-1].ID)
	}
	return c.render().accounts(all), nil
}

func searchAccounts(c *call) (any, error) {
	page := c.page(40, 80)
	return c.render().accounts(c.View.SearchAccounts(c.query(), page.Limit, c.offset())), nil
}

// query is what is searched for; an address of an account here is its handle.
func (c *call) query() string {
	q := strings.TrimSpace(c.form.Get("q"))
	q = strings.TrimPrefix(q, c.base+"/@")
	return strings.TrimSuffix(text.Cut(q, maxQuery), "@"+c.host())
}

func (c *call) offset() int {
	n, _ := strconv.Atoi(c.form.Get("offset"))
	return max(n, 0)
}

func relationships(c *call) (any, error) {
	var ids []int64
	for _, s := range c.list("id") {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil && len(ids) < 80 {
			ids = append(ids, id)
		}
	}
	return c.relations(ids), nil
}

func (c *call) relations(ids []int64) []relationshipJSON {
	out := []relationshipJSON{}
	for _, r := range c.View.Relationships(c.me.ID, ids) {
		out = append(out, relationshipJSON{ID: decimal(r.ID), Following: r.Following, ShowingReblogs: r.Following, Languages: []string{}, FollowedBy: r.FollowedBy})
	}
	return out
}

func follow(c *call) (any, error)   { return c.relate("follow", true) }
func unfollow(c *call) (any, error) { return c.relate("unfollow", false) }

// relate follows or unfollows an account, unless it is so already.
func (c *call) relate(kind string, wanted bool) (any, error) {
	other, err := c.View.Account(c.id())
	if err != nil {
		return nil, err
	}
	if other.Who == c.me.ID {
		return nil, errOwn
	}
	if !other.Entered {
		return nil, errAbsent
	}
	now := c.View.Relationships(c.me.ID, []int64{other.ID})
	if len(now) == 1 && now[0].Following != wanted {
		if _, err := c.ask(social.Visit{Kind: kind, To: other.Who}); err != nil {
			return nil, err
		}
	}
	return c.relations([]int64{other.ID})[0], nil
}

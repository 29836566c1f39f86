package api

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

func status(c *call) (any, error) {
	s, err := c.View.Status(c.me.ID, c.id())
	if err != nil {
		return nil, err
	}
	return c.render().status(s), nil
}

func thread(c *call) (any, error) {
	before, after, err := c.View.Context(c.me.ID, c.id())
	if err != nil {
		return nil, err
	}
	r := c.render()
	return contextJSON{r.statuses(before), r.statuses(after)}, nil
}

func noMedia(c *call) (any, error) { return nil, errMedia }

func favouritedBy(c *call) (any, error) { return c.reacted(sdk.ItemFavourite) }
func rebloggedBy(c *call) (any, error)  { return c.reacted(sdk.ItemBoost) }

func (c *call) reacted(kind string) (any, error) {
	return c.people(func(id, after int64, limit int) ([]*view.Account, error) {
		return c.View.Reacted(c.me.ID, kind, id, after, limit)
	})
}

// post publishes what a visitor writes.
func post(c *call) (any, error) {
	v, err := c.written()
	if err != nil {
		return nil, err
	}
	if err := c.address(&v); err != nil {
		return nil, err
	}
	asked, err := c.ask(v)
	if err != nil {
		return nil, err
	}
	s, err := c.made(asked)
	if err != nil {
		return nil, err
	}
	return c.render().status(s), nil
}

// written is what is to be published, without whom it is for.
func (c *call) written() (v social.Visit, err error) {
	switch {
	case len(c.list("media_ids")) > 0:
		return v, errMedia
	case c.form.Get("scheduled_at") != "":
		return v, errLater
	}
	v.Text = lang.Clean(c.form.Get("status"))
	if warning := lang.Line(c.form.Get("spoiler_text")); warning != "" {
		v.Text = strings.TrimSpace(warning + "\n\n" + v.Text)
	}
	for _, option := range c.list("poll[options]") {
		v.Options = append(v.Options, lang.Line(option))
	}
	switch {
	case v.Text == "":
		return v, errEmpty
	case utf8.RuneCountInString(v.Text) > maxText:
		return v, errLong
	case len(v.Options) > 0 && !fair(v.Options):
		return v, errPoll
	case len(v.Options) > 0 && c.flag("poll[multiple]"):
		return v, errMultiple
	}
	return v, nil
}

// fair reports whether a poll has options that can be chosen between.
func fair(options []string) bool {
	known := map[string]bool{}
	for _, o := range options {
		if o == "" || utf8.RuneCountInString(o) > maxOption || known[lang.Fold(o)] {
			return false
		}
		known[lang.Fold(o)] = true
	}
	return len(options) >= 2 && len(options) <= maxOptions
}

// address says whom a post is for. An answer is for whoever may read what it
// answers, but for one in private.
func (c *call) address(v *social.Visit) error {
	visibility := c.form.Get("visibility")
	if !slices.Contains([]string{"", "public", "unlisted", "private", "direct"}, visibility) {
		return errAudience
	}
	answered, err := c.answered()
	if err != nil {
		return err
	}
	switch {
	case answered != nil && visibility == "private" && answered.Audience == social.Public:
		return errNarrow
	case answered != nil && (visibility != "direct" || answered.Audience == social.Direct):
		v.Kind, v.Target = sdk.ItemReply, target(answered)
		if err := c.between(*v, answered); err != nil {
			return err
		}
	case visibility == "direct":
		v.Kind = sdk.ItemDirect
		return c.addressee(v, answered)
	default:
		v.Kind, v.Audience = sdk.ItemPost, social.Public
		if visibility == "private" {
			v.Audience = social.Followers
		}
	}
	if len(v.Options) > 0 && v.Kind != sdk.ItemPost {
		return errPoll
	}
	return nil
}

// answered is the post that is answered, or nil.
func (c *call) answered() (*view.Status, error) {
	id := c.form.Get("in_reply_to_id")
	if id == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, errMissing
	}
	return c.original(n)
}

// between checks that an answer in private names nobody whom it does not reach:
// clients take whom it names for those who get it.
func (c *call) between(v social.Visit, answered *view.Status) error {
	if answered.Audience != social.Direct {
		return nil
	}
	ends := []string{c.me.ID, answered.Author.Who}
	if answered.To != nil {
		ends = append(ends, answered.To.Who)
	}
	if len(others(c.View.Mentions(v.Text), ends...)) > 0 {
		return errMany
	}
	return nil
}

// addressee is whom a direct message is for: the one whom it names, or the
// author answered.
func (c *call) addressee(v *social.Visit, answered *view.Status) error {
	mentions := c.View.Mentions(v.Text)
	named := others(mentions, c.me.ID)
	if answered != nil && answered.Author.Who != c.me.ID {
		named[answered.Author.Who] = true
	}
	switch {
	case len(v.Options) > 0:
		return errPoll
	case len(named) == 0:
		return errWhom
	case len(named) > 1:
		return errMany
	}
	for v.To = range named {
	}
	if slices.ContainsFunc(mentions, func(a *view.Account) bool { return a.Who == v.To && !a.Entered }) {
		return errAbsent
	}
	return nil
}

// original is a post that the viewer may see; of a boost, what it passes on.
func (c *call) original(id int64) (*view.Status, error) {
	s, err := c.View.Status(c.me.ID, id)
	if err == nil && s.Kind == sdk.ItemBoost && s.Passed != nil {
		return s.Passed, nil
	}
	return s, err
}

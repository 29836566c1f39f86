package api

import (
	"strconv"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

func favourite(c *call) (any, error)   { return c.like(sdk.ItemFavourite, true) }
func unfavourite(c *call) (any, error) { return c.like("unfavourite", false) }

// like favourites a post or takes that back, unless it is so already.
func (c *call) like(kind string, wanted bool) (any, error) {
	s, err := c.original(c.id())
	if err != nil {
		return nil, err
	}
	if s.Author.Who == c.me.ID {
		return nil, errOwn
	}
	if s.Favourited != wanted {
		if _, err := c.ask(social.Visit{Kind: kind, Target: target(s)}); err != nil {
			return nil, err
		}
	}
	if s, err = c.View.Status(c.me.ID, s.ID); err != nil {
		return nil, err
	}
	return c.render().status(s), nil
}

// reblog boosts a post, once.
func reblog(c *call) (any, error) {
	s, err := c.original(c.id())
	switch {
	case err != nil:
		return nil, err
	case s.Audience != social.Public:
		return nil, errNoPass
	case s.Author.Who == c.me.ID:
		return nil, errOwn
	}
	boost, err := c.View.BoostOf(c.me.ID, s.ID)
	if err != nil {
		asked, err := c.ask(social.Visit{Kind: sdk.ItemBoost, Target: target(s)})
		if err != nil {
			return nil, err
		}
		if boost, err = c.made(asked); err != nil {
			return nil, err
		}
	}
	return c.render().status(boost), nil
}

// polled is a post that is a poll.
func (c *call) polled() (*view.Status, error) {
	s, err := c.original(c.id())
	if err == nil && s.Poll == nil {
		err = errMissing
	}
	return s, err
}

func poll(c *call) (any, error) {
	s, err := c.polled()
	if err != nil {
		return nil, err
	}
	return c.render().poll(s), nil
}

func vote(c *call) (any, error) {
	s, err := c.polled()
	if err != nil {
		return nil, err
	}
	choices := c.list("choices")
	if len(choices) != 1 {
		return nil, errChoice
	}
	option, err := strconv.Atoi(choices[0])
	switch {
	case err != nil || option < 0 || option >= len(s.Poll.Options):
		return nil, errChoice
	case s.Author.Who == c.me.ID:
		return nil, errOwn
	case s.Poll.Voted:
		return nil, errVoted
	}
	if _, err := c.ask(social.Visit{Kind: sdk.ItemVote, Target: target(s), Option: option}); err != nil {
		return nil, err
	}
	return poll(c)
}

package api

import "github.com/llm-city/gorod/core/social/view"

func lack(*call) (any, error) { return nil, errLack }

// lackAccount refuses what a town has not, of an account that is there.
func lackAccount(c *call) (any, error) {
	if _, err := c.View.Account(c.id()); err != nil {
		return nil, err
	}
	return nil, errLack
}

func lackStatus(c *call) (any, error) {
	if _, err := c.View.Status(c.me.ID, c.id()); err != nil {
		return nil, err
	}
	return nil, errLack
}

// sameAccount says how the visitor stands to an account.
func sameAccount(c *call) (any, error) {
	if _, err := c.View.Account(c.id()); err != nil {
		return nil, err
	}
	return c.relations([]int64{c.id()})[0], nil
}

// keepStatus refuses to change or delete what residents have read. Of others'
// posts it says no more than Mastodon does.
func keepStatus(c *call) (any, error) {
	s, err := c.View.Status(c.me.ID, c.id())
	if err == nil && s.Author.Who != c.me.ID {
		err = errMissing
	}
	if err != nil {
		return nil, err
	}
	return nil, errKept
}

func keepConversation(c *call) (any, error) {
	if _, err := c.View.Conversation(c.me.ID, c.id()); err != nil {
		return nil, err
	}
	return nil, errKept
}

// unreblog gives a post that the visitor has not boosted as it is; a boost stays.
func unreblog(c *call) (any, error) {
	s, err := c.original(c.id())
	if err != nil {
		return nil, err
	}
	if s.Boosted {
		return nil, errUnboost
	}
	return c.render().status(s), nil
}

// others are whom a text names besides some people.
func others(named []*view.Account, but ...string) map[string]bool {
	out := map[string]bool{}
	for _, a := range named {
		out[a.Who] = true
	}
	for _, who := range but {
		delete(out, who)
	}
	return out
}

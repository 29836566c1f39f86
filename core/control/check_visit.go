package control

import (
	"strings"

	"github.com/llm-city/gorod/core/social"
)

// checkVisit checks what a visitor does for form. Whether what it names is there
// is for the network to say.
func checkVisit(v social.Visit) error {
	name, isVisitor := strings.CutPrefix(v.Visitor.ID, "@")
	if !isVisitor || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return bad("a visitor is @name or @name@server, not %.40q", v.Visitor.ID)
	}
	return first(
		checkText("the id of a visit", v.ID, maxName), checkLength("the id of a visitor", name, maxName),
		checkLength("the name of a visitor", v.Visitor.Name, maxName), checkLength("a text", v.Text, maxText),
		checkLength("whom it is for", v.To, maxName), checkLength("what it is about", v.Target, maxName), checkParts(v),
	)
}

// checkParts checks that a visit has what its kind needs.
func checkParts(v social.Visit) error {
	said := func() error { return checkText("a text", v.Text, maxText) }
	target := func() error { return checkText("what it is about", v.Target, maxName) }
	to := func() error { return checkText("whom it is for", v.To, maxName) }
	if v.Kind != "post" && len(v.Options) > 0 {
		return bad("options are for a post")
	}
	switch v.Kind {
	case "post":
		return first(said(), checkPost(v))
	case "reply":
		return first(said(), target())
	case "direct":
		return first(said(), to())
	case "boost", "favourite", "unfavourite":
		return target()
	case "vote":
		if v.Option < 0 || v.Option >= maxOptions {
			return bad("no option %d", v.Option)
		}
		return target()
	case "follow", "unfollow":
		return to()
	default:
		return bad("a visitor cannot %.40q: post, reply, direct, boost, favourite, unfavourite, vote, follow and unfollow are done", v.Kind)
	}
}

func checkPost(v social.Visit) error {
	switch {
	case v.Audience != "" && v.Audience != social.Public && v.Audience != social.Followers:
		return bad("a visitor's post is for public or followers, not %.40q", v.Audience)
	case len(v.Options) == 1 || len(v.Options) > maxOptions:
		return bad("a poll has 2 to %d options, not %d", maxOptions, len(v.Options))
	}
	for _, option := range v.Options {
		if err := checkText("an option", option, maxName); err != nil {
			return err
		}
	}
	return nil
}

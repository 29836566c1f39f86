package control

import "github.com/llm-city/gorod/core/social"

// Bounds of a visit: a network takes no more, and very many may wait.
const (
	maxPost    = 2000 // runes of a text
	maxChoices = 20   // of a poll
)

// checkVisit checks what a visitor does for form. Whether what it names is there
// is for the network to say.
func checkVisit(v social.Visit) error {
	if _, err := v.Checked(); err != nil {
		return bad("%v", err)
	}
	return first(
		checkLength("a text", v.Text, maxPost), checkLength("whom it is for", v.To, maxName), checkLength("what it is about", v.Target, maxName),
		checkParts(v),
	)
}

// checkParts checks that a visit has what its kind needs.
func checkParts(v social.Visit) error {
	said := func() error { return checkText("a text", v.Text, maxPost) }
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
		if v.Option < 0 || v.Option >= maxChoices {
			return bad("no option %d", v.Option)
		}
		return target()
	default: // follow, unfollow
		return to()
	}
}

func checkPost(v social.Visit) error {
	switch {
	case v.Audience != "" && v.Audience != social.Public && v.Audience != social.Followers:
		return bad("a visitor's post is for public or followers, not %.40q", v.Audience)
	case len(v.Options) == 1 || len(v.Options) > maxChoices:
		return bad("a poll has 2 to %d options, not %d", maxChoices, len(v.Options))
	}
	for _, option := range v.Options {
		if err := checkText("an option", option, maxName); err != nil {
			return err
		}
	}
	return nil
}

package mastodon

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxSaid bounds what of a status residents are told, in characters.
const maxSaid = 2000

// receive takes in a notification. What is no affair of the run is passed over;
// an error is of something that is to be tried again.
func (a *account) receive(ctx context.Context, n *mastodon.Notification) error {
	if !good(n.Account.ID) {
		return nil
	}
	a.mu.Lock()
	resident := a.byID[string(n.Account.ID)] != nil
	a.mu.Unlock()
	if n.Type == "poll" {
		return a.polled(ctx, n)
	}
	if n.Type == "follow_request" && (resident || a.Network.Reach.Visitors) {
		if err := a.admit(ctx, n.Account.ID); err != nil {
			return err
		}
	}
	if resident || !a.Network.Reach.Visitors {
		return nil
	}
	return a.welcome(ctx, n)
}

// admit lets somebody follow who asks to. A server that refuses has its way.
func (a *account) admit(ctx context.Context, id mastodon.ID) error {
	err := a.call(ctx, posting, func(ctx context.Context) error { return a.client.FollowRequestAuthorize(ctx, id) })
	if _, no := asRefusal(err); no {
		return nil
	}
	return err
}

// welcome makes a visit of what somebody from outside did.
func (a *account) welcome(ctx context.Context, n *mastodon.Notification) error {
	visitor, ok := a.visitor(n.Account)
	if !ok {
		a.Log.Info("somebody on the server has a name that no visitor can have", "resident", a.agent)
		return nil
	}
	v := social.Visit{Visitor: visitor, At: n.CreatedAt}
	if v.At.IsZero() {
		v.At = a.now()
	}
	key, made, ok, err := a.visit(ctx, n, &v)
	if err != nil || !ok {
		return err
	}
	if err := a.store.greet(ctx, visitor.ID, face{string(n.Account.ID), n.Account.Acct}); err != nil {
		return err
	}
	if made.Status != "" {
		alone := ""
		if n.Status.Visibility == "direct" {
			alone = a.agent
		}
		if err := a.store.meet(ctx, v.ID, visitor.ID, alone, made); err != nil {
			return err
		}
	}
	_, err = a.Queue.Add(ctx, visitor.ID, key, v.At, control.Order{Visit: &v})
	if _, bad := errors.AsType[*control.BadOrder](err); bad {
		a.Log.Info("what somebody did on the server is none that residents could be told", "resident", a.agent, "by", visitor.ID, "error", err)
		return nil
	}
	return err
}

// visitor is an account as the run calls it: always with its server, since
// visitors of the run's own API have none.
func (b *Bridge) visitor(of mastodon.Account) (social.Visitor, bool) {
	acct := of.Acct
	if !strings.Contains(acct, "@") {
		acct += "@" + b.host
	}
	v, err := social.Visitor{ID: "@" + acct, Name: of.DisplayName}.Checked()
	return v, err == nil
}

// visit fills in what a notification tells of. Key makes it one command however
// often it is told; made is the status that came of it.
func (a *account) visit(ctx context.Context, n *mastodon.Notification, v *social.Visit) (key string, made place, ok bool, err error) {
	id := string(n.ID)
	v.ID, key = "mn"+id+"-"+a.agent, "mastodon:notification:"+a.agent+":"+id
	switch n.Type {
	case "follow", "follow_request":
		v.Kind, v.To = sdk.ItemFollow, a.agent
		return key, made, true, nil
	case "favourite", "reblog":
		if n.Status == nil {
			return "", made, false, nil
		}
		about := n.Status
		if about.Reblog != nil {
			about = about.Reblog
		}
		t, found, err := a.store.targetOf(ctx, string(about.ID))
		v.Target, v.Kind = t.Target, sdk.ItemFavourite
		if n.Type == "reblog" {
			v.Kind = sdk.ItemBoost
		}
		return key, made, found, err
	case "mention":
		if made = placeOf(n.Status); made.Status == "" {
			return "", made, false, nil
		}
		key, ok, err = a.said(ctx, n.Status, v)
		return key, made, ok, err
	}
	return "", made, false, nil
}

// said fills in what a status says to residents.
func (a *account) said(ctx context.Context, s *mastodon.Status, v *social.Visit) (key string, ok bool, err error) {
	id := string(s.ID)
	v.ID, key = "m"+id, "mastodon:"+id
	var about stood
	known := false
	if answers, is := s.InReplyToID.(string); is {
		if about, known, err = a.store.targetOf(ctx, answers); err != nil {
			return "", false, err
		}
	}
	private := s.Visibility != "public" && s.Visibility != "unlisted"
	open := about.Audience == social.Public || about.Audience == ""
	switch {
	case known && (about.Audience == social.Direct || open && !private):
		v.Kind, v.Target = sdk.ItemReply, about.Target
	case private || known:
		v.Kind, v.To = sdk.ItemDirect, a.agent
		if a.among(s) > 1 { // each is told
			v.ID += "-" + a.agent
			key += ":" + a.agent
		}
	default:
		v.Kind, v.Audience = sdk.ItemPost, social.Public
		v.Options = choices(s.Poll)
	}
	v.Text = a.heardText(s, v.Kind != sdk.ItemPost)
	return key, v.Text != "", nil
}

// among is how many residents a status names.
func (a *account) among(s *mastodon.Status) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range s.Mentions {
		if a.byID[string(m.ID)] != nil {
			n++
		}
	}
	return n
}

// heardText is what a status says, with residents called as in the run. Whom an
// answer or a message begins with knows that it is meant.
func (a *account) heardText(s *mastodon.Status, meant bool) string {
	calls := map[string]string{}
	a.mu.Lock()
	for _, m := range s.Mentions {
		if r := a.byID[string(m.ID)]; r != nil {
			calls[strings.ToLower(m.Username)], calls[strings.ToLower(m.Acct)] = r.name, r.name
		}
	}
	a.mu.Unlock()
	begins := meant
	said := mentions(plain(s.Content), func(rest string) (string, int) {
		word := rest[:wordEnd(rest, "_.-@")]
		word = strings.TrimRight(word, ".-@")
		name := calls[strings.ToLower(word)]
		if name == "" {
			return "@", 0
		}
		return "@" + name, len(word)
	})
	for begins {
		name, rest := leading(said, calls)
		if begins = name; begins {
			said = rest
		}
	}
	if warning := lang.Line(s.SpoilerText); warning != "" {
		said = warning + "\n\n" + said
	}
	if utf8.RuneCountInString(said) > maxSaid {
		said = cut(said, maxSaid)
	}
	return lang.Clean(said)
}

// leading reports whether a text begins with the name of a resident, and what
// follows.
func leading(said string, calls map[string]string) (is bool, rest string) {
	for _, name := range calls {
		if after, ok := strings.CutPrefix(said, "@"+name); ok && wordEnd(after, "") == 0 {
			return true, strings.TrimLeft(after, " ,:\n")
		}
	}
	return false, said
}

// choices are the options of a poll that residents can vote in.
func choices(p *mastodon.Poll) (out []string) {
	if p == nil || p.Multiple || len(p.Options) < 2 || len(p.Options) > 6 {
		return nil
	}
	for _, o := range p.Options {
		title := lang.Line(o.Title)
		if title == "" || utf8.RuneCountInString(title) > 100 {
			return nil
		}
		out = append(out, title)
	}
	return out
}

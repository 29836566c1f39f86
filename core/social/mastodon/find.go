package mastodon

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/mattn/go-mastodon"
)

// Bounds of the search for a status that the server may have.
const (
	lookPage  = 40
	lookPages = 10
)

// find looks for a status of which it is not known whether the server has it:
// among the account's own that are newer than the one before it.
func (a *account) find(ctx context.Context, j *job) (made place, found bool, err error) {
	if err := a.arrive(ctx, j); err != nil {
		return made, false, err
	}
	me, _, _ := a.faceOf(a.agent)
	oldest := ""
	for range lookPages {
		var part []*mastodon.Status
		err := a.call(ctx, reading, func(ctx context.Context) (err error) {
			pg := &mastodon.Pagination{SinceID: mastodon.ID(j.Since), MaxID: mastodon.ID(oldest), Limit: lookPage}
			if part, err = a.client.GetAccountStatuses(ctx, mastodon.ID(me.Account), pg); err == nil && part == nil {
				err = errNoList
			}
			return err
		})
		if err != nil {
			return made, false, err
		}
		if made, found, err = a.pick(ctx, j, part); found || err != nil {
			return made, found, err
		}
		last := bottom(part)
		if len(part) < lookPage/2 || last == "" || last == oldest || older(last, j.Since) {
			break
		}
		oldest = last
	}
	if j.Toot.Visibility == "direct" {
		return a.findTalk(ctx, j)
	}
	return made, false, nil
}

// underWay is for how many first pauses a request that was cut off may still be
// under way.
const underWay = 5

// arrive waits until a job that was tried has arrived, if it ever does.
func (a *account) arrive(ctx context.Context, j *job) error {
	long := underWay * a.Network.Reach.Retry
	rest := j.Tried.Add(long).Sub(a.now())
	if rest <= 0 {
		return nil
	}
	return a.wait(ctx, min(rest, long))
}

// findTalk looks for a direct message where servers list only the last ones of
// conversations.
func (a *account) findTalk(ctx context.Context, j *job) (made place, found bool, err error) {
	var talks []*mastodon.Conversation
	err = a.call(ctx, reading, func(ctx context.Context) (err error) {
		if talks, err = a.client.GetConversations(ctx, &mastodon.Pagination{Limit: lookPage}); err == nil && talks == nil {
			err = errNoList
		}
		return err
	})
	if isMissing(err) {
		return made, false, nil // a server without conversations
	}
	if err != nil {
		return made, false, err
	}
	var last []*mastodon.Status
	for _, t := range talks {
		if t != nil && t.LastStatus != nil && string(t.LastStatus.Account.ID) == a.self() {
			last = append(last, t.LastStatus)
		}
	}
	return a.pick(ctx, j, last)
}

func (a *account) self() string {
	me, _, _ := a.faceOf(a.agent)
	return me.Account
}

func isMissing(err error) bool {
	no, ok := asRefusal(err)
	return ok && (no.Status == 404 || no.Status == 410)
}

// pick is the one of some statuses that a job made: of the same text and kind,
// newer than the one before it, and no other job's.
func (a *account) pick(ctx context.Context, j *job, from []*mastodon.Status) (made place, found bool, err error) {
	for _, s := range slices.Backward(from) { // the oldest first
		if s == nil || !j.Toot.is(s) || !older(j.Since, string(s.ID)) {
			continue
		}
		p := placeOf(s)
		if p.Status == "" {
			continue
		}
		if taken, err := a.store.own(ctx, p.Status); err != nil || taken {
			if err != nil {
				return made, false, err
			}
			continue
		}
		return p, true, nil
	}
	return made, false, nil
}

// is reports whether a status is what was asked for. Servers may change who sees
// it, but not to one in private or from that.
func (t *toot) is(s *mastodon.Status) bool {
	answers, _ := s.InReplyToID.(string)
	switch {
	case s.Reblog != nil, (t.Visibility == "direct") != (s.Visibility == "direct"), (len(t.Options) > 0) != (s.Poll != nil):
		return false
	case answers != t.Answers && (answers != "" || t.Visibility != "direct"):
		return false
	}
	return squeeze(plain(s.Content)) == squeeze(t.Text)
}

// domain is the server in a mention, which servers do not show.
func domain() *regexp.Regexp { return regexp.MustCompile(`(@[0-9A-Za-z_]+)@[0-9A-Za-z.:-]+`) }

// squeeze is what is left of a text however servers show it: letters and digits,
// or if it has none whatever shows.
func squeeze(s string) string {
	s = domain().ReplaceAllString(s, "$1")
	keep := func(want func(rune) bool) string {
		return strings.Map(func(r rune) rune {
			if want(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	if words := keep(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }); words != "" {
		return words
	}
	return keep(func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// older reports whether one id of the server is older than another.
func older(a, b string) bool { return mastodon.ID(a).Compare(mastodon.ID(b)) < 0 }

// bottom is the oldest of some statuses.
func bottom(all []*mastodon.Status) (id string) {
	for _, s := range all {
		if s != nil && good(s.ID) && (id == "" || older(string(s.ID), id)) {
			id = string(s.ID)
		}
	}
	return id
}

package mastodon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// toot is what is asked of the server for a status.
type toot struct {
	Text       string   `json:"text"`
	Visibility string   `json:"visibility"`
	Answers    string   `json:"answers,omitempty"` // status
	Options    []string `json:"options,omitempty"`
	Short      bool     `json:"short,omitempty"` // it was shortened after the server refused it
}

// errNoStatus says that the server accepted a status and did not say which.
var errNoStatus = errors.New("the server does not say what it made")

// pollTime is how long people outside may vote in a poll of residents.
const pollTime = 24 * time.Hour

// write makes a status, once. One that the server may have already is looked for
// first.
func (a *account) write(ctx context.Context, j *job) (made place, later bool, err error) {
	if j.State == trying {
		made, found, err := a.find(ctx, j)
		if err != nil || found {
			return made, false, err
		}
		if j.Tries >= hopeless {
			return made, false, &dropped{refused, whyHopeless}
		}
	} else if j.Toot.Text == "" {
		if later, err = a.compose(ctx, j); err != nil {
			return made, later, err
		}
	}
	if j.Since, err = a.lastOwn(ctx); err != nil {
		return made, false, err
	}
	if err := a.trying(ctx, j); err != nil {
		return made, false, err
	}
	err = a.call(withKey(ctx, a.key(j)), posting, func(ctx context.Context) error {
		s, err := a.client.PostStatus(ctx, j.Toot.asked(a.Language))
		if err != nil {
			return err
		}
		made = placeOf(s)
		if made.Status == "" {
			return errNoStatus
		}
		return nil
	})
	return made, false, err
}

// hopeless is after how many failures, with the server able to say that the
// status is not there, no more is tried.
const hopeless = 12

const whyHopeless = "the server fails on it each time"

// key is the Idempotency-Key of a job: the same in every process, another in
// every run and after a change.
func (a *account) key(j *job) string {
	meta := a.Journal.Meta()
	sum := sha256.Sum256([]byte(strings.Join([]string{meta.RunID, meta.Created.UTC().Format(time.RFC3339Nano), j.Key, j.Toot.Text, j.Toot.Answers}, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (t *toot) asked(language string) *mastodon.Toot {
	out := &mastodon.Toot{Status: t.Text, Visibility: t.Visibility, InReplyToID: mastodon.ID(t.Answers), Language: language}
	if len(t.Options) > 0 {
		out.Poll = &mastodon.TootPoll{Options: t.Options, ExpiresInSeconds: int64(pollTime / time.Second)}
	}
	return out
}

// placeOf is where a status is: nowhere, if it has no good id.
func placeOf(s *mastodon.Status) (p place) {
	if s == nil || !good(s.ID) {
		return p
	}
	p.Status, p.URL = string(s.ID), address(s.URL)
	if s.Poll != nil && good(s.Poll.ID) {
		p.Poll = string(s.Poll.ID)
	}
	return p
}

// address is an address that a server gave, or nothing.
func address(s string) string {
	if len(s) > 1000 || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || strings.ContainsAny(s, " \n\"<>") {
		return ""
	}
	return s
}

// compose works out what is asked of the server.
func (a *account) compose(ctx context.Context, j *job) (later bool, err error) {
	t := &j.Toot
	t.Visibility = a.visibility(j)
	about, later, err := a.about(ctx, j)
	if err != nil {
		return later, err
	}
	say := speech{text: j.Text, private: t.Visibility != "public" && t.Visibility != "unlisted"}
	if j.Kind != sdk.ItemPost && j.Kind != sdk.ItemQuote && j.To != j.Agent {
		if later, err := a.addressed(ctx, j, &say); err != nil {
			return later, err
		}
	}
	switch j.Kind {
	case sdk.ItemReply:
		t.Answers = about.Status
	case sdk.ItemDirect, sdk.ItemTell: // it goes on with the talk that there is
		if t.Answers, err = a.store.talk(ctx, j.To, j.Agent); err != nil {
			return false, err
		}
	case sdk.ItemQuote:
		say.end = about.URL
	case sdk.ItemPost:
		t.Options = a.bounds().options(j.Options)
	}
	if j.Group != "" && j.Kind != sdk.ItemReply {
		say.end = strings.TrimSpace(say.end + "\n" + hashtag(j.Group))
	}
	t.Text, later, err = a.speak(ctx, say)
	return later, err
}

// addressed says in a speech whom it is for.
func (a *account) addressed(ctx context.Context, j *job, say *speech) (later bool, err error) {
	to, later, err := a.person(ctx, j.To)
	if err != nil && !later { // who is not let in has no account, and is called by the name
		return later, err
	}
	if to.Acct == "" && (a.accounts[j.To] == nil || j.Toot.Visibility == "direct") {
		return later, a.unheard(later)
	}
	say.to, say.whom = to.Acct, j.To
	return false, nil
}

// unheard is why a message to one person stays in the run, for now or for good.
func (a *account) unheard(later bool) error {
	if later {
		return errWait
	}
	return &dropped{kept, "it is for somebody whom the server does not know"}
}

// visibility is whom a status is for.
func (a *account) visibility(j *job) string {
	switch j.Audience {
	case social.Public, "":
		return a.Network.Reach.Public
	case social.Members:
		return a.Network.Reach.Groups
	case social.Direct:
		return "direct"
	default:
		return "private"
	}
}

// shorten cuts a status that the server has refused to a length that every server
// takes; false where that makes no difference.
func (t *toot) shorten() bool {
	short := cut(t.Text, least)
	if t.Short || short == t.Text {
		return false
	}
	t.Text, t.Short = short, true
	return true
}

// lastOwn is the newest status that is known to be the account's.
func (a *account) lastOwn(ctx context.Context) (string, error) {
	_, last, _, _, err := a.store.face(ctx, a.agent)
	return last, err
}

package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// deed is something that a resident did in the run, as far as a server is to
// know.
type deed struct {
	Kind     string          `json:"kind"` // of the action, or follow
	Text     string          `json:"text,omitempty"`
	Audience social.Audience `json:"audience,omitempty"`
	Group    string          `json:"group,omitempty"`
	To       string          `json:"to,omitempty"`     // whom it concerns
	Target   string          `json:"target,omitempty"` // the post that it is about
	Visit    string          `json:"visit,omitempty"`  // that made the target, where one did
	Options  []string        `json:"options,omitempty"`
	Option   int             `json:"option,omitempty"`
}

// Kinds of deed that no item is of.
const (
	unfollowing = "unfollow"
	muting      = "mute"
)

// States of a job.
const (
	waiting = "waiting"
	trying  = "trying"
	sent    = "sent"
	kept    = "kept"
	refused = "refused"
)

// job is a deed in the outbox.
type job struct {
	deed
	ID    int64
	Key   string
	Agent string
	Post  string
	State string
	Toot  toot
	Since string
	Tried time.Time
	Tries int
}

// writes are the kinds of deed that make a status.
func (d *deed) writes() bool {
	switch d.Kind {
	case sdk.ItemPost, sdk.ItemReply, sdk.ItemQuote, sdk.ItemDirect, sdk.ItemTell:
		return true
	}
	return false
}

// deedOf is what an action is to a server; false where it is the run's own
// affair.
func deedOf(ctx context.Context, book *journal.Journal, agent string, a event.Action) (deed, bool, error) {
	d := deed{
		Kind: a.Kind, Text: a.Text, Audience: social.Audience(a.Audience), Group: a.Group, To: a.TargetAgent, Target: a.Target,
	}
	switch a.Kind {
	case sdk.ItemPost, sdk.ItemDirect, sdk.ItemTell, sdk.ItemReply, sdk.ItemQuote, sdk.ItemBoost, sdk.ItemFavourite, sdk.ItemFollow, unfollowing, muting:
	case sdk.ItemVote:
		ballot, ok, err := journal.Row[struct{ Option int }](ctx, book, "vote", a.Target+"/"+agent)
		if err != nil || !ok {
			return d, false, err
		}
		d.Option = ballot.Option
	default:
		return d, false, nil
	}
	if err := d.look(ctx, book, a); err != nil {
		return d, false, err
	}
	return d, true, nil
}

// look adds what the posts know that are made and meant.
func (d *deed) look(ctx context.Context, book *journal.Journal, a event.Action) error {
	if a.ID != "" {
		made, _, err := journal.Row[social.Post](ctx, book, "post", a.ID)
		if err != nil {
			return err
		}
		d.Options = made.Options
		if made.To != "" { // of an answer to oneself in private: the other one
			d.To = made.To
		}
	}
	if a.Target == "" {
		return nil
	}
	about, _, err := journal.Row[social.Post](ctx, book, "post", a.Target)
	d.Visit = about.Visit
	return err
}

// taken are the deeds of a tick that is committed.
func taken(ctx context.Context, book *journal.Journal, tick int64) (jobs []job, err error) {
	for e, err := range book.Events(ctx, journal.Filter{From: tick, To: tick + 1, Kinds: []event.Kind{event.KindAction}}) {
		if err != nil {
			return nil, err
		}
		var a event.Action
		if err := json.Unmarshal(e.Data, &a); err != nil {
			return nil, fmt.Errorf("event %d/%d: %w", e.Tick, e.Seq, err)
		}
		d, public, err := deedOf(ctx, book, e.Agent, a)
		if err != nil {
			return nil, err
		}
		if public {
			jobs = append(jobs, job{deed: d, Key: fmt.Sprintf("%d/%d", e.Tick, e.Seq), Agent: e.Agent, Post: a.ID})
		}
	}
	return jobs, nil
}

// begun are the follows with which a run began.
func begun(ctx context.Context, book *journal.Journal, residents map[string]*account) (jobs []job, err error) {
	for row, err := range book.RowsOf(ctx, "follow") {
		if err != nil {
			return nil, err
		}
		var whom []string
		if err := json.Unmarshal(row.JSON, &whom); err != nil {
			return nil, fmt.Errorf("row follow/%s: %w", row.ID, err)
		}
		for _, other := range whom {
			if residents[row.ID] != nil && residents[other] != nil {
				jobs = append(jobs, job{deed: deed{Kind: sdk.ItemFollow, To: other}, Key: "follow/" + row.ID + "/" + other, Agent: row.ID})
			}
		}
	}
	return jobs, nil
}

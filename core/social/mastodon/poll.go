package mastodon

import (
	"context"
	"fmt"
	"strings"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/spec"
)

// Bounds of what is told of a poll.
const (
	maxPoll   = 20  // options
	maxAsked  = 200 // characters of the question
	maxChoice = 50
)

const pollOver lang.Phrase = "Опрос на сервере окончен. %s %s ¦ The poll on the server is over. %s %s"

// polled tells a resident how a poll ended on the server that it made or voted
// in, as an event. Votes there cannot be visits: servers say how many there are,
// not whose. A poll that goes on is passed over, and one that the run does not
// know.
func (a *account) polled(ctx context.Context, n *mastodon.Notification) error {
	s := n.Status
	if !a.Network.Reach.Visitors || s == nil || s.Poll == nil || !s.Poll.Expired || len(s.Poll.Options) == 0 {
		return nil
	}
	if _, known, err := a.store.targetOf(ctx, string(s.ID)); err != nil || !known {
		return err
	}
	at := n.CreatedAt
	if at.IsZero() {
		at = a.now()
	}
	told := &spec.Tell{Text: a.result(s), Audience: spec.Audience{Agents: []string{a.name}}}
	_, err := a.Queue.Add(ctx, clip(a.host, maxAsked), "mastodon:poll:"+a.agent+":"+string(s.ID), at, control.Order{Effect: &spec.Effect{Tell: told}})
	return err
}

// result is how a poll ended, in words.
func (a *account) result(s *mastodon.Status) string {
	var counts []string
	for _, o := range s.Poll.Options[:min(len(s.Poll.Options), maxPoll)] {
		counts = append(counts, fmt.Sprintf("%s — %d", lang.Excerpt(o.Title, maxChoice), max(o.VotesCount, 0)))
	}
	return fmt.Sprintf(pollOver.In(a.Language), lang.Excerpt(a.heardText(s, false), maxAsked), strings.Join(counts, "; ")+".")
}

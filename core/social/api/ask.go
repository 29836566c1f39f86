package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
)

// ask asks the run for a visit by whom the token stands for, and shows it as if
// it was made. With an Idempotency-Key it is asked for once.
func (c *call) ask(v social.Visit) (control.Command, error) {
	run := c.View.Run()
	if over(run) {
		return control.Command{}, errOver
	}
	n, err := c.Door.Number(c.r.Context(), run.Tick)
	if err != nil {
		return control.Command{}, err
	}
	if n >= view.MaxVisits {
		return control.Command{}, errQueue
	}
	v.ID, v.Visitor, v.At = decimal(view.VisitID(run.Tick, n)), c.me, c.Now()
	made, err := c.Queue.Add(c.r.Context(), c.me.ID, c.key(), v.At, control.Order{Visit: &v})
	if err != nil {
		return made, err
	}
	if made.Order.Visit == nil || made.Order.Visit.Visitor.ID != c.me.ID {
		return made, fmt.Errorf("command %d with the key of a visit is none of this visitor", made.ID)
	}
	if made.State == control.Waiting {
		c.View.Expect(made)
	}
	return made, nil
}

// key tells the run that a request is the one made before.
func (c *call) key() string {
	given := c.r.Header.Get("Idempotency-Key")
	if given == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(given))
	return "api/" + c.me.ID + "/" + hex.EncodeToString(sum[:])
}

// made is the post that a visit makes. Where the run has refused the visit the
// error says why.
func (c *call) made(asked control.Command) (*view.Status, error) {
	s, err := c.View.Made(c.me.ID, asked.Order.Visit.ID)
	if err == nil {
		return s, nil
	}
	now, lost := c.Queue.Get(c.r.Context(), asked.ID)
	if lost == nil && now.State == control.Refused {
		return nil, &refusal{errEmpty.status, lang.Phrase(now.Why + " ¦ " + now.Why)}
	}
	return nil, err
}

// target names a post to the run.
func target(s *view.Status) string {
	if s.Post != "" {
		return s.Post
	}
	return s.Visit
}

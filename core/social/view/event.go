package view

import (
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// deed is what an event says that a view needs.
type deed struct {
	who     string // did it
	action  event.Action
	mood    *event.Mood
	ties    []string // whose follows changed besides
	visit   *social.Visit
	command int64
	refused bool
}

// read reads an event. Of kinds that a view does not need the deed is empty.
func read(e event.Event) (d deed, err error) {
	d.who = e.Agent
	switch e.Kind {
	case event.KindAction:
		err = json.Unmarshal(e.Data, &d.action)
	case event.KindMood:
		err = json.Unmarshal(e.Data, &d.mood)
	case event.KindIntervention:
		var i event.Intervention
		err = json.Unmarshal(e.Data, &i)
		d.ties = tied(i.Effects)
	case event.KindControl:
		err = d.control(e.Data)
	default:
	}
	if err != nil {
		return d, fmt.Errorf("event %d.%d: %w", e.Tick, e.Seq, err)
	}
	return d, nil
}

func (d *deed) control(data json.RawMessage) error {
	var c event.Control
	if err := json.Unmarshal(data, &c); err != nil {
		return err
	}
	var o control.Order
	if err := json.Unmarshal(c.Order, &o); err != nil {
		return err
	}
	d.command, d.refused, d.ties = c.ID, c.Refused != "", tied(c.Effects)
	if d.visit = o.Visit; d.visit != nil {
		d.who = d.visit.Visitor.ID
	}
	if c.Action != nil {
		d.action = *c.Action
	}
	return nil
}

// tied are those whose follows effects may have changed.
func tied(effects []event.Effect) (who []string) {
	for _, e := range effects {
		if e.Kind == "follow" || e.Kind == "unfollow" {
			who = append(who, e.Agents...)
		}
	}
	return who
}

// done takes in what was done: who is told of it, and whose mood is how.
func (s *state) done(e event.Event, d deed) {
	if d.mood != nil {
		s.mood(e.Agent, d.mood.Valence, d.mood.Arousal)
	}
	if d.visit != nil {
		s.taken[d.command] = true
		s.people.enters(d.visit.Visitor)
		if d.refused {
			s.undo(d.visit)
			return
		}
	}
	n := note{id: noteID(e.Tick, e.Seq), from: s.people.find(d.who), time: s.meta.Clock.At(e.Tick)}
	if n.from == nobody {
		return
	}
	to := s.people.find(d.action.TargetAgent)
	n.post = s.byKey[d.action.Target]
	switch d.did() {
	case "follow":
		n.kind, n.post = Followed, nil
	case sdk.ItemFavourite:
		n.kind = Favourited
	case sdk.ItemVote:
		n.kind = Polled
	default:
		return // posts tell by themselves
	}
	if n.post != nil {
		to = n.post.author
	} else if n.kind != Followed {
		return
	}
	s.notify(to, n)
}

// did is the kind of what was done.
func (d *deed) did() string {
	if d.visit != nil {
		return d.visit.Kind
	}
	return d.action.Kind
}

// keys are the rows that a deed about a post may have changed, but for posts,
// which are numbered.
func (d *deed) keys(target string, add func(kind, id string)) {
	for _, who := range d.ties {
		add(rowFollow, who)
	}
	if d.visit != nil {
		add(rowVisitor, d.who)
	}
	switch d.did() {
	case "follow", "unfollow":
		add(rowFollow, d.who)
	case sdk.ItemFavourite, "unfavourite":
		add(rowFavourite, target+"/"+d.who)
	case sdk.ItemVote:
		add(rowVote, target+"/"+d.who)
	case "create_group", "join_group", "leave_group":
		add(rowMember, d.who)
	}
}

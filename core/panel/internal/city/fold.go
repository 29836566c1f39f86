package city

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Mark is something that came from outside of the residents.
type Mark struct {
	Tick int64
	// Kind is event (of the study), intervention, control or shock.
	Kind    string
	ID      string
	Command int64  // of a control, else 0
	Who     string // the operator
	Text    string
	Refused string
	Effects []event.Effect
	Goals   *spec.GoalChange // of a control; what an intervention changes says the study
	Told    int              // so many residents
}

// Decree is what a mayor decided in a tick.
type Decree struct {
	Tick int64
	event.Decree
}

func read[T any](e event.Event) (payload T, err error) {
	if err := json.Unmarshal(e.Data, &payload); err != nil {
		return payload, fmt.Errorf("%s: %w", e.Kind, err)
	}
	return payload, nil
}

// fold takes in one event of the last tick.
func (p *past) fold(e event.Event) (err error) {
	switch e.Kind {
	case event.KindTold:
		var told event.Told
		if told, err = read[event.Told](e); err == nil {
			p.told(e.Tick, told)
		}
	case event.KindMood:
		var m event.Mood
		if m, err = read[event.Mood](e); err == nil {
			p.feel(e, m)
		}
	case event.KindPlan:
		var decided event.Plan
		if decided, err = read[event.Plan](e); err == nil {
			who := &p.people[p.place(e.Agent)]
			who.plans = append(who.plans, plan{int32(e.Tick), cut(decided.Purpose), cut(decided.Thought)})
		}
	case event.KindAction:
		var a event.Action
		if a, err = read[event.Action](e); err == nil {
			p.acted(e, a)
		}
	case event.KindInvalid:
		p.ticks[len(p.ticks)-1].invalid++
	default:
		err = p.outside(e)
	}
	return err
}

// outside takes in what no resident did.
func (p *past) outside(e event.Event) (err error) {
	switch e.Kind { //nolint:exhaustive // what residents do is taken in before
	case event.KindIntervention:
		var v event.Intervention
		if v, err = read[event.Intervention](e); err == nil {
			p.marks = append(p.marks, Mark{Tick: e.Tick, Kind: "intervention", ID: v.ID, Text: cut(v.Why), Effects: v.Effects})
		}
	case event.KindControl:
		err = p.commanded(e)
	case event.KindDecree:
		var d event.Decree
		if d, err = read[event.Decree](e); err == nil {
			p.decrees = append(p.decrees, Decree{e.Tick, d})
		}
	case event.KindTransfer:
		var t event.Transfer
		if t, err = read[event.Transfer](e); err == nil {
			p.books.take(int32(e.Tick), t)
		}
	case event.KindTown:
		var t event.Town
		if t, err = read[event.Town](e); err == nil {
			for int64(len(p.towns)) < e.Tick { // a tick without one is as the one before
				p.towns = append(p.towns, t)
			}
			p.towns = append(p.towns, t)
		}
	}
	return err
}

// told notes an event of the study once a tick, with how many were told.
func (p *past) told(tick int64, told event.Told) {
	for i := len(p.marks) - 1; i >= 0 && p.marks[i].Tick == tick; i-- {
		if p.marks[i].ID == told.Event && p.marks[i].Kind == "event" {
			p.marks[i].Told++
			return
		}
	}
	p.marks = append(p.marks, Mark{Tick: tick, Kind: "event", ID: told.Event, Text: cut(told.Text), Told: 1})
}

// merge puts what an intervention or a command told together with it, among the
// marks of one tick.
func (p *past) merge(from int) {
	now, at := p.marks[from:], map[string]int{}
	for i, m := range now {
		if m.Kind != "event" {
			at[m.ID] = i
		}
	}
	apart := p.marks[:from:from]
	for _, m := range now {
		if source, ok := at[event.Origin(m.ID)]; ok && m.Kind == "event" {
			now[source].Told = max(now[source].Told, m.Told)
		}
	}
	for _, m := range now {
		if _, ok := at[event.Origin(m.ID)]; !ok || m.Kind != "event" {
			apart = append(apart, m)
		}
	}
	p.marks = apart
}

func (p *past) feel(e event.Event, m event.Mood) {
	who := &p.people[p.place(e.Agent)]
	if n := len(who.moods); n > 0 {
		p.felt.valence -= float64(who.moods[n-1].valence)
		p.felt.arousal -= float64(who.moods[n-1].arousal)
	} else {
		p.felt.n++
	}
	now := mood{int32(e.Tick), float32(m.Valence), float32(m.Arousal)}
	p.felt.valence += float64(now.valence)
	p.felt.arousal += float64(now.arousal)
	who.moods = append(who.moods, now)
}

func (p *past) acted(e event.Event, a event.Action) {
	done := act{
		tick: int32(e.Tick), who: p.place(e.Agent), whom: p.place(a.TargetAgent), thread: nobody, about: a.About, kind: a.Kind,
		id: a.ID, target: a.Target, group: a.Group, audience: a.Audience, text: cut(a.Text), tone: untold,
	}
	if a.Sentiment != nil {
		done.valence, done.emotion, done.tone = float32(a.Sentiment.Valence), a.Sentiment.Emotion, toneOf(a.Sentiment.Label)
	}
	p.add(done)
}

// add takes in an action, of a resident or of a visitor.
func (p *past) add(done act) {
	now := &p.ticks[len(p.ticks)-1]
	at := int32(len(p.acts))
	if done.text == "" {
		now.others++
	} else {
		now.written++
		if done.tone != untold {
			now.tones[done.tone+1]++
		}
		done.terms = p.words.terms(done.text)
		p.converse(&done, at)
	}
	p.people[done.who].acts = append(p.people[done.who].acts, at)
	if done.whom != nobody && done.whom != done.who {
		p.people[done.whom].acts = append(p.people[done.whom].acts, at)
	}
	p.acts = append(p.acts, done)
}

// converse puts a message into its conversation: in a network what it answers,
// in a room the one that there is, in a town that of the two who talk.
func (p *past) converse(done *act, at int32) {
	key := done.id
	switch done.kind {
	case sdk.ItemReply:
		if known, ok := p.opened[done.target]; ok {
			key = p.threads[known].id
		}
	case "say", "ask":
		key = Room
		if done.whom == nobody && p.spoke != done.who {
			done.whom = p.spoke
		}
		p.spoke = done.who
	case "talk":
		pair := []string{p.people[done.who].ID, ""}
		if done.whom != nobody {
			pair[1] = p.people[done.whom].ID
		}
		slices.Sort(pair)
		key = strings.Join(pair, "-")
	}
	if key == "" {
		return
	}
	num, ok := p.opened[key]
	if !ok {
		num = int32(len(p.threads))
		p.threads = append(p.threads, thread{id: key})
		p.opened[key] = num
	}
	if done.id != "" {
		p.opened[done.id] = num
	}
	done.thread = num
	p.threads[num].acts = append(p.threads[num].acts, at)
}

// Room is the id of the one conversation of a room.
const Room = "room"

func toneOf(label string) int8 {
	switch label {
	case sdk.Negative:
		return -1
	case sdk.Positive:
		return 1
	}
	return 0
}

func cut(s string) string { return strings.Clone(text.Cut(s, longestText)) }

package longshort

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what is kept, in runes, and of what is looked at.
const (
	maxNote     = 160
	maxName     = 60
	maxArgument = 280
	maxActions  = 8
	maxArgs     = 8
)

// Kinds of note beside the kinds of item, and actions with a meaning here.
const (
	noteDid    = "did"
	noteFailed = "failed"

	actIgnore     = "ignore"
	actChangePlan = "change_plan"
)

// news is what an observation holds that a mind does not know yet.
type news struct {
	notes    []note
	acted    []sdk.Outcome // new outcomes, without those of ignoring
	message  string        // the cursor from now on
	outcomes string
	moved    bool
}

func (n *news) empty() bool { return len(n.notes) == 0 && !n.moved }

// gather finds what is new: what is addressed to the agent, what was said in a
// conversation since, and what came of its actions. m may be nil.
func (mem *memory) gather(m *mind, s *sdk.Seen) news {
	var known cursor
	if m != nil {
		m.mu.Lock()
		known = m.cursor
		m.mu.Unlock()
	}
	o, n := &s.Observation, news{message: known.Message}
	n.acted, n.outcomes = outcomes(o.Outcomes, s.Agent.Plan)
	if n.outcomes == known.Outcomes {
		n.acted = nil
	}
	for _, outcome := range n.acted {
		n.notes = append(n.notes, ownNote(outcome, o.Place))
	}
	for _, item := range last(o.Notifications, mem.config.Buffer) {
		if item.Kind != sdk.ItemResult && item.Author != s.Agent.ID {
			n.notes = append(n.notes, itemNote(item, o.Place))
		}
	}
	for _, item := range last(unread(o.Messages, known.Message), mem.config.Buffer) {
		n.message = messageID(item)
		if item.Author != s.Agent.ID {
			n.notes = append(n.notes, itemNote(item, o.Place))
		}
	}
	n.notes = last(n.notes, mem.config.Buffer)
	n.moved = n.message != known.Message || n.outcomes != known.Outcomes
	return n
}

func last[T any](list []T, count int) []T { return list[max(0, len(list)-count):] }

// outcomes leaves out those of ignoring. Their digest tells them from those of
// the tick before: an agent that only listens sees the same ones again.
func outcomes(all []sdk.Outcome, plan sdk.Plan) ([]sdk.Outcome, string) {
	acted := slices.DeleteFunc(slices.Clone(last(all, maxActions)), func(o sdk.Outcome) bool { return o.Action.Kind == actIgnore })
	if len(acted) == 0 {
		return nil, ""
	}
	data, err := json.Marshal(struct {
		Outcomes []sdk.Outcome
		Plan     sdk.Plan
	}{acted, plan})
	if err != nil {
		panic("longshort: " + err.Error())
	}
	return acted, digest(data)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// unread are the messages after the one read last; all, where it is out of
// sight.
func unread(messages []sdk.Item, read string) []sdk.Item {
	for i, item := range slices.Backward(messages) {
		if messageID(item) == read {
			return messages[i+1:]
		}
	}
	return messages
}

func messageID(item sdk.Item) string {
	if item.ID != "" {
		return text.Quote(item.ID, maxName)
	}
	return digest([]byte(item.Time + "\x00" + item.Author + "\x00" + item.Text))
}

func itemNote(item sdk.Item, place string) note {
	n := note{
		Kind: text.Quote(item.Kind, maxName), Who: text.Quote(item.Author, maxName), Name: text.Quote(item.AuthorName, maxName),
		Text: text.Quote(item.Text, maxNote), Place: text.Quote(place, maxName),
	}
	if n.Name == "" {
		n.Name = n.Who
	}
	return n
}

// argumentsOf are the names of an action's arguments, in order.
func argumentsOf(a sdk.Action) []string {
	names := sortedKeys(a.Args)
	return names[:min(len(names), maxArgs)]
}

// ownNote is what the agent did, in words: the action with its arguments.
func ownNote(o sdk.Outcome, place string) note {
	n := note{Kind: noteDid, Place: text.Quote(place, maxName)}
	if !o.OK {
		n.Kind = noteFailed
	}
	parts := []string{text.Cut(o.Action.Kind, maxName)}
	for _, name := range argumentsOf(o.Action) {
		if name != "text" {
			parts = append(parts, text.Cut(o.Action.Args[name], maxName))
		}
	}
	if said := o.Action.Arg("text"); said != "" {
		parts = append(parts, "— "+text.Cut(said, maxNote))
	}
	if o.Detail != "" {
		parts = append(parts, "→ "+text.Cut(o.Detail, maxNote))
	}
	n.Text = text.Quote(strings.Join(parts, " "), maxNote)
	return n
}

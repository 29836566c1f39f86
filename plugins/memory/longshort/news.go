package longshort

import (
	"slices"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what is kept, in runes.
const (
	maxNote     = 160
	maxArgument = 280
)

const actChangePlan = "change_plan"

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
func (mem *memory) gather(m *mind, s *sdk.Seen) (n news, err error) {
	var known cursor
	if m != nil {
		m.mu.Lock()
		known = m.cursor
		m.mu.Unlock()
	}
	o := &s.Observation
	n.message = known.Message
	if n.acted, n.outcomes, err = perception.Acted(o.Outcomes, s.Agent.Plan); err != nil {
		return n, err
	}
	if n.outcomes == known.Outcomes {
		n.acted = nil
	}
	for _, outcome := range n.acted {
		n.notes = append(n.notes, ownNote(outcome, o.Place))
	}
	for _, item := range perception.Last(o.Notifications, mem.config.Buffer) {
		if item.Kind != sdk.ItemResult && item.Author != s.Agent.ID {
			n.notes = append(n.notes, itemNote(&item, o.Place))
		}
	}
	for _, item := range perception.Last(unread(o.Messages, known.Message), mem.config.Buffer) {
		n.message = messageID(item)
		if item.Author != s.Agent.ID {
			n.notes = append(n.notes, itemNote(&item, o.Place))
		}
	}
	n.notes = perception.Last(n.notes, mem.config.Buffer)
	n.moved = n.message != known.Message || n.outcomes != known.Outcomes
	return n, nil
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
		return text.Quote(item.ID, perception.MaxName)
	}
	return perception.Digest([]byte(item.Time + "\x00" + item.Author + "\x00" + item.Text))
}

func itemNote(item *sdk.Item, place string) note {
	n := note{Kind: text.Quote(item.Kind, perception.MaxName), Text: text.Quote(item.Text, maxNote), Place: text.Quote(place, perception.MaxName)}
	n.Who, n.Name = perception.Author(item)
	return n
}

func ownNote(o sdk.Outcome, place string) note {
	kind, words := perception.Deed(o, maxNote)
	return note{Kind: kind, Text: words, Place: text.Quote(place, perception.MaxName)}
}

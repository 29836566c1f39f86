package stream

import (
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// maxText bounds what is kept of a text, in runes.
const maxText = 280

// gather finds what is new in an observation: what came of the agent's actions,
// what is addressed to it, what was said, and what its feed shows, in this
// order and at most config.Attention of it. What is said twice is heard once.
func (m *mind) gather(agent *sdk.Agent, o *sdk.Observation) (fresh []*entry, outcomes string, err error) {
	acted, outcomes, err := perception.Acted(o.Outcomes, agent.Plan)
	if err != nil {
		return nil, "", err
	}
	heard := map[[3]string]*entry{}
	add := func(e *entry) {
		said := [3]string{e.Kind, e.Name, e.Text}
		switch same := heard[said]; {
		case same != nil:
			same.Sources = perception.Last(append(same.Sources, e.Sources...), m.config.Attention)
		case len(fresh) < m.config.Attention:
			heard[said] = e
			e.Place = text.Quote(o.Place, perception.MaxName)
			fresh = append(fresh, e)
		}
	}
	if outcomes != m.cursor.Outcomes {
		for _, o := range acted {
			add(ownEntry(o))
		}
	}
	met := map[string]bool{}
	for _, item := range perception.Items(o, m.config.Attention) {
		if len(fresh) == m.config.Attention {
			break
		}
		source := perception.Source(&item)
		if item.Author == agent.ID || met[source] || m.sources[source] > 0 {
			continue
		}
		met[source] = true
		add(itemEntry(&item, source))
	}
	return fresh, outcomes, nil
}

func itemEntry(item *sdk.Item, source string) *entry {
	e := &entry{Kind: text.Quote(item.Kind, perception.MaxName), Text: text.Quote(item.Text, maxText), Sources: []string{source}}
	e.Who, e.Name = perception.Author(item)
	return e
}

func ownEntry(o sdk.Outcome) *entry {
	kind, words := perception.Deed(o, maxText)
	return &entry{Kind: kind, Text: words}
}

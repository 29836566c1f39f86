package curious

import (
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// maxText bounds what is kept of a text, in runes.
const maxText = 280

// gather finds what is new in an observation: what came of the agent's actions,
// what is addressed to it, what was said, and what its feed shows, in this
// order and at most config.Attention of it.
func (m *mind) gather(s *sdk.Seen) (fresh []*trace, outcomes string, err error) {
	acted, outcomes, err := perception.Acted(s.Observation.Outcomes, s.Agent.Plan)
	if err != nil {
		return nil, "", err
	}
	if outcomes != m.cursor.Outcomes {
		for _, o := range acted {
			fresh = append(fresh, ownTrace(o))
		}
	}
	o, most := &s.Observation, m.config.Attention
	items := perception.Items(o, most)
	met := map[string]bool{}
	for i := range items {
		if len(fresh) >= most {
			break
		}
		source := perception.Source(&items[i])
		if items[i].Author == s.Agent.ID || met[source] || m.sources[source] > 0 {
			continue
		}
		met[source] = true
		fresh = append(fresh, itemTrace(&items[i], source))
	}
	fresh = fresh[:min(len(fresh), most)]
	for _, t := range fresh {
		t.Place = text.Quote(o.Place, perception.MaxName)
	}
	return fresh, outcomes, nil
}

func itemTrace(item *sdk.Item, source string) *trace {
	t := &trace{Kind: text.Quote(item.Kind, perception.MaxName), Text: text.Quote(item.Text, maxText), Source: source}
	t.Who, t.Name = perception.Author(item)
	return t
}

func ownTrace(o sdk.Outcome) *trace {
	kind, words := perception.Deed(o, maxText)
	return &trace{Kind: kind, Text: words}
}

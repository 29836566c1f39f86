package longshort

import "github.com/llm-city/gorod/plugins/sdk"

// ruled draws every subject without a model: how often it was met, and the last
// thing that happened.
func (m *memory) ruled(agent sdk.Agent, people, places []subject) sketches {
	var out sketches
	for _, s := range people {
		d := m.counted(s)
		if d.Relationship == "" {
			d.Relationship = relationship(agent, s)
		}
		if d.Relationship == "" {
			d.Relationship = m.words.acquaintance
		}
		out.People = append(out.People, d)
	}
	for _, s := range places {
		out.Places = append(out.Places, m.counted(s))
	}
	return out
}

func (m *memory) counted(s subject) sketch {
	return sketch{
		Name: s.Portrait.Name, Relationship: s.Portrait.Relationship,
		Impression: m.words.times(s.Portrait.Met + s.met), Episode: m.words.note(s.last),
	}
}

// relationship is what the persona says that somebody is.
func relationship(agent sdk.Agent, s subject) string {
	if agent.Persona == nil {
		return ""
	}
	if r := agent.Persona.Relationships[s.ID]; r != "" {
		return r
	}
	return agent.Persona.Relationships[s.Portrait.Name]
}

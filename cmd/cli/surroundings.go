package cli

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// who is whom an event is about, as the beginning of a sentence.
func (t *transcript) who(e event.Event) string {
	switch {
	case e.Agent != "":
		return t.account(e.Agent)
	case e.Kind == event.KindIntervention:
		return "the study"
	case e.Kind == event.KindTown:
		return "the town"
	case e.Kind == event.KindControl:
		return "from outside"
	default:
		return ""
	}
}

// account names a resident, the mayor or the world.
func (t *transcript) account(id string) string {
	switch id {
	case sdk.MayorAgent:
		return "the mayor"
	case event.AccountWorld:
		return "the world"
	default:
		return t.name(id, id)
	}
}

func (t *transcript) intervention(i event.Intervention) string {
	says := "intervenes with " + i.ID
	if i.Why != "" {
		says += " (" + i.Why + ")"
	}
	return says + t.effects(i.Effects)
}

func (t *transcript) effects(all []event.Effect) string {
	effects := make([]string, len(all))
	for n, e := range all {
		effects[n] = e.Kind
		if len(e.Agents) > 0 {
			effects[n] += " " + t.people(e.Agents)
		}
		if e.Detail != "" {
			effects[n] += ": " + e.Detail
		}
	}
	if len(effects) == 0 {
		return ""
	}
	return ", " + strings.Join(effects, "; ")
}

// control is what somebody did from outside.
func (t *transcript) control(c event.Control) string {
	says := fmt.Sprintf("by %s (command %d)", c.Who, c.ID)
	if c.Action != nil {
		says += ", " + t.action(*c.Action)
	}
	if c.Refused != "" {
		return says + ", refused: " + c.Refused
	}
	return says + t.effects(c.Effects)
}

// people are names where they are few.
func (t *transcript) people(agents []string) string {
	const few = 3
	if len(agents) > few {
		return plural(len(agents), "resident", "residents")
	}
	names := make([]string, len(agents))
	for i, id := range agents {
		names[i] = t.name(id, id)
	}
	return strings.Join(names, ", ")
}

func decree(d event.Decree) string {
	says := "decrees " + d.Kind + arguments(d.Action)
	switch {
	case d.Kind == "":
		says = "decides nothing"
	case !d.OK:
		says += ", refused"
	}
	if d.Detail != "" {
		says += ": " + d.Detail
	}
	if d.Thought != "" {
		says += " “" + d.Thought + "”"
	}
	return says
}

// transfer is coins that change hands, as one of both sees it.
func (t *transcript) transfer(agent string, d event.Transfer) string {
	coins := plural(int(d.Amount), "coin", "coins")
	says := "pays " + coins + " to " + t.account(d.To)
	if agent == d.To {
		says = "gets " + coins + " from " + t.account(d.From)
	}
	says += " (" + d.Why
	if d.Building != "" {
		says += " at " + d.Building
	}
	if d.Thing != "" {
		says += ", " + d.Thing
	}
	return says + ")"
}

func town(d event.Town) string {
	says := fmt.Sprintf("has %s, %s, %s, %d of %s free", plural(int(d.Money), "coin", "coins"), plural(d.Population, "resident", "residents"),
		plural(d.Buildings, "building", "buildings"), d.FreeBeds, plural(d.Beds, "bed", "beds"))
	if d.Decisions > 0 {
		says += fmt.Sprintf("; %s, %d refused", plural(d.Decisions, "decision", "decisions"), d.Invalid)
	}
	if d.Met {
		says += "; its goal is reached"
	}
	return says
}

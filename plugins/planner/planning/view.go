package planning

import (
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what a prompt shows, in entries and runes.
const (
	maxList       = 12 // interests, goals, people, items of one section
	maxMessages   = 16
	maxActions    = 32
	maxName       = 60
	maxLine       = 200
	maxBio        = 800
	maxItem       = 280
	maxMemory     = 2400
	maxOutcomes   = 6
	maxPollChoice = 6
)

func name(a *sdk.Agent) string { return line(a.Name(), maxName) }

// line is a text of the study on one line.
func line(s string, limit int) string { return text.Quote(s, limit) }

func lines(list []string, count, limit int) []string {
	var out []string
	for _, s := range list[:min(len(list), count)] {
		if s = line(s, limit); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// personaView is who an agent is, as the prompt persona shows it.
type personaView struct {
	Name, Age, Gender, Occupation, Residence, Bio, Style, Extra string

	Interests, Routine             []string
	Traits, Beliefs, Relationships []pair
}

// pair is what something is, in words.
type pair struct{ Key, Value string }

func (d *Desk) personaView(a *sdk.Agent) personaView {
	v := personaView{Name: name(a)}
	p := a.Persona
	if p == nil {
		return v
	}
	if p.Age > 0 {
		v.Age = d.words.years(p.Age)
	}
	v.Gender, v.Occupation, v.Residence = line(p.Gender, maxName), line(p.Occupation, maxLine), line(p.Residence, maxLine)
	v.Bio, v.Style, v.Extra = line(p.Bio, maxBio), line(p.Style, maxLine), text.Plain(string(p.Extra), maxLine*2)
	v.Interests, v.Routine = lines(p.Interests, maxList, maxName), lines(p.Routine, maxList, maxLine)
	v.Traits = levels(p.Traits, d.words.levels)
	v.Beliefs = levels(p.Beliefs, d.words.beliefs)
	for _, who := range slices.Sorted(maps.Keys(p.Relationships)) {
		v.Relationships = append(v.Relationships, pair{line(who, maxName), line(p.Relationships[who], maxName)})
	}
	v.Relationships = v.Relationships[:min(len(v.Relationships), maxList)]
	return v
}

// levels says in words how strong each value is, by name.
func levels(values map[string]float64, names [5]string) []pair {
	var out []pair
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, pair{line(key, maxLine), names[fifth(values[key])]})
	}
	return out[:min(len(out), maxList)]
}

// situationView is what an agent can do, remembers and sees, as the prompt
// situation shows it.
type situationView struct {
	Actions                           string // the list, a line each
	Goals                             []string
	Memory, Time, Place, Mood         string
	Plan                              sdk.Plan
	Outcomes                          []outcomeView
	Notifications, Messages, Timeline []string // a line each
	People                            []string // with their ids
	Trends, Groups, OpenGroups        []string
}

type actionView struct {
	Kind, About string
	Args        []argView
}

type argView struct {
	Name, About string
	Required    bool
	Values      []string
}

type outcomeView struct {
	Kind, Text, Detail string
	OK                 bool
}

// look fills in what the agent wants, remembers and sees.
func (s *Scene) look(k *key) error {
	a, o, v, words := &s.req.Agent, &s.req.Observation, &s.view, &s.desk.words
	v.Goals = lines(a.Goals, maxList, maxLine)
	v.Memory = text.Plain(s.req.Recollection.Text, maxMemory)
	v.Time, v.Place, v.Mood = words.clock(o.Time), line(o.Place, maxName), words.mood(a.Mood)
	v.Plan = sdk.Plan{Purpose: line(a.Plan.Purpose, maxPurpose), Place: line(a.Plan.Place, maxPlace)}
	v.Trends = lines(o.Trends, maxList, maxName)
	v.Groups, v.OpenGroups = lines(o.Groups, maxList, maxName), lines(o.OpenGroups, maxList, maxName)
	v.Outcomes = outcomesOf(o.Outcomes[max(0, len(o.Outcomes)-maxOutcomes):])
	var err error
	if v.People, err = s.desk.people(o.People[:min(len(o.People), maxList)], k); err != nil {
		return err
	}
	for _, section := range []struct {
		into  *[]string
		items []sdk.Item
	}{
		{&v.Notifications, o.Notifications[:min(len(o.Notifications), maxList)]},
		{&v.Messages, o.Messages[max(0, len(o.Messages)-maxMessages):]},
		{&v.Timeline, o.Timeline[:min(len(o.Timeline), maxList)]},
	} {
		if *section.into, err = s.desk.items(section.items, k); err != nil {
			return err
		}
	}
	return nil
}

func outcomesOf(outcomes []sdk.Outcome) []outcomeView {
	out := make([]outcomeView, len(outcomes))
	for i, outcome := range outcomes {
		out[i] = outcomeView{
			Kind: line(outcome.Action.Kind, maxName), Text: line(outcome.Action.Arg("text"), maxLine/2),
			Detail: line(outcome.Detail, maxItem), OK: outcome.OK,
		}
	}
	return out
}

func actionsOf(specs []sdk.ActionSpec) []actionView {
	var out []actionView
	for _, spec := range specs[:min(len(specs), maxActions)] {
		out = append(out, actionOf(spec))
	}
	return out
}

func actionOf(spec sdk.ActionSpec) actionView {
	v := actionView{Kind: line(spec.Kind, maxName), About: line(spec.Description, maxLine)}
	for _, arg := range spec.Args[:min(len(spec.Args), maxList)] {
		a := argView{Name: line(arg.Name, maxName), About: line(arg.Description, maxLine), Required: arg.Required}
		if listed(arg) {
			a.Values = lines(arg.Values, maxList, maxName)
		}
		v.Args = append(v.Args, a)
	}
	return v
}

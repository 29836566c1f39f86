package panel

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	actsAPage     = 30
	mostCalls     = 5
	longestPrompt = 6000
)

type personBody struct {
	at
	paging
	Resident city.Resident
	Goals    []string
	Unsure   bool        // the goals are those after the last tick: what they were cannot be told
	Changes  []city.Mark // of the goals, the newest first
	Mood     named
	Acts     []city.Message
	Calls    []call
	Traits   []trait
	Beliefs  []trait
	Ties     []tie
}

// trait is a number of a persona, from -1 to 1.
type trait struct {
	Name  string
	Value float64
}

type tie struct{ Who, What string }

// call is a model's call as a page shows it.
type call struct {
	cassette.Call
	Asked []sdk.Message
}

// person shows one resident.
func (p *Panel) person(ctx context.Context, q *request) error {
	id := q.PathValue("id")
	var body personBody
	var changed goalChanges
	err := q.read(ctx, "people", &body.at, func(v *city.View) error {
		var ok bool
		if body.Resident, ok = v.Resident(id); !ok {
			return fs.ErrNotExist
		}
		_, total := v.Interactions(id, 0, 0)
		body.paging = q.paged(total, actsAPage)
		body.Acts, _ = v.Interactions(id, actsAPage, (body.Page-1)*actsAPage)
		changed = goalChanges{marksOf(v.Marks(), id), len(marksOf(v.Later(), id)) > 0}
		body.Mood = q.feelings(v.Feelings(id), v)
		return nil
	})
	if err != nil {
		return err
	}
	persona := body.Resident.Persona
	body.Traits, body.Beliefs = traits(persona.Traits), traits(persona.Beliefs)
	for _, who := range slices.Sorted(maps.Keys(persona.Relationships)) {
		body.Ties = append(body.Ties, tie{who, persona.Relationships[who]})
	}
	if body.Goals, body.Unsure, err = q.goals(ctx, body.Resident, changed); err != nil {
		return err
	}
	if body.Calls, err = q.calls(ctx, id, body.moment.Tick); err != nil {
		return err
	}
	body.Changes = slices.Clone(changed.before)
	slices.Reverse(body.Changes)
	return q.show("person", prose(body.Resident.Name, 80), body)
}

// feelings is the figure of a resident's mood, which is known in the ticks in
// which it was awake.
func (q *request) feelings(feelings []city.Feeling, v *city.View) named {
	n := int(v.Tick + 1)
	valence, arousal := make([]float64, n), make([]float64, n)
	for i := range n {
		valence[i], arousal[i] = math.NaN(), math.NaN()
	}
	for i, f := range feelings { // a mood lasts until the next is known
		until := int64(n)
		if i+1 < len(feelings) {
			until = feelings[i+1].Tick
		}
		for at := f.Tick; at < until; at++ {
			valence[at], arousal[at] = f.Mood.Valence, f.Mood.Arousal
		}
	}
	return q.moodFigure("feelings", 0, valence, arousal, v.Marks())
}

// calls are what a resident's model was asked last.
func (q *request) calls(ctx context.Context, id string, until int64) (out []call, err error) {
	calls, err := q.run.city.Calls(ctx, id, until, mostCalls)
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		shown := call{Call: c}
		if err := json.Unmarshal([]byte(c.Prompt), &shown.Asked); err != nil {
			return nil, err
		}
		for i := range shown.Asked {
			shown.Asked[i].Content = prose(shown.Asked[i].Content, longestPrompt)
		}
		shown.Reply = prose(pretty(c.Reply), longestPrompt)
		out = append(out, shown)
	}
	return out, nil
}

// traits are numbers by name.
func traits(of map[string]float64) (out []trait) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, trait{name, max(-1, min(1, of[name]))})
	}
	return out
}

// pretty is JSON with its lines, and any other text as it is.
func pretty(s string) string {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	if out, err := json.MarshalIndent(v, "", "  "); err == nil {
		s = string(out)
	}
	return s
}

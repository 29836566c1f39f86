package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	peopleAPage   = 50
	actsAPage     = 30
	recordsAPage  = 30
	mostCalls     = 5
	longestPrompt = 6000
)

type peopleBody struct {
	at
	paging
	Sought, Group, Order string
	Groups, Orders       []string
	People               []city.Resident
}

// people lists the residents.
func (p *Panel) people(ctx context.Context, q *request) error {
	get := q.URL.Query().Get
	body := peopleBody{Sought: prose(get("q"), 100), Group: get("group"), Order: get("order"),
		Orders: []string{city.ByPlace, city.ByName, city.ByTalk, city.ByMood, city.ByUnhappy}}
	ticks, err := q.ticks(ctx)
	if err != nil {
		return err
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		body.at, body.Groups = here("people", v, ticks), v.Groups()
		all := v.Residents(body.Sought, body.Group, body.Order)
		body.paging = q.paged(len(all), peopleAPage)
		body.People = all[min((body.Page-1)*peopleAPage, len(all)):min(body.Page*peopleAPage, len(all))]
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("people", q.words.T("menu.people"), body)
}

type personBody struct {
	at
	paging
	Resident city.Resident
	Goals    []string
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
	ticks, err := q.ticks(ctx)
	if err != nil {
		return err
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		var ok bool
		if body.Resident, ok = v.Resident(id); !ok {
			return fs.ErrNotExist
		}
		body.at = here("people", v, ticks)
		_, total := v.Interactions(id, 0, 0)
		body.paging = q.paged(total, actsAPage)
		body.Acts, _ = v.Interactions(id, actsAPage, (body.Page-1)*actsAPage)
		body.Changes = goalChanges(v, id)
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
	if err := q.mind(ctx, &body); err != nil {
		return err
	}
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

// goalChanges are what changed a resident's goals from outside.
func goalChanges(v *city.View, id string) (out []city.Mark) {
	for _, m := range slices.Backward(v.Marks()) {
		for _, e := range m.Effects {
			if e.Kind == "goals" && slices.Contains(e.Agents, id) {
				out = append(out, m)
			}
		}
	}
	return out
}

// mind is what a resident wants, and what its model was asked last.
func (q *request) mind(ctx context.Context, body *personBody) error {
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	state, known, err := j.Agent(ctx, body.Resident.ID)
	if err != nil {
		return err
	}
	body.Goals = state.Goals
	if !known || len(state.Goals) == 0 {
		body.Goals = body.Resident.Persona.Goals
	}
	calls, err := q.run.city.Calls(ctx, body.Resident.ID, body.moment.Tick, mostCalls)
	if err != nil {
		return err
	}
	for _, c := range calls {
		shown := call{Call: c}
		if err := json.Unmarshal([]byte(c.Prompt), &shown.Asked); err != nil {
			return err
		}
		for i := range shown.Asked {
			shown.Asked[i].Content = prose(shown.Asked[i].Content, longestPrompt)
		}
		shown.Reply = prose(pretty(c.Reply), longestPrompt)
		body.Calls = append(body.Calls, shown)
	}
	return nil
}

// traits are numbers by name.
func traits(of map[string]float64) (out []trait) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, trait{name, max(-1, min(1, of[name]))})
	}
	return out
}

type memoryBody struct {
	at
	paging
	Resident city.Resident
	Kind     string
	Kinds    []recordKind
	Records  []recordRow
}

type recordKind struct {
	Kind  string
	Count int
}

type recordRow struct {
	journal.StoredRecord
	Fields []field
}

// field is one member of a record.
type field struct{ Name, Value string }

// memory shows what plugins remember of a resident.
func (p *Panel) memory(ctx context.Context, q *request) error {
	body := memoryBody{Kind: q.URL.Query().Get("kind")}
	ticks, err := q.ticks(ctx)
	if err != nil {
		return err
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		var ok bool
		body.at = here("people", v, ticks)
		if body.Resident, ok = v.Resident(q.PathValue("id")); !ok {
			return fs.ErrNotExist
		}
		return nil
	})
	if err != nil {
		return err
	}
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	id, until := body.Resident.ID, body.moment.Tick
	_, counts, err := j.RecordsOf(ctx, id, body.Kind, until, 0, 0)
	if err != nil {
		return err
	}
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		body.Kinds = append(body.Kinds, recordKind{kind, counts[kind]})
		if body.Kind == "" || body.Kind == kind {
			total += counts[kind]
		}
	}
	body.paging = q.paged(total, recordsAPage)
	records, _, err := j.RecordsOf(ctx, id, body.Kind, until, recordsAPage, (body.Page-1)*recordsAPage)
	if err != nil {
		return err
	}
	for _, r := range records {
		body.Records = append(body.Records, recordRow{r, fieldsOf(r.JSON)})
	}
	return q.show("memory", q.words.T("memory.title", prose(body.Resident.Name, 80)), body)
}

// fieldsOf takes a record apart to be read. Vectors are left out: they say
// nothing to people.
func fieldsOf(data json.RawMessage) (out []field) {
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return []field{{"", prose(string(data), 600)}}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var v any
		if err := json.Unmarshal(members[name], &v); err != nil {
			continue // it was read before
		}
		if text := inWords(v); text != "" {
			out = append(out, field{prose(name, 60), prose(text, 600)})
		}
	}
	return out
}

// longestVector is how many numbers in a row mean something to people.
const longestVector = 16

// inWords is a member of a record as lines of text. Vectors are empty.
func inWords(v any) string {
	var parts []string
	switch v := v.(type) {
	case []any:
		if len(v) > longestVector {
			if _, number := v[0].(float64); number {
				return ""
			}
		}
		for _, one := range v {
			parts = append(parts, inWords(one))
		}
		return strings.Join(parts, "\n")
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+inWords(v[name]))
		}
		return strings.Join(parts, ", ")
	case nil:
		return ""
	}
	return fmt.Sprint(v)
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

package longshort

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	purpose            = "impressions"
	maxSubjects        = 12 // people, and places, of one consolidation
	maxImpressionWords = 8
	maxEpisodeWords    = 20
	maxRelationWords   = 4
	maxPhrase          = 200 // runes
)

// subject is a person or place that new notes are about.
type subject struct {
	ID       string
	Portrait portrait // as it is so far
	met      int      // new notes about it
	last     note
}

// Facts are what the plugin adds to the host's facts.
type Facts struct {
	People []string `json:"people,omitempty"` // names of those whom the notes are about
	Places []string `json:"places,omitempty"`
	Notes  []string `json:"notes,omitempty"`
}

// sketch is a changed portrait as the model gives it.
type sketch struct {
	Name         string `json:"name"`
	Relationship string `json:"relationship"`
	Impression   string `json:"impression"`
	Episode      string `json:"episode"`
}

type sketches struct {
	People []sketch `json:"people"`
	Places []sketch `json:"places"`
}

// consolidate turns the pending notes into portraits. Where the model's reply
// is no use, the notes stay and are tried again with more.
func (m *memory) consolidate(ctx context.Context, tick int64, agent sdk.Agent, mind *mind, changes *minds.Changes) error {
	mind.mu.Lock()
	notes := slices.Clone(mind.pending())
	people := mind.subjects(notes, mind.people, func(n note) (string, string) { return n.Who, n.Name })
	places := mind.subjects(notes, mind.places, func(n note) (string, string) { return n.Place, n.Place })
	mind.mu.Unlock()

	var drawn sketches
	if m.config.Consolidate == byRule {
		drawn = m.ruled(agent, people, places)
	} else if len(people)+len(places) > 0 {
		var err error
		drawn, err = m.asked(ctx, tick, agent, notes, people, places)
		var domain *sdk.Error
		if errors.As(err, &domain) && domain.Kind == sdk.ErrModel {
			m.Log.WarnContext(ctx, "impressions stay as they are", "agent", agent.ID, "tick", tick, "error", err)
			mind.mu.Lock()
			defer mind.mu.Unlock()
			mind.cursor.Tried = mind.cursor.Next
			mind.save(changes)
			return nil
		}
		if err != nil {
			return err
		}
	}
	mind.mu.Lock()
	defer mind.mu.Unlock()
	mind.draw(tick, kindPerson, people, drawn.People, changes)
	mind.draw(tick, kindPlace, places, drawn.Places, changes)
	mind.cursor.Done, mind.cursor.Tried = mind.cursor.Next, 0
	mind.save(changes)
	return nil
}

// subjects are whom notes are about, in the order of their first note.
func (m *mind) subjects(notes []note, known map[string]*portrait, of func(note) (id, name string)) []subject {
	var out []subject
	for _, n := range notes {
		id, name := of(n)
		if id == "" {
			continue
		}
		at := slices.IndexFunc(out, func(s subject) bool { return s.ID == id })
		if at < 0 {
			if len(out) == maxSubjects {
				continue
			}
			s := subject{ID: id, Portrait: portrait{Name: name}}
			if p := known[id]; p != nil {
				s.Portrait = *p
				s.Portrait.Name = name
			}
			at, out = len(out), append(out, s)
		}
		out[at].met++
		out[at].last = n
	}
	return out
}

// asked has the model draw the subjects that changed.
func (m *memory) asked(ctx context.Context, tick int64, agent sdk.Agent, notes []note, people, places []subject) (sketches, error) {
	facts := Facts{People: names(people), Places: names(places)}
	for _, n := range notes {
		facts.Notes = append(facts.Notes, m.words.note(n))
	}
	view := map[string]any{
		"People": people, "Places": places, "Notes": facts.Notes,
		"ImpressionWords": maxImpressionWords, "EpisodeWords": maxEpisodeWords,
	}
	var drawn sketches
	err := m.Ask(ctx, minds.Question{
		Call: sdk.Call{Agent: agent.ID, Tick: tick, Purpose: purpose}, Agent: &agent, Prompt: "impressions", View: view, Schema: impressionSchema(facts), Facts: facts,
	}, &drawn)
	return drawn, err
}

func names(subjects []subject) []string {
	var out []string
	for _, s := range subjects {
		if !slices.Contains(out, s.Portrait.Name) {
			out = append(out, s.Portrait.Name)
		}
	}
	return out
}

// impressionSchema lists the names there are, so that a model makes up none.
func impressionSchema(f Facts) json.RawMessage {
	var lists, fields []string
	for _, list := range []struct {
		field string
		names []string
	}{{"people", f.People}, {"places", f.Places}} {
		if len(list.names) == 0 {
			continue
		}
		var enum bytes.Buffer
		enc := json.NewEncoder(&enum)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(list.names); err != nil {
			panic("longshort: " + err.Error())
		}
		fields = append(fields, `"`+list.field+`"`)
		lists = append(lists, `"`+list.field+`":{"type":"array","maxItems":`+strconv.Itoa(len(list.names))+`,"items":{"type":"object","additionalProperties":false,`+
			`"required":["name","relationship","impression","episode"],"properties":{"name":{"type":"string","enum":`+strings.TrimSpace(enum.String())+`},`+
			`"relationship":{"type":"string"},"impression":{"type":"string"},"episode":{"type":"string"}}}}`)
	}
	return json.RawMessage(`{"type":"object","additionalProperties":false,"required":[` + strings.Join(fields, ",") +
		`],"properties":{` + strings.Join(lists, ",") + `}}`)
}

// draw makes portraits of sketches. Sketches of nobody that the notes are about
// are made up, and left out; subjects without a sketch stay as they are.
func (m *mind) draw(tick int64, kind string, subjects []subject, drawn []sketch, changes *minds.Changes) {
	for _, s := range subjects {
		at := slices.IndexFunc(drawn, func(d sketch) bool { return text.Fold(strings.TrimSpace(d.Name)) == text.Fold(s.Portrait.Name) })
		if at < 0 {
			continue
		}
		p, d := s.Portrait, drawn[at]
		p.Met += s.met
		p.Tick = tick
		if r := phrase(d.Relationship, maxRelationWords); r != "" {
			p.Relationship = r
		}
		if i := phrase(d.Impression, maxImpressionWords); i != "" {
			p.Impression = i
		}
		if e := phrase(d.Episode, maxEpisodeWords); e != "" && !slices.ContainsFunc(p.Episodes, func(k episode) bool { return k.Text == e }) {
			p.Episodes = perception.Last(append(slices.Clone(p.Episodes), episode{tick, e}), m.config.Episodes)
		}
		m.keep(kind, s.ID, &p, changes)
	}
}

func phrase(s string, words int) string { return text.CutWords(text.Quote(s, maxPhrase), words) }

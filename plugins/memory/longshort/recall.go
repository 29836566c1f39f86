package longshort

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	notesTold    = 8
	peopleTold   = 6
	episodesTold = 2
	itemsFound   = 16 // of a query that sets no limit
	maxRecall    = 2000
	queryWords   = 32
	textWords    = 256
)

// recalled is what goes into a Recollection.
type recalled struct {
	Notes          []sdk.Remembrance
	People, Places []sdk.Remembrance
}

// Recall implements sdk.Memory.
func (m *memory) Recall(_ context.Context, _ int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	out := make([]sdk.Recollection, len(queries))
	for i := range queries {
		mind := m.minds.Find(queries[i].Agent.ID)
		if mind == nil {
			continue
		}
		var err error
		if out[i], err = m.recall(mind, &queries[i]); err != nil {
			return nil, fmt.Errorf("%s recalls: %w", queries[i].Agent.ID, err)
		}
	}
	return out, nil
}

func (m *memory) recall(mind *mind, q *sdk.Query) (sdk.Recollection, error) {
	mind.mu.Lock()
	defer mind.mu.Unlock()
	found := m.present(mind, &q.Observation)
	if q.Text != "" {
		found = m.search(mind, q.Text)
	}
	items := slices.Concat(found.People, found.Places, found.Notes)
	if q.Text != "" {
		slices.SortStableFunc(items, func(a, b sdk.Remembrance) int { return cmp.Compare(b.Score, a.Score) })
	}
	limit := itemsFound
	if q.Limit > 0 {
		limit = q.Limit
	}
	items = items[:min(len(items), limit)]
	out := sdk.Recollection{Items: items}
	if e := mind.experiences[m.plans.key(q.Agent.Plan)]; e != nil {
		out.Experience = e.Actions
	}
	told, err := m.Render("recall", found.only(items))
	if err != nil {
		return out, err
	}
	out.Text = text.Cut(strings.TrimSpace(told), maxRecall)
	return out, nil
}

// only keeps what is among items.
func (r recalled) only(items []sdk.Remembrance) recalled {
	for _, list := range []*[]sdk.Remembrance{&r.Notes, &r.People, &r.Places} {
		*list = slices.DeleteFunc(*list, func(x sdk.Remembrance) bool {
			return !slices.ContainsFunc(items, func(i sdk.Remembrance) bool { return i.Key == x.Key })
		})
	}
	return r
}

// present is the short-term memory, and what is known about the people and the
// place that are seen.
func (m *memory) present(mind *mind, o *sdk.Observation) recalled {
	var r recalled
	for _, n := range perception.Last(mind.notes, notesTold) {
		r.Notes = append(r.Notes, m.noted(n, mind.config.Buffer))
	}
	for id := range seen(o) {
		if len(r.People) == peopleTold {
			break
		}
		id = text.Quote(id, perception.MaxName)
		key := kindPerson + "/" + id
		if p := mind.people[id]; p != nil && !slices.ContainsFunc(r.People, func(x sdk.Remembrance) bool { return x.Key == key }) {
			r.People = append(r.People, described(key, p))
		}
	}
	if p := mind.places[text.Quote(o.Place, perception.MaxName)]; p != nil {
		r.Places = append(r.Places, described(kindPlace+"/"+p.Name, p))
	}
	return r
}

// seen are the ids of those who appear in an observation, those who address the
// agent first.
func seen(o *sdk.Observation) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, items := range [][]sdk.Item{o.Notifications, o.Messages, o.Timeline} {
			for _, item := range items {
				if item.Author != "" && !yield(item.Author) {
					return
				}
			}
		}
		for _, p := range o.People {
			if !yield(p.ID) {
				return
			}
		}
	}
}

func (m *memory) noted(n note, buffer int) sdk.Remembrance {
	return sdk.Remembrance{Key: slot(n.Seq, buffer), Text: m.words.note(n), Tick: n.Tick}
}

// described tells a portrait in one line.
func described(key string, p *portrait) sdk.Remembrance {
	var b strings.Builder
	b.WriteString(p.Name)
	if p.Relationship != "" {
		b.WriteString(" (" + p.Relationship + ")")
	}
	sep := ": "
	if p.Impression != "" {
		b.WriteString(sep + p.Impression)
		sep = "; "
	}
	for _, e := range perception.Last(p.Episodes, episodesTold) {
		b.WriteString(sep + e.Text)
		sep = "; "
	}
	return sdk.Remembrance{Key: key, Text: b.String(), Tick: p.Tick}
}

// search finds what shares words with a query: the share of the query's words
// that it holds is its score.
func (m *memory) search(mind *mind, query string) recalled {
	wanted := m.plans.stems(query, queryWords)
	rate := func(r sdk.Remembrance, list []sdk.Remembrance) []sdk.Remembrance {
		if r.Score = overlap(wanted, m.plans.stems(r.Text, textWords)); r.Score == 0 {
			return list
		}
		return append(list, r)
	}
	var r recalled
	for _, id := range sortedKeys(mind.people) {
		r.People = rate(described(kindPerson+"/"+id, mind.people[id]), r.People)
	}
	for _, id := range sortedKeys(mind.places) {
		r.Places = rate(described(kindPlace+"/"+id, mind.places[id]), r.Places)
	}
	for _, n := range mind.notes {
		r.Notes = rate(m.noted(n, mind.config.Buffer), r.Notes)
	}
	return r
}

func overlap(wanted, held []string) float64 {
	if len(wanted) == 0 {
		return 0
	}
	hits := 0
	for _, w := range wanted {
		if slices.Contains(held, w) {
			hits++
		}
	}
	return float64(hits) / float64(len(wanted))
}

package events

import (
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxRoleWords = 400  // of a persona
	maxTextWords = 1000 // of a text
)

// roles compares the words of texts with those of personas.
type roles struct {
	roster  *journal.Roster
	stop    map[string]bool
	stemmer *text.Stemmer
	scanner text.Scanner
	own     []map[string]bool // stems of each persona
	holders map[string]int    // personas that name a stem
	fits    []stat.Mean       // of each resident's texts
}

func newRoles(roster *journal.Roster, language string) *roles {
	r := &roles{
		roster: roster, stop: text.StopWords(language), stemmer: text.NewStemmer(), holders: map[string]int{},
		own: make([]map[string]bool, roster.Len()), fits: make([]stat.Mean, roster.Len()),
	}
	for i := range r.own {
		r.own[i] = map[string]bool{}
		for stem := range r.stems(described(roster.Agent(i)), maxRoleWords) {
			r.own[i][stem] = true
		}
		for stem := range r.own[i] {
			r.holders[stem]++
		}
	}
	return r
}

// described is what a resident is about, in words.
func described(a *sdk.Agent) string {
	all := strings.Join(a.Goals, " ")
	if p := a.Persona; p != nil {
		all = strings.Join(append([]string{p.Occupation, p.Bio, all}, p.Interests...), " ")
		all += " " + strings.Join(slices.Sorted(maps.Keys(p.Beliefs)), " ")
	}
	return all
}

// stems are those of the words of a text that carry a topic.
func (r *roles) stems(s string, limit int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		r.scanner.Reset(s)
		for range limit {
			token, ok := r.scanner.Next()
			if !ok {
				return
			}
			if token.Kind == text.Word && !r.stop[string(token.Folded)] && !yield(r.stemmer.Stem(token.Folded)) {
				return
			}
		}
	}
}

// add takes in a text: the share of its words that the persona of its author
// names, less the share that those of others name on average.
func (r *roles) add(agent int, s string) {
	others := float64(r.roster.Len() - 1)
	if others < 1 || len(r.own[agent]) == 0 {
		return
	}
	words, own, elsewhere := 0, 0, 0.0
	for stem := range r.stems(s, maxTextWords) {
		words++
		holders := r.holders[stem]
		if r.own[agent][stem] {
			own++
			holders--
		}
		elsewhere += float64(holders) / others
	}
	if words > 0 {
		r.fits[agent].Add((float64(own) - elsewhere) / float64(words))
	}
}

func (r *roles) score(sheet *score.Sheet) {
	var all stat.Mean
	for i := range r.fits {
		if fit := &r.fits[i]; fit.N > 0 {
			sheet.Agent("role_fit", r.roster.ID(i), fit.Value(), fit.N)
			all.Add(fit.Value())
		}
	}
	sheet.Run("role_fit", all.Value(), all.N)
}

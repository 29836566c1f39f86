package groups

import (
	"cmp"
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
)

// maxTies is how many pairs of residents are told apart.
const maxTies = 1 << 20

// tie leads from who addresses to whom.
type tie struct{ from, to int }

func inOrder(a, b tie) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) }

// ties are who addresses whom, and how often.
type ties struct {
	all     bool // actions without a text as well
	roster  *journal.Roster
	weights map[tie]float64
	actions []float64 // of each resident
}

func newTies(all bool, roster *journal.Roster) *ties {
	return &ties{all, roster, map[tie]float64{}, make([]float64, roster.Len())}
}

func (t *ties) action(at journal.At, a *journal.Action) {
	t.actions[at.Agent]++
	if a.TargetAgent == "" || a.Text == "" && !t.all {
		return
	}
	to := t.roster.Find(a.TargetAgent)
	if to < 0 || to == at.Agent {
		return
	}
	key := tie{at.Agent, to}
	if _, known := t.weights[key]; known || len(t.weights) < maxTies {
		t.weights[key]++
	}
}

func (t *ties) score(sheet *score.Sheet) {
	n := t.roster.Len()
	sheet.Run("activity_gini", stat.Gini(t.actions), n)
	keys := slices.SortedFunc(maps.Keys(t.weights), inOrder)
	if len(keys) == 0 {
		return
	}
	back, addressed := 0, make([]float64, n)
	for _, k := range keys {
		addressed[k.to] += t.weights[k]
		if _, ok := t.weights[tie{k.to, k.from}]; ok {
			back++
		}
	}
	r := stat.Ratio(back, len(keys))
	density := float64(len(keys)) / float64(n) / float64(n-1)
	sheet.Run("attention_gini", stat.Gini(addressed), n)
	sheet.Run("ties", float64(len(keys)), n)
	sheet.Run("reciprocity", r, len(keys))
	if density < 1 {
		sheet.Run("reciprocity_rho", max(-1, (r-density)/(1-density)), len(keys))
	}
	if names, of := t.roster.Groups(); len(names) > 1 {
		within, total := t.within(keys, of)
		sheet.Run("modularity_groups", t.modularity(keys, of), len(keys))
		sheet.Run("ei_index", 1-2*within/total, len(keys))
	}
	of, found := t.communities(keys)
	sheet.Run("modularity_communities", t.modularity(keys, of), len(keys))
	sheet.Run("communities", float64(found), len(keys))
}

// within is the weight of ties between members of one part, and of all.
func (t *ties) within(keys []tie, of []int) (within, total float64) {
	for _, k := range keys {
		total += t.weights[k]
		if of[k.from] == of[k.to] {
			within += t.weights[k]
		}
	}
	return within, total
}

// modularity is that of parts, given for each resident: the share of weight
// that stays within parts, less the share that would in a random network in
// which residents address and are addressed as often.
func (t *ties) modularity(keys []tie, of []int) float64 {
	within, total := t.within(keys, of)
	parts := slices.Max(of) + 1
	out, in := make([]float64, parts), make([]float64, parts)
	for _, k := range keys {
		out[of[k.from]] += t.weights[k]
		in[of[k.to]] += t.weights[k]
	}
	q := within / total
	for p := range parts {
		q -= out[p] / total * in[p] / total
	}
	return q
}

// communities are found by the Louvain method; found is how many have ties.
func (t *ties) communities(keys []tie) (of []int, found int) {
	of = newNetwork(t.roster.Len(), keys, t.weights).louvain()
	tied := map[int]bool{}
	for _, k := range keys {
		tied[of[k.from]], tied[of[k.to]] = true, true
	}
	return of, len(tied)
}

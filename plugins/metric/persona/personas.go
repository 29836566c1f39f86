package persona

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/journal"
)

// personas are those of a run as vectors of length 1, of all traits and beliefs
// that any of them has; one that it does not have is 0.
type personas struct {
	stances [][]stance // of each resident
	held    map[subject][]holder
	byID    []int     // residents
	cosines []float64 // of the resident at hand with each
}

// subject is a trait or a belief.
type subject struct {
	belief bool
	name   string
}

// stance is a coordinate that is not 0.
type stance struct {
	on       subject
	strength float64
}

// holder is whose coordinate it is.
type holder struct {
	resident int
	strength float64
}

func newPersonas(roster *journal.Roster) *personas {
	n := roster.Len()
	p := &personas{make([][]stance, n), map[subject][]holder{}, make([]int, n), make([]float64, n)}
	for i := range n {
		p.byID[i] = i
		if persona := roster.Agent(i).Persona; persona != nil {
			p.stances[i] = unit(slices.Concat(stances(persona.Traits, false), stances(persona.Beliefs, true)))
		}
		for _, s := range p.stances[i] {
			p.held[s.on] = append(p.held[s.on], holder{i, s.strength})
		}
	}
	slices.SortFunc(p.byID, func(a, b int) int { return cmp.Compare(roster.ID(a), roster.ID(b)) })
	return p
}

// stances are in one order for all, so that equal personas have equal cosines.
func stances(strengths map[string]float64, belief bool) (out []stance) {
	for _, name := range slices.Sorted(maps.Keys(strengths)) {
		if x := max(-1, min(strengths[name], 1)); x != 0 && !math.IsNaN(x) {
			out = append(out, stance{subject{belief, name}, x})
		}
	}
	return out
}

func unit(stances []stance) []stance {
	most, squares := 0.0, 0.0
	for _, s := range stances {
		most = max(most, math.Abs(s.strength))
	}
	for i := range stances {
		stances[i].strength /= most // whose square may be too small a number
		squares += stances[i].strength * stances[i].strength
	}
	for i := range stances {
		stances[i].strength /= math.Sqrt(squares)
	}
	return stances
}

// opposite is the resident with the lowest cosine similarity to resident i, the
// first by id of those alike; false where none is below 0.
func (p *personas) opposite(i int) (int, bool) {
	const rounding = 1e-12
	clear(p.cosines)
	for _, s := range p.stances[i] {
		for _, h := range p.held[s.on] {
			p.cosines[h.resident] += s.strength * h.strength
		}
	}
	found, lowest := -1, 0.0
	for _, j := range p.byID {
		if x := p.cosines[j]; x < lowest-rounding {
			found, lowest = j, x
		}
	}
	return found, found >= 0
}

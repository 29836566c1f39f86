package analysis

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
)

// Names of raters who stand for several.
const (
	allPeople = "people"
	allJudges = "judges"
)

// agreements are how alike those who judged a measure did: all of them, people
// among themselves, and people with judges.
func (a *analyser) agreements(g *group, m *Measure) {
	var people, groups []stats.Rating
	for _, r := range a.ratings(g, false) { // each person sees a pair in an order of their own
		group := allJudges
		if _, person := sample.Annotated(r.Rater); person {
			people, group = append(people, r), allPeople
		}
		r.Rater = group
		groups = append(groups, r)
	}
	m.Agreement = a.agreement(m, a.ratings(g, true), "alpha")
	m.People = a.agreement(m, people, "alpha", allPeople)
	m.PeopleJudges = a.agreement(m, together(groups), "alpha", allPeople, allJudges)
}

// agreement is nil where fewer than two judged.
func (a *analyser) agreement(m *Measure, ratings []stats.Rating, purpose ...string) *Agreement {
	out := &Agreement{Scale: stats.Ordinal}
	for _, r := range ratings {
		out.Raters = append(out.Raters, r.Rater)
	}
	slices.Sort(out.Raters)
	if out.Raters = slices.Compact(out.Raters); len(out.Raters) < 2 {
		return nil
	}
	if m.High-m.Low > 20 || m.Low == m.High {
		out.Scale = stats.Interval // marks of a rubric and verdicts are steps; others are measured
	}
	purpose = append([]string{purpose[0], m.Task, m.Name}, purpose[1:]...)
	out.Alpha = stats.Krippendorff(ratings, out.Scale, a.options(a.resamples(len(ratings), effectEffort), purpose...))
	return out
}

// ratings are who judged the same: a reply, or two of them, also shown in the
// same order.
func (a *analyser) ratings(g *group, ordered bool) []stats.Rating {
	t := a.table
	rows := slices.DeleteFunc(slices.Clone(g.rows), func(r row) bool { return r.by == 0 || r.missing != 0 })
	t.sort(rows)
	out := make([]stats.Rating, len(rows))
	for i, r := range rows {
		unit := fmt.Sprintf("%d %d %d %d %d %t", t.items.rank(r.item), r.repeat, r.turn, t.subjects.rank(r.subject), t.subjects.rank(r.other), ordered && r.first)
		cluster := t.clusters.all[r.cluster]
		if cluster == "" {
			cluster = t.items.all[r.item]
		}
		out[i] = stats.Rating{Unit: unit, Cluster: cluster, Rater: t.judges.all[r.by], Value: r.value}
	}
	return out
}

// together makes one rating, the mean, of all of a rater for a unit.
func together(ratings []stats.Rating) (out []stats.Rating) {
	at := map[[2]string]int{}
	var n []float64
	for _, r := range ratings {
		key := [2]string{r.Unit, r.Rater}
		k, known := at[key]
		if !known {
			k = len(out)
			at[key] = k
			out, n = append(out, r), append(n, 1)
			continue
		}
		n[k]++
		out[k].Value += (r.Value - out[k].Value) / n[k]
	}
	return out
}

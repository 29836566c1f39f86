package action

import (
	"context"
	"fmt"
)

// preferences over events: 1 where the row's is preferred, −1 where the
// column's, 0 where the answer turned with the order or there was none.
type preferences [][]int

// prefer asks for every pair of events both ways: what is shown first need not
// be what is liked.
func (a *asking) prefer(ctx context.Context) error {
	n := len(a.line.Events)
	liked := make(preferences, n)
	for i := range liked {
		liked[i] = make([]int, n)
	}
	answered, held, unanswered := 0, 0, ""
	for i := range n {
		for j := i + 1; j < n; j++ {
			one, why, err := a.between(ctx, i, j)
			if err != nil {
				return err
			}
			other, whyNot, err := a.between(ctx, j, i)
			if err != nil {
				return err
			}
			if why += whyNot; why != "" {
				unanswered = why
				continue
			}
			answered++
			if one != other {
				continue
			}
			held++
			liked[i][j], liked[j][i] = 1, -1
			if one == j {
				liked[i][j], liked[j][i] = -1, 1
			}
		}
	}
	last := len(a.tally.Outcome.Samples) - 1
	if answered == 0 {
		a.tally.Missing(last, swapConsistent, unanswered)
		a.tally.Missing(last, transitive, unanswered)
		return nil
	}
	a.tally.Score(last, swapConsistent, float64(held)/float64(answered))
	if triples, cycles := liked.cycles(); triples == 0 {
		a.tally.Missing(last, transitive, "no three events with decided preferences")
	} else {
		a.tally.Score(last, transitive, 1-float64(cycles)/float64(triples))
	}
	return nil
}

// between asks for one of two events and gives its index.
func (a *asking) between(ctx context.Context, i, j int) (chosen int, why string, err error) {
	_, chosen, why, err = a.pick(ctx, fmt.Sprintf("events %d %d", i, j), "prefer", []int{i, j}, a.line.Events, 0)
	return chosen, why, err
}

// cycles counts the triples whose three preferences are decided, and those of
// them that run in a circle (Kendall & Babington Smith 1940, "On the method of
// paired comparisons").
func (p preferences) cycles() (triples, cycles int) {
	for i := range p {
		for j := i + 1; j < len(p); j++ {
			for k := j + 1; k < len(p); k++ {
				if p[i][j] == 0 || p[j][k] == 0 || p[i][k] == 0 {
					continue
				}
				triples++
				if p[i][j] == p[j][k] && p[j][k] == -p[i][k] {
					cycles++
				}
			}
		}
	}
	return triples, cycles
}

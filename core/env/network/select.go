package network

import (
	"cmp"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

// selection keeps the best of the candidates that it is given.
type selection struct {
	ranker
	onlooker
	inside, outside ranking
}

// ranking is the best candidates so far, best first, at most size.
type ranking struct {
	size int
	best []candidate
}

func newRanking(size int) ranking { return ranking{size, make([]candidate, 0, size)} }

// add scores a candidate. Scores are rounded to 1e-6, as the journal has them.
func (s *selection) add(c candidate) {
	c.score = math.Round(s.score(&s.onlooker, c)*1e6) / 1e6
	if c.outside {
		s.outside.add(c)
	} else {
		s.inside.add(c)
	}
}

func (r *ranking) add(c candidate) {
	if len(r.best) == r.size {
		if r.size == 0 || better(c, r.best[r.size-1]) > 0 {
			return
		}
		r.best = r.best[:r.size-1]
	}
	at, _ := slices.BinarySearchFunc(r.best, c, better)
	r.best = slices.Insert(r.best, at, c)
}

// best are the candidates shown: those from outside as their share allows, and
// in the other places those of the followed.
func (s *selection) best(size int) []candidate {
	inside := s.inside.best[:min(len(s.inside.best), size-len(s.outside.best))]
	best := slices.Concat(inside, s.outside.best)
	slices.SortFunc(best, better)
	return best
}

// better orders candidates: the higher score first, of equals the later made.
func better(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), byID(b.entry.ID, a.entry.ID))
}

// outsideShare is how many of count posts may come from outside: at least one
// where the study wants any.
func outsideShare(f spec.Feed, count int) int {
	if f.Discover <= 0 {
		return 0
	}
	return min(count, max(1, int(math.Round(f.Discover*float64(count)))))
}

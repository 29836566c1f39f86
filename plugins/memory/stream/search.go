package stream

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// probe is what is searched for.
type probe struct {
	now    int64
	before int64     // memories of this tick and later are left out
	vector []float32 // nil where there is none: then relevance is the same for all
	count  int
}

// hit is a memory found, by its place.
type hit struct {
	place int
	score float64
}

// slack covers the rounding of scores that are only estimated.
const slack = 1e-9

// scratch is memory for one search.
type scratch struct {
	recency, scores []float64
	estimates       []float32
}

// search finds the memories with the highest scores, the newer first of equal
// ones. It is exact: relevance is first estimated for all, with a bound, and
// then worked out for those that may matter.
func (m *mind) search(p probe, buffers *sync.Pool) []hit {
	n := len(m.entries)
	for n > 0 && m.entries[n-1].Tick >= p.before {
		n--
	}
	if n == 0 {
		return nil
	}
	buffer, ok := buffers.Get().(*scratch)
	if !ok {
		buffer = new(scratch)
	}
	defer buffers.Put(buffer)
	s := &search{mind: m, probe: p, n: n, scratch: buffer}
	s.recencies()
	s.relevances()
	return s.best()
}

// search is one search while it goes on.
type search struct {
	*mind
	probe
	*scratch

	n      int // candidates: the first entries
	spans  spans
	within float64 // how far estimates may be off
	blind  bool    // relevance is the same for all
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// recencies works out every candidate's, and the span of importances as well.
func (s *search) recencies() {
	s.recency = resize(s.recency, s.n)
	f := &s.config.formula
	if f.ranked {
		s.ranks()
	} else {
		for at, used := range s.used[:s.n] {
			s.recency[at] = f.left.after(s.now - used)
		}
	}
	s.spans = spans{nothing(), nothing(), nothing()}
	lowest, highest := s.importance[0], s.importance[0]
	for at, r := range s.recency {
		s.spans.recency.add(r)
		lowest, highest = min(lowest, s.importance[at]), max(highest, s.importance[at])
	}
	s.spans.importance = span{float64(lowest), float64(highest)}
}

// unseen is a recency too small to show in a score: it is taken for 0, because
// processors are slow at the numbers below it.
const unseen = 0x1p-1000

func (s *search) ranks() {
	clear(s.recency)
	recency := 1.0
	for _, at := range s.order {
		if int(at) >= s.n {
			continue
		}
		if recency *= s.config.formula.decay; recency < unseen {
			return
		}
		s.recency[at] = recency
	}
}

// relevances estimates every candidate's, and works out exactly what the least
// and the most of them are.
func (s *search) relevances() {
	s.blind = s.vector == nil || len(s.vector) != s.table.Dim()
	if s.blind {
		return
	}
	s.estimates, s.within = s.table.Estimate(s.vector, s.estimates)
	estimated := nothing()
	for at := range s.n {
		estimated.add(s.estimate(at))
	}
	for at := range s.n {
		if e := s.estimate(at); e <= estimated.low+2*s.within || e >= estimated.high-2*s.within {
			s.spans.relevance.add(s.exactly(at))
		}
	}
}

// estimate of a candidate's relevance; 0 for what has no vector.
func (s *search) estimate(at int) float64 {
	if row := s.rows[at]; row >= 0 {
		return float64(s.estimates[row])
	}
	return 0
}

// exactly is a candidate's relevance.
func (s *search) exactly(at int) float64 {
	if row := s.rows[at]; row >= 0 && !s.blind {
		return s.table.Dot(s.vector, int(row))
	}
	return 0
}

// best are the candidates with the highest scores: of those whose estimated
// scores lie close enough to the count highest, by the exact ones.
func (s *search) best() []hit {
	threshold := s.estimated()
	var found []hit
	for at, score := range s.scores {
		if score >= threshold {
			exact := s.config.formula.score(&s.spans, s.recency[at], float64(s.importance[at]), s.exactly(at))
			found = append(found, hit{at, exact})
		}
	}
	slices.SortFunc(found, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.place, a.place)) })
	return found[:min(len(found), s.count)]
}

// estimated fills in the scores by estimated relevance, and returns the least
// that one of the count best may have.
func (s *search) estimated() (threshold float64) {
	s.scores = resize(s.scores, s.n)
	f := &s.config.formula
	var important [most + 1]float64
	for rating := range important {
		important[rating] = f.importance * s.spans.importance.scale(float64(rating))
	}
	relevance := s.spans.relevance
	factor, off := 0.0, slack
	if width := relevance.high - relevance.low; width > 0 {
		factor = f.relevance / width
		off += factor * s.within
	}
	top := highest{most: s.count}
	for at := range s.n {
		score := f.recency*s.spans.recency.scale(s.recency[at]) + important[s.importance[at]]
		if factor > 0 {
			score += factor * (s.estimate(at) - relevance.low)
		} else {
			score += f.relevance / 2
		}
		s.scores[at] = score
		top.add(score)
	}
	return top.least() - 2*off
}

// highest are the highest of some numbers, in a heap with the least on top.
type highest struct {
	most int
	heap []float64
}

func (h *highest) add(x float64) {
	if len(h.heap) < h.most {
		h.heap = append(h.heap, x)
		slices.Sort(h.heap) // a sorted list is a heap
		return
	}
	if x <= h.heap[0] {
		return
	}
	at := 0
	for {
		child := 2*at + 1
		if child >= len(h.heap) {
			break
		}
		if child+1 < len(h.heap) && h.heap[child+1] < h.heap[child] {
			child++
		}
		if h.heap[child] >= x {
			break
		}
		h.heap[at] = h.heap[child]
		at = child
	}
	h.heap[at] = x
}

func (h *highest) least() float64 {
	if len(h.heap) < h.most {
		return math.Inf(-1)
	}
	return h.heap[0]
}

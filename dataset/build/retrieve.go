package build

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/llm-city/gorod/dataset/terms"
)

// retriever finds for a turn the earlier exchanges whose turns are most like
// it: by the cosine of their stems, weighted by how rare these are (tf–idf).
// Exchanges are found only by turns that were said after them.
type retriever struct {
	k     int
	read  *terms.Reader
	stems map[string]uint32
	first []int    // place in terms of each exchange's, and the end
	terms []uint32 // stems of the turns that are answered, each once, in order
	facts []exchangeFacts
}

// exchangeFacts are what decides whether one exchange may stand beside another.
type exchangeFacts struct {
	asked   int64 // when the turn was said that is answered
	replied int64 // when the reply was said
	thread  uint64
	source  bool // may be found: it is of the training split
	target  uint32
}

// hit is an exchange that was found.
type hit struct {
	exchange uint32
	score    float32
}

const (
	// rarest is how many stems of a turn are looked up: the common ones say
	// little.
	rarest = 6
	// latest is how many of the exchanges with a stem are looked at.
	latest = 2000
	// shortlist is how many candidates are compared by all their stems, for each
	// exchange that is asked for.
	shortlist = 8
	// leastLike is the similarity below which exchanges have nothing in common.
	leastLike = 0.15
)

func newRetriever(k int) *retriever {
	return &retriever{k: k, read: terms.NewReader(), stems: map[string]uint32{}, first: []int{0}}
}

// add takes the next exchange.
func (r *retriever) add(turn string, facts exchangeFacts) {
	const words = 100 // of a turn that count
	from := len(r.terms)
	for stem := range r.read.Of(turn, words) {
		r.terms = append(r.terms, r.number(stem))
	}
	own := r.terms[from:]
	slices.Sort(own)
	r.terms = r.terms[:from+len(slices.Compact(own))]
	r.first = append(r.first, len(r.terms))
	r.facts = append(r.facts, facts)
}

func (r *retriever) number(stem string) uint32 {
	n, ok := r.stems[stem]
	if !ok {
		n = uint32(len(r.stems))
		r.stems[stem] = n
	}
	return n
}

func (r *retriever) of(i int) []uint32 { return r.terms[r.first[i]:r.first[i+1]] }

// search finds for every exchange at most k others, the most alike first; of
// equally alike ones the later.
func (r *retriever) search(ctx context.Context, progress func(done int)) ([][]hit, error) {
	weights := r.weights()
	lengths := make([]float32, len(r.facts))
	for i := range lengths {
		for _, t := range r.of(i) {
			lengths[i] += weights[t] * weights[t]
		}
		lengths[i] = float32(math.Sqrt(float64(lengths[i])))
	}
	asked, replied := r.order(func(f exchangeFacts) int64 { return f.asked }), r.order(func(f exchangeFacts) int64 { return f.replied })
	known := make([][]uint32, len(r.stems)) // exchanges with a stem, in the order of their replies
	found := make([][]hit, len(r.facts))
	scores := map[uint32]float32{}
	next := 0
	for n, i := range asked {
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			progress(n)
		}
		for ; next < len(replied) && r.facts[replied[next]].replied <= r.facts[i].asked; next++ {
			if j := replied[next]; r.facts[j].source {
				for _, t := range r.of(int(j)) {
					known[t] = append(known[t], j)
				}
			}
		}
		found[i] = r.best(i, known, weights, lengths, scores)
	}
	return found, nil
}

// weights are how much each stem says: the logarithm of how rare it is.
func (r *retriever) weights() []float32 {
	counts := make([]float64, len(r.stems))
	for _, t := range r.terms {
		counts[t]++
	}
	out := make([]float32, len(counts))
	for t, n := range counts {
		out[t] = float32(math.Log(1 + float64(len(r.facts))/n))
	}
	return out
}

// order are the exchanges by a time; of the same time the first is first.
func (r *retriever) order(at func(exchangeFacts) int64) []uint32 {
	out := make([]uint32, len(r.facts))
	for i := range out {
		out[i] = uint32(i)
	}
	slices.SortFunc(out, func(a, b uint32) int { return cmp.Or(cmp.Compare(at(r.facts[a]), at(r.facts[b])), cmp.Compare(a, b)) })
	return out
}

func (r *retriever) best(i uint32, known [][]uint32, weights, lengths []float32, scores map[uint32]float32) []hit {
	clear(scores)
	for _, t := range r.telling(i, weights) {
		list := known[t]
		for _, j := range list[max(0, len(list)-latest):] {
			if r.facts[j].thread != r.facts[i].thread && r.facts[j].target == r.facts[i].target {
				scores[j] += weights[t] * weights[t]
			}
		}
	}
	hits := make([]hit, 0, len(scores))
	for j, dot := range scores {
		if score := dot / (lengths[i] * lengths[j]); score >= leastLike/2 { // other stems may add as much
			hits = append(hits, hit{j, score})
		}
	}
	slices.SortFunc(hits, alike)
	hits = hits[:min(shortlist*r.k, len(hits))]
	for n, h := range hits {
		hits[n].score = min(1, r.shared(i, h.exchange, weights)/(lengths[i]*lengths[h.exchange]))
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.score < leastLike })
	slices.SortFunc(hits, alike)
	return slices.Clone(hits[:min(r.k, len(hits))])
}

// alike puts the most alike first, of equally alike ones the later.
func alike(a, b hit) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.exchange, a.exchange))
}

// shared is the weight of the stems that two exchanges share.
func (r *retriever) shared(i, j uint32, weights []float32) (dot float32) {
	a, b := r.of(int(i)), r.of(int(j))
	for len(a) > 0 && len(b) > 0 {
		switch t := a[0]; {
		case t < b[0]:
			a = a[1:]
		case t > b[0]:
			b = b[1:]
		default:
			dot += weights[t] * weights[t]
			a, b = a[1:], b[1:]
		}
	}
	return dot
}

// telling are the rarest stems of an exchange.
func (r *retriever) telling(i uint32, weights []float32) []uint32 {
	terms := slices.Clone(r.of(int(i)))
	slices.SortFunc(terms, func(a, b uint32) int { return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b)) })
	return terms[:min(rarest, len(terms))]
}

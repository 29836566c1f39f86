package stream

import "math"

// formula is the retrieval score of a memory:
//
//	recency·scaled(recency) + importance·scaled(importance) + relevance·scaled(relevance)
//
// with each term scaled to 0…1 between the least and the most of all candidates,
// and 0.5 where they are all the same. Importance is the rating from 1 to 10,
// relevance the cosine between the embeddings of memory and query.
//
// Source: Park et al. 2023, "Generative Agents: Interactive Simulacra of Human
// Behavior", UIST, arXiv:2304.03442, section 4.1, and the authors' program,
// github.com/joonspk-research/generative_agents, cognitive_modules/retrieve.py.
// They disagree about the weights and about recency.
type formula struct {
	recency, importance, relevance float64 // weights
	decay                          float64
	ranked                         bool // recency goes by rank, not by time

	left *powers // of decay
}

// paper: recency = 0.995^(hours of simulated time since last access).
func paper() formula { return formula{recency: 1, importance: 1, relevance: 1, decay: 0.995} }

// code: recency = 0.99^rank, with ranks from 1 over all memories sorted by last
// access, the oldest first. So the stalest memory is the most recent one: the
// opposite of what the paper means, kept as it is for comparison.
func code() formula {
	return formula{recency: 0.5, importance: 2, relevance: 3, decay: 0.99, ranked: true}
}

// span is from the least to the most of a term over all candidates.
type span struct{ low, high float64 }

// nothing is the span of no values.
func nothing() span { return span{math.Inf(1), math.Inf(-1)} }

func (s *span) add(x float64) {
	if x < s.low {
		s.low = x
	}
	if x > s.high {
		s.high = x
	}
}

func (s *span) scale(x float64) float64 {
	if s.high <= s.low {
		return 0.5
	}
	return (x - s.low) / (s.high - s.low)
}

// spans are those of the three terms.
type spans struct{ recency, importance, relevance span }

// score of a candidate. The conversions forbid fused multiplication and
// addition, so that it is the same on every machine.
func (f *formula) score(s *spans, recency, importance, relevance float64) float64 {
	return float64(f.recency*s.recency.scale(recency)) +
		float64(f.importance*s.importance.scale(importance)) +
		float64(f.relevance*s.relevance.scale(relevance))
}

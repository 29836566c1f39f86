package curious

import (
	"cmp"
	"math"
	"slices"
)

// Priority of an experience that was replayed v times and whose surprise is L:
//
//	p = c·β^v + (|L| + ε)^α
//
// and Initial for one that was never replayed, so that it is seen soon. With
// the count ablation p is the first term alone, with the adversarial one the
// second. (The authors' code adds ε to the count-based priority as well: a
// constant, which changes no order.)
//
// Source: Kauvar, Doyle, Zhou and Haber 2023, "Curious Replay for Model-based
// Adaptation", ICML, arXiv:2306.15934, equation 1; c = 10⁴, β = 0.7, ε = 0.01,
// α = 0.7 and Initial = 10⁵ are its constants.
func (c *config) priority(replays int, surprise float64) float64 {
	if replays == 0 {
		return c.Initial
	}
	count := c.C * math.Pow(c.Beta, float64(replays))
	adversarial := math.Pow(math.Abs(surprise)+c.Epsilon, c.Alpha)
	switch c.Priority {
	case byCount:
		return count
	case byAdversarial:
		return adversarial
	}
	return count + adversarial
}

// rank is what decides an experience's place in the order of replay.
type rank struct {
	priority, surprise float64
	seq                int64
}

func (c *config) rank(t *trace) rank {
	return rank{c.priority(t.Replays, t.Surprise), t.Surprise, t.Seq}
}

// precedes orders experiences by priority, the highest first. Of equal ones the
// more surprising goes first, where surprise is measured, then the newer:
// experiences that were never replayed are all of one priority.
func precedes(a, b rank) int {
	return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(b.surprise, a.surprise), cmp.Compare(b.seq, a.seq))
}

// enqueue puts an experience in its place in the order of replay.
func (m *mind) enqueue(t *trace) {
	r := m.config.rank(t)
	at, _ := slices.BinarySearchFunc(m.order, r, precedes)
	m.order = slices.Insert(m.order, at, r)
}

// dequeue takes an experience out of the order of replay, before what decides
// its place changes.
func (m *mind) dequeue(t *trace) {
	if at, ok := slices.BinarySearchFunc(m.order, m.config.rank(t), precedes); ok {
		m.order = slices.Delete(m.order, at, at+1)
	}
}

// foremost are the experiences that are replayed first.
func (m *mind) foremost(count int) []*trace {
	var out []*trace
	for _, r := range m.order[:min(len(m.order), count)] {
		out = append(out, m.traces[m.at(r.seq)])
	}
	return out
}

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

// precedes orders experiences by priority, the highest first. Of equal ones the
// more surprising goes first, where surprise is measured, then the newer:
// experiences that were never replayed are all of one priority.
func precedes(a, b *trace) int {
	return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(b.Surprise, a.Surprise), cmp.Compare(b.Seq, a.Seq))
}

// enqueue puts an experience in its place in the order of replay.
func (m *mind) enqueue(t *trace) {
	t.priority = m.config.priority(t.Replays, t.Surprise)
	at, _ := slices.BinarySearchFunc(m.order, t, precedes)
	m.order = slices.Insert(m.order, at, t)
}

// dequeue takes an experience out of the order of replay, before what decides
// its place changes.
func (m *mind) dequeue(t *trace) {
	if at, ok := slices.BinarySearchFunc(m.order, t, precedes); ok {
		m.order = slices.Delete(m.order, at, at+1)
	}
}

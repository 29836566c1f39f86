package pool

import (
	"math/bits"
	"time"
)

// Stats says how a model is doing.
type Stats struct {
	Queued   int           // calls that wait for a slot now
	InFlight int           // requests at servers now
	Slots    int           // of all endpoints
	Calls    int64         // answered
	Failures int64         // tries that failed and could be tried again
	Service  time.Duration // sum of the time that requests held a slot
	Latency  Histogram     // of answered requests
}

// Stats of an entry; zero for a name that was not given.
func (p *Pool) Stats(name string) Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.models {
		if m.Name != name {
			continue
		}
		out := m.stats
		out.Queued = m.queue.Len()
		for _, s := range m.seats {
			out.InFlight += s.inFlight
			out.Slots += m.Parallel
		}
		return out
	}
	return Stats{}
}

// Histogram counts durations in buckets that each are a quarter wider than the
// one before, from microseconds to hours.
type Histogram struct{ buckets [40 * perDoubling]int64 }

const perDoubling = 4

func (h *Histogram) add(d time.Duration) { h.buckets[bucketOf(d)]++ }

// bucketOf: the position of the highest bit, and the two bits below it.
func bucketOf(d time.Duration) int {
	us := uint64(max(d.Microseconds(), 0)) + perDoubling
	high := bits.Len64(us) - 1
	i := (high-2)*perDoubling + int(us>>(high-2))&(perDoubling-1)
	return min(i, len(Histogram{}.buckets)-1)
}

// floor is the least duration of a bucket.
func floor(i int) time.Duration {
	high, part := i/perDoubling+2, i%perDoubling
	us := uint64(perDoubling+part) << (high - 2)
	return time.Duration(us-perDoubling) * time.Microsecond
}

// Count is how many durations there are.
func (h *Histogram) Count() (n int64) {
	for _, c := range h.buckets {
		n += c
	}
	return n
}

// Quantile is the duration below which a share q of all lie, exact to a
// quarter; 0 when there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank, seen := int64(q*float64(h.Count())), int64(0)
	for i, c := range h.buckets {
		if seen += c; c > 0 && seen > rank || seen == h.Count() && seen > 0 {
			return floor(i + 1)
		}
	}
	return 0
}

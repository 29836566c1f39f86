package quality

import (
	"math"
	"strings"
)

// CapOptions of a Cap. Where a field is 0 its default holds.
type CapOptions struct {
	// Most times that one speaker's same short text is kept; 50. With Share it is
	// the larger of the two that holds.
	Most int
	// Share of all that a speaker says, 0 to 1, that the same short text may be.
	Share float64
	// Runes of the longest text that counts as short, punctuation left out; 24.
	// Longer ones that are the same are what deduplication is for.
	Runes int
}

const (
	capMost  = 50
	capRunes = 24
)

// Cap keeps "ок", "+" and "спасибо" from being most of what a model learns,
// without deleting them. All messages are given to Count first, then in the same
// order to Keep, which keeps as many as the cap allows, spread evenly over all
// of them: which ones depends on nothing but the messages. Without Count it keeps
// the first.
//
// Its memory does not grow with the number of messages, but for 20 bytes or so
// for each text that is over its cap and for each speaker. It is not safe for
// concurrent use.
type Cap struct {
	most, runes int
	share       float64
	totals      sketch
	speakers    map[string]uint64
	over        map[uint64]progress
	counting    bool
}

// progress is where a text over its cap stands.
type progress struct{ seen, total, limit uint64 }

// NewCap makes a Cap.
func NewCap(o CapOptions) *Cap {
	c := &Cap{most: o.Most, runes: o.Runes, share: o.Share, speakers: map[string]uint64{}, over: map[uint64]progress{}}
	if c.most <= 0 {
		c.most = capMost
	}
	if c.runes <= 0 {
		c.runes = capRunes
	}
	return c
}

// Count takes a message that would be kept otherwise.
func (c *Cap) Count(speaker, text string) {
	if _, ok := c.speakers[speaker]; !ok {
		speaker = strings.Clone(speaker)
	}
	c.speakers[speaker]++
	c.counting = true
	if h, n := normal(text); n <= c.runes {
		c.totals.add(hashWith(speaker, h))
	}
}

// Keep reports whether a message is kept.
func (c *Cap) Keep(speaker, text string) bool {
	h, n := normal(text)
	if n > c.runes {
		return true
	}
	h = hashWith(speaker, h)
	limit := max(uint64(c.most), uint64(math.Ceil(c.share*float64(c.speakers[speaker]))))
	if !c.counting {
		return c.totals.add(h) <= limit
	}
	p, ok := c.over[h]
	if !ok {
		p = progress{total: c.totals.get(h), limit: limit}
		if p.total <= limit {
			return true
		}
	}
	keep := p.seen*p.limit%p.total < p.limit
	p.seen++
	c.over[h] = p
	return keep
}

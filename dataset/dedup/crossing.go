package dedup

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/llm-city/gorod/dataset/dedup/spill"
	"github.com/llm-city/gorod/dataset/forest"
)

// Crossing is what texts of different groups have in common.
type Crossing struct {
	Largest  float64   `json:"largest"` // Jaccard similarity between texts of two groups, 0 where nothing was found
	Pair     [2]uint32 `json:"pair"`    // the items that have it, the earliest if there are several
	Clusters int       `json:"clusters"`
	// Bounded is how many buckets were so large that not every pair of theirs
	// was looked at.
	Bounded int `json:"bounded"`
	// Near are the pairs of near-duplicates that tie the clusters together.
	Near [][2]uint32 `json:"-"`
}

// Groups says to which group an item belongs, by a number below 8.
type Groups func(item uint32) uint8

// bucketPairs bounds the estimates of one bucket.
const bucketPairs = 1 << 24

// Crossing finds the most alike texts of different groups, down to the
// thresholds of the options, and counts the clusters of near-duplicates by rule
// that lie in more than one group. The similarity is exact; that no pair is
// overlooked is as likely as Banding.Probability says.
func (d *Dedup) Crossing(ctx context.Context, text Text, groups Groups, rule Options) (Crossing, error) {
	rule, err := rule.complete()
	if err != nil {
		return Crossing{}, err
	}
	if err := d.seal(); err != nil {
		return Crossing{}, err
	}
	c := newClusters(d.items)
	if err := d.equal(ctx, c); err != nil {
		return Crossing{}, err
	}
	total := crossings{groups: groups, rule: &rule, said: make([]uint8, len(c.of))}
	for i, root := range c.of {
		item := uint32(i)
		total.said[root] |= 1 << groups(item)
		if groups(root) != groups(item) {
			total.found(root, item, 1, true)
		}
	}
	pools := d.verifiers(text)
	for _, b := range d.bands {
		if err := d.crossing(ctx, c, b, pools[b.class], &total); err != nil {
			return Crossing{}, err
		}
	}
	return total.result(c.of), nil
}

// crossing looks at one band.
func (d *Dedup) crossing(ctx context.Context, c *Clusters, b band, pool *verifiers, total *crossings) error {
	var mu sync.Mutex
	known := total.Largest
	return d.parts(ctx, b.part, bandParts, func(records []spill.Record) error {
		v := pool.get()
		defer pool.put(v)
		part := crossings{groups: total.groups, rule: total.rule, said: total.said}
		part.Largest = known
		err := spill.Groups(records, false, func(group []spill.Record) error { return v.across(c, group, &part, known) })
		mu.Lock()
		defer mu.Unlock()
		total.add(&part)
		return err
	})
}

// crossings gathers pairs of different groups.
type crossings struct {
	Crossing
	groups Groups
	rule   *Options
	said   []uint8 // for each text, by its earliest item, a bit for each group that has it
	near   [][2]uint32
	table  table
	others []int // for each member of a bucket, how many before it are of other groups
}

// apart reports whether several groups have a text.
func (s *crossings) apart(item uint32) bool { return s.said[item]&(s.said[item]-1) != 0 }

func (s *crossings) found(a, b uint32, similarity float64, near bool) {
	pair := [2]uint32{min(a, b), max(a, b)}
	if s.groups(a) == s.groups(b) {
		similarity = 0 // others with these texts are apart, and said to be already
	}
	if similarity > s.Largest || similarity == s.Largest && similarity > 0 && earlier(pair, s.Pair) {
		s.Largest, s.Pair = similarity, pair
	}
	if near {
		s.near = append(s.near, pair)
	}
}

// earlier orders pairs; the zero pair is none.
func earlier(a, b [2]uint32) bool {
	return b == [2]uint32{} || a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
}

func (s *crossings) add(part *crossings) {
	s.Bounded += part.Bounded
	s.near = append(s.near, part.near...)
	if part.Pair != [2]uint32{} {
		s.found(part.Pair[0], part.Pair[1], part.Largest, false)
	}
}

// result counts the clusters that the near-duplicates of different groups make,
// on top of those of equal texts.
func (s *crossings) result(equal forest.Forest) Crossing {
	for _, pair := range s.near {
		equal.Union(pair[0], pair[1])
	}
	roots := map[uint32]struct{}{}
	for _, pair := range s.near {
		roots[equal.Find(pair[0])] = struct{}{}
	}
	s.Clusters = len(roots)
	slices.SortFunc(s.near, func(a, b [2]uint32) int { return slices.Compare(a[:], b[:]) })
	s.Near = slices.Compact(s.near)
	return s.Crossing
}

// across compares the members of a bucket that are of different groups, unless
// their sketches say that the pair is neither a near-duplicate nor more alike
// than what is known.
func (v *verifier) across(c *Clusters, group []spill.Record, into *crossings, known float64) error {
	members := group[:0]
	for _, r := range group {
		if !c.Exact(r.Item) {
			members = append(members, r)
		}
	}
	pairs := into.arrange(members)
	if pairs == 0 {
		return nil
	}
	step := 1 + pairs/bucketPairs
	if step > 1 {
		into.Bounded++
	}
	least := max(v.rule.Threshold, min(known, into.rule.least())) - sketchSlack
	for i := range members {
		v.keep()
		for j := i % step; j < into.others[i]; j += step {
			if estimate(&members[i], &members[j]) < least {
				continue
			}
			if err := v.measure(members[i], members[j], into); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrange orders members by their groups. It notes how many of those before a
// member are of others, which then come first, and tells their sum.
func (s *crossings) arrange(members []spill.Record) (pairs int) {
	same := func(a, b spill.Record) bool { return s.said[a.Item] == s.said[b.Item] }
	if !slices.ContainsFunc(members, func(r spill.Record) bool { return !same(r, members[0]) || s.apart(r.Item) }) {
		return 0
	}
	slices.SortFunc(members, func(a, b spill.Record) int {
		return cmp.Or(cmp.Compare(s.said[a.Item], s.said[b.Item]), cmp.Compare(a.Item, b.Item))
	})
	s.others = s.others[:0]
	for i, first := 0, 0; i < len(members); i++ {
		if !same(members[i], members[first]) {
			first = i
		}
		others := first
		if s.apart(members[i].Item) {
			others = i
		}
		s.others = append(s.others, others)
		pairs += others
	}
	return pairs
}

// measure compares a pair, if it has not just been.
func (v *verifier) measure(a, b spill.Record, into *crossings) error {
	pair := [2]uint32{a.Item, b.Item}
	slot := &v.measured[mix(uint64(a.Item)<<32|uint64(b.Item))%uint64(len(v.measured))]
	if *slot == pair {
		return nil
	}
	*slot = pair
	p, q, err := v.both(a.Item, b.Item)
	if err != nil {
		return err
	}
	if v.opts.class(min(p.length, q.length)) != v.class {
		return nil
	}
	similarity := p.similarity(&v.table, q)
	into.found(a.Item, b.Item, similarity, into.rule.near(similarity, p.length, q.length))
	return nil
}

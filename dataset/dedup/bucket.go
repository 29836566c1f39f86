package dedup

import (
	"fmt"
	"sync"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// Of a bucket, every item is compared with so many before it: those that first
// said something new, and the nearest. Buckets that are no larger are compared
// throughout; in larger ones, of texts made by a template, that keeps the work
// linear.
const (
	leaders = 48
	nearest = 16
)

// sketchSlack is how far below the threshold an estimate may be for the texts to
// be read and compared.
const sketchSlack = 0.2

// verifier finds the duplicates among the items of a bucket.
type verifier struct {
	rule     Class
	opts     *Options
	class    int
	text     Text
	normal   *normalizer
	table    table
	current  profiled   // of the member that is compared with those before it
	profiles []profiled // of those, by the end of their number
	local    []int32    // union-find over the places in a bucket
	lead     []int32
	roots    map[uint32]int32
	pairs    [][2]uint32
	measured [][2]uint32 // pairs of other bands
}

// profiled is a profile kept from the last comparison.
type profiled struct {
	profile
	item  uint32
	known bool
}

const (
	profilesKept = 256
	pairsKept    = 1 << 14
)

// verifiers keeps those that are idle.
type verifiers struct {
	mu   sync.Mutex
	idle []*verifier
	make func() *verifier
}

// verifiers are those of each class.
func (d *Dedup) verifiers(text Text) []*verifiers {
	out := make([]*verifiers, len(d.opts.Classes))
	for class := range out {
		out[class] = &verifiers{make: func() *verifier {
			return &verifier{
				rule: d.opts.Classes[class], opts: &d.opts, class: class, text: text,
				normal: newNormalizer(), profiles: make([]profiled, profilesKept), roots: map[uint32]int32{},
				measured: make([][2]uint32, pairsKept),
			}
		}}
	}
	return out
}

func (p *verifiers) get() *verifier {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		v := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return v
	}
	return p.make()
}

func (p *verifiers) put(v *verifier) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, v)
}

// bucket adds to pairs what is to be joined of items that share a band.
func (v *verifier) bucket(c *Clusters, group []spill.Record) error {
	members := group[:0]
	for _, r := range group {
		if !c.Exact(r.Item) { // the earliest of the same text stands for it
			members = append(members, r)
		}
	}
	if len(members) < 2 || len(members) == 2 && c.of[members[0].Item] == c.of[members[1].Item] {
		return nil
	}
	if !v.begin(c, members) {
		return nil
	}
	for i := range members {
		if err := v.compare(members, int32(i)); err != nil {
			return err
		}
	}
	return nil
}

// begin notes which members are joined already; it reports whether there are
// others.
func (v *verifier) begin(c *Clusters, members []spill.Record) bool {
	clear(v.roots)
	v.local, v.lead = v.local[:0], v.lead[:0]
	for i, r := range members {
		root := c.of[r.Item]
		first, ok := v.roots[root]
		if !ok {
			first = int32(i)
			v.roots[root] = first
		}
		v.local = append(v.local, first)
	}
	return len(v.roots) > 1
}

func (v *verifier) find(i int32) int32 {
	for v.local[i] != i {
		v.local[i] = v.local[v.local[i]]
		i = v.local[i]
	}
	return i
}

// compare looks for the duplicates of a member among those before it.
func (v *verifier) compare(members []spill.Record, i int32) error {
	v.keep()
	alone := true
	try := func(j int32) error {
		if v.find(i) == v.find(j) {
			alone = false
			return nil
		}
		same, err := v.duplicates(members[i], members[j])
		if err != nil || !same {
			return err
		}
		alone = false
		v.local[v.find(i)] = v.find(j)
		v.pairs = append(v.pairs, [2]uint32{members[j].Item, members[i].Item})
		return nil
	}
	for _, j := range v.lead {
		if err := try(j); err != nil {
			return err
		}
	}
	for j := max(0, i-nearest); j < i; j++ {
		if err := try(j); err != nil {
			return err
		}
	}
	if len(v.lead) < leaders && (alone || len(members) <= leaders) {
		v.lead = append(v.lead, i)
	}
	return nil
}

func (v *verifier) duplicates(a, b spill.Record) (bool, error) {
	guess := estimate(&a, &b)
	if v.text == nil {
		return guess >= v.rule.Threshold, nil
	}
	if guess < v.rule.Threshold-sketchSlack {
		return false, nil
	}
	p, q, err := v.both(a.Item, b.Item)
	if err != nil {
		return false, err
	}
	if v.opts.class(min(p.length, q.length)) != v.class { // the class above finds it
		return false, nil
	}
	return v.rule.holds(p.similarity(&v.table, q), p.length, q.length), nil
}

// both are the profiles of the current member and of one before it.
func (v *verifier) both(current, other uint32) (*profile, *profile, error) {
	if err := v.read(&v.current, current); err != nil {
		return nil, nil, err
	}
	q := &v.profiles[other%profilesKept]
	if err := v.read(q, other); err != nil {
		return nil, nil, err
	}
	return &v.current.profile, &q.profile, nil
}

// read makes p the profile of an item, if it is not that already.
func (v *verifier) read(p *profiled, item uint32) error {
	if p.known && p.item == item {
		return nil
	}
	text, err := v.text(item)
	if err != nil {
		return fmt.Errorf("text of item %d: %w", item, err)
	}
	p.item, p.known = item, true
	p.take(&v.table, v.normal.normalize([]byte(text)), v.rule.Shingle)
	return nil
}

// keep puts the profile of the member just compared where later ones find it.
func (v *verifier) keep() {
	if v.current.known {
		slot := &v.profiles[v.current.item%profilesKept]
		*slot, v.current = v.current, *slot
		v.current.known = false
	}
}

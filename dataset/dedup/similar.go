package dedup

import "math/bits"

// Comparer tells how alike two texts are. It is for one goroutine.
type Comparer struct {
	opts   Options
	normal *normalizer
	a, b   []rune
	sets   [2]profile
	table  table
}

// NewComparer compares by the rules of the options.
func NewComparer(opts Options) (*Comparer, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	return &Comparer{opts: opts, normal: newNormalizer()}, nil
}

// Length is that of a text's normal form, in characters.
func (c *Comparer) Length(text string) int { return len(c.normal.normalize([]byte(text))) }

// Compare is the Jaccard similarity of the shingle sets of two texts, and
// whether they are duplicates. It is 1 for equal normal forms; where the shorter
// is below the first class, 0 for all others.
func (c *Comparer) Compare(a, b string) (similarity float64, duplicates bool) {
	c.a = append(c.a[:0], c.normal.normalize([]byte(a))...)
	c.b = append(c.b[:0], c.normal.normalize([]byte(b))...)
	short := min(len(c.a), len(c.b))
	if string(c.a) == string(c.b) {
		return 1, short >= c.opts.Alone
	}
	class := c.opts.class(short)
	if class < 0 || short < c.opts.Alone {
		return 0, false
	}
	rule := c.opts.Classes[class]
	c.sets[0].take(&c.table, c.a, rule.Shingle)
	c.sets[1].take(&c.table, c.b, rule.Shingle)
	similarity = c.sets[0].similarity(&c.table, &c.sets[1])
	return similarity, c.opts.near(similarity, len(c.a), len(c.b))
}

// holds reports whether texts so alike, of these lengths, are near-duplicates.
func (r Class) holds(similarity float64, a, b int) bool {
	return similarity >= r.Threshold && float64(min(a, b)) >= r.Threshold*float64(max(a, b))
}

// sampleFrom is the length in characters from which a text's shingles are
// sampled, so that the profile of a very long one is no larger.
const sampleFrom = 1 << 16

// profile is what of a text is compared.
type profile struct {
	length int      // of the normal form, in characters
	step   int      // a power of two: one in so many of all shingles that there can be
	set    []uint64 // no hash twice
}

func (p *profile) take(t *table, runes []rune, k int) {
	p.length = len(runes)
	p.step = 1 << bits.Len(uint(len(runes)/sampleFrom))
	p.set = shingles(p.set, runes, k)
	if p.step > 1 {
		p.set = sampled(p.set[:0], p.set, p.step)
	}
	p.set = t.set(p.set)
}

// similarity is the Jaccard similarity of two texts; of one that is sampled more
// thinly, on its sample.
func (p *profile) similarity(t *table, q *profile) float64 {
	if p.step == q.step {
		return t.jaccard(p.set, q.set)
	}
	step := max(p.step, q.step)
	return t.jaccard(sampled(nil, p.set, step), sampled(nil, q.set, step))
}

package stat

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Ranks gathers pairs of values in -1…1 for Spearman's rank correlation.
// Values are rounded to 1/Steps, so that what it holds does not grow with the
// pairs; pairs that are alike then share their rank, as ties do.
type Ranks struct {
	Steps int
	cells map[cell]float64
	n     float64
}

type cell struct{ x, y int16 }

// Add adds a pair.
func (r *Ranks) Add(x, y float64) {
	if r.cells == nil {
		r.cells = map[cell]float64{}
	}
	r.cells[cell{r.level(x), r.level(y)}]++
	r.n++
}

func (r *Ranks) level(x float64) int16 {
	return int16(math.Round(max(-1, min(x, 1)) * float64(r.Steps)))
}

// Spearman is the rank correlation, with mean ranks for ties; NaN where a side
// does not vary.
func (r *Ranks) Spearman() float64 {
	xs, ys := map[int16]float64{}, map[int16]float64{}
	for c, n := range r.cells {
		xs[c.x] += n
		ys[c.y] += n
	}
	xs, ys = midranks(xs), midranks(ys)
	middle := (r.n + 1) / 2
	var sxx, syy, sxy float64
	for _, c := range slices.SortedFunc(maps.Keys(r.cells), inOrder) { // sums of floats depend on their order
		n, dx, dy := r.cells[c], xs[c.x]-middle, ys[c.y]-middle
		sxx, syy, sxy = sxx+n*dx*dx, syy+n*dy*dy, sxy+n*dx*dy
	}
	return correlation(sxx, syy, sxy)
}

func inOrder(a, b cell) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) }

// midranks gives each level the mean of the ranks of its values.
func midranks(counts map[int16]float64) map[int16]float64 {
	out, before := make(map[int16]float64, len(counts)), 0.0
	for _, level := range slices.Sorted(maps.Keys(counts)) {
		out[level] = before + (counts[level]+1)/2
		before += counts[level]
	}
	return out
}

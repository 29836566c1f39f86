package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// games are verdicts counted by cell: the same two subjects in the same order,
// with the same length. A fit goes over cells, not over verdicts.
type games struct {
	subjects []string
	cells    []cell
	clusters [][]game // the verdicts of each
	// Which parameter is which: strengths come first; −1 where there is none.
	first, length, tie, parameters int
	ties                           bool
}

// cell is a kind of comparison, a below b.
type cell struct {
	a, b   int
	first  float64 // 1: a was shown first
	length float64 // in standard deviations
}

// game is a verdict: its cell, and 0 for a's win, 1 for a tie, 2 for b's.
type game struct{ cell, outcome int32 }

func newGames(verdicts []Verdict, of []int, clusters int, length bool) (g *games, spread float64) {
	g = &games{clusters: make([][]game, clusters), first: -1, length: -1, tie: -1}
	if length {
		spread = lengthSpread(verdicts)
	}
	for _, v := range verdicts {
		g.subjects = append(g.subjects, v.A, v.B)
	}
	slices.Sort(g.subjects)
	g.subjects = slices.Compact(g.subjects)
	all, outcomes := make([]cell, len(verdicts)), make([]int32, len(verdicts))
	order := false
	for i, v := range verdicts {
		all[i], outcomes[i] = g.cellOf(v, spread)
		order = order || v.First != 0
		g.ties = g.ties || outcomes[i] == 1
	}
	g.cells = slices.Clone(all)
	slices.SortFunc(g.cells, cell.compare)
	g.cells = slices.Compact(g.cells)
	for i, c := range all {
		at, _ := slices.BinarySearchFunc(g.cells, c, cell.compare)
		g.clusters[of[i]] = append(g.clusters[of[i]], game{int32(at), outcomes[i]})
	}
	g.number(order, spread > 0)
	return g, spread
}

// lengthSpread is the standard deviation of lengths around 0, where lengths of
// equals are.
func lengthSpread(verdicts []Verdict) float64 {
	squares := make([]float64, len(verdicts))
	for i, v := range verdicts {
		squares[i] = v.Length * v.Length
	}
	return math.Sqrt(stat.Mean(squares, nil))
}

// number gives parameters their places.
func (g *games) number(order, length bool) {
	g.parameters = len(g.subjects)
	take := func(wanted bool) int {
		if !wanted {
			return -1
		}
		g.parameters++
		return g.parameters - 1
	}
	g.first, g.length, g.tie = take(order), take(length), take(g.ties)
}

// cellOf turns a verdict so that the first subject comes first by name.
func (g *games) cellOf(v Verdict, spread float64) (cell, int32) {
	a, _ := slices.BinarySearch(g.subjects, v.A)
	b, _ := slices.BinarySearch(g.subjects, v.B)
	c := cell{a: a, b: b, first: float64(v.First)}
	if spread > 0 {
		c.length = v.Length / spread
	}
	outcome := int32(2 - 2*v.Score)
	if a > b {
		c = cell{a: b, b: a, first: -c.first, length: -c.length}
		outcome = 2 - outcome
	}
	return c, outcome
}

func (c cell) compare(d cell) int {
	return cmp.Or(cmp.Compare(c.a, d.a), cmp.Compare(c.b, d.b), cmp.Compare(c.first, d.first), cmp.Compare(c.length, d.length))
}

// counts are wins of a, ties and wins of b by cell.
func (g *games) counts() [][3]float64 {
	out := make([][3]float64, len(g.cells))
	for _, games := range g.clusters {
		for _, v := range games {
			out[v.cell][v.outcome]++
		}
	}
	return out
}

// resample counts as many clusters as there are, drawn with replacement.
func (g *games) resample(stream *rand.PCG, counts [][3]float64) {
	clear(counts)
	drawn(stream, len(g.clusters), func(i uint64) {
		for _, v := range g.clusters[i] {
			counts[v.cell][v.outcome]++
		}
	})
}

// finite says whether finite strengths are the likeliest: however subjects are
// divided in two, somebody of each half beat, or tied with, somebody of the other
// (Ford 1957, American Mathematical Monthly 64:28).
func (g *games) finite(counts [][3]float64) bool {
	up, down := make([][]int, len(g.subjects)), make([][]int, len(g.subjects))
	edge := func(from, to int) { up[from], down[to] = append(up[from], to), append(down[to], from) }
	for i, n := range counts {
		c := g.cells[i]
		if n[0] > 0 || n[1] > 0 {
			edge(c.a, c.b)
		}
		if n[2] > 0 || n[1] > 0 {
			edge(c.b, c.a)
		}
	}
	return reaches(up) && reaches(down)
}

// reaches says whether everybody can be got to from the first.
func reaches(edges [][]int) bool {
	seen, queue := make([]bool, len(edges)), []int{0}
	seen[0] = true
	count := 1
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, to := range edges[at] {
			if !seen[to] {
				seen[to] = true
				count++
				queue = append(queue, to)
			}
		}
	}
	return count == len(edges)
}

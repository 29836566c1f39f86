package stats

import (
	"math"
	"math/rand/v2"
)

// Sums is a table of sums: a row for each cluster, and what is summed over its
// items in the columns. Many statistics are functions of the column totals (a
// mean of the sum and the number, a variance of those of squares, an F-score of
// the counts of a confusion matrix), and resampling clusters is then adding rows.
type Sums struct {
	columns int
	cells   []float64 // row by row
	items   int
}

// NewSums is a table of so many clusters and columns.
func NewSums(clusters, columns int) *Sums {
	return &Sums{columns: columns, cells: make([]float64, clusters*columns)}
}

// Add counts an item of a cluster: values are added to the columns, in order.
func (s *Sums) Add(cluster int, values ...float64) {
	s.items++
	row := s.row(cluster)
	for i, v := range values {
		row[i] += v
	}
}

func (s *Sums) row(i int) []float64 { return s.cells[i*s.columns : (i+1)*s.columns] }

func (s *Sums) clusters() int { return len(s.cells) / s.columns }

// mostUnits is how many clusters are resampled, or flipped, one by one. More are
// taken together: sums of several independent clusters are as independent, and the
// interval is the same but for what resampling adds to it.
const mostUnits = 20_000

// together is how many of n clusters make a unit.
func together(n int) int { return (n + mostUnits - 1) / mostUnits }

// coarse is the table with its rows added up to no more than mostUnits.
func (s *Sums) coarse() *Sums {
	k := s.clusters()
	each := together(k)
	if each <= 1 {
		return s
	}
	out := NewSums((k+each-1)/each, s.columns)
	for i := range k {
		row := out.row(i / each)
		for j, v := range s.row(i) {
			row[j] += v
		}
	}
	out.items = s.items
	return out
}

// totals are the sums over all clusters.
func (s *Sums) totals() []float64 {
	out := make([]float64, s.columns)
	for i := range s.clusters() {
		for j, v := range s.row(i) {
			out[j] += v
		}
	}
	return out
}

// Of is a statistic of column totals; not ok where it is undefined. It is called
// from several goroutines and keeps nothing of totals.
type Of func(totals []float64) (value float64, ok bool)

// defined is NaN where the statistic is undefined, within this package only.
func (f Of) defined(totals []float64) float64 {
	if v, ok := f(totals); ok {
		return v
	}
	return math.NaN()
}

// bootstrap are the values of each statistic in resamples of clusters.
func (s *Sums) bootstrap(n int, random *rand.Rand, of []Of) [][]float64 {
	out := make([][]float64, len(of))
	for i := range out {
		out[i] = make([]float64, n)
	}
	inBlocks(n, random, func() func(*rand.PCG, int, int) {
		sum := make([]float64, s.columns)
		return func(stream *rand.PCG, from, to int) {
			for r := from; r < to; r++ {
				s.resample(stream, sum)
				for i, f := range of {
					out[i][r] = f.defined(sum)
				}
			}
		}
	})
	return out
}

// resample adds up as many rows as there are, drawn with replacement. Two columns
// are most of all cases, and the loops are where the time goes.
func (s *Sums) resample(stream *rand.PCG, sum []float64) {
	if s.columns == 2 {
		sum[0], sum[1] = resample2(stream, s.cells)
		return
	}
	clear(sum)
	rows, columns := s.clusters(), uint64(s.columns)
	below := uint64(rows)
	add := func(i uint64) {
		row := s.cells[i*columns:][:len(sum)]
		for j := range sum {
			sum[j] += row[j]
		}
	}
	for range rows / 2 {
		u := stream.Uint64()
		add((u >> 32) * below >> 32)
		add((u & 0xffffffff) * below >> 32)
	}
	if rows%2 == 1 {
		add((stream.Uint64() >> 32) * below >> 32)
	}
}

func resample2(stream *rand.PCG, cells []float64) (x, y float64) {
	rows := len(cells) / 2
	below := uint64(rows)
	var x2, y2 float64 // a second pair of sums: additions need not wait for each other
	for range rows / 2 {
		u := stream.Uint64()
		i, j := (u>>32)*below>>32*2, (u&0xffffffff)*below>>32*2
		x += cells[i]
		y += cells[i+1]
		x2 += cells[j]
		y2 += cells[j+1]
	}
	if rows%2 == 1 {
		i := (stream.Uint64() >> 32) * below >> 32 * 2
		x += cells[i]
		y += cells[i+1]
	}
	return x + x2, y + y2
}

// jackknife are the values of the statistic without each cluster in turn.
func (s *Sums) jackknife(stat Of) []float64 {
	totals, out, without := s.totals(), make([]float64, s.clusters()), make([]float64, s.columns)
	for i := range out {
		for j, v := range s.row(i) {
			without[j] = totals[j] - v
		}
		out[i] = stat.defined(without)
	}
	return out
}

// BCa is a statistic of the totals with its bootstrap interval, clusters
// resampled.
func (s *Sums) BCa(o Options, of Of) Estimate { return s.BCaAll(o, of)[0] }

// BCaAll are several statistics with the same resamples, at little more than the
// price of one.
func (s *Sums) BCaAll(o Options, of ...Of) []Estimate {
	out := make([]Estimate, len(of))
	totals, resampled := s.totals(), false
	for i, f := range of {
		out[i] = s.estimate(o, totals, f)
		resampled = resampled || out[i].Open == ""
	}
	if !resampled {
		return out
	}
	units := s.coarse()
	boot := units.bootstrap(o.resamples(), o.random(), of)
	for i, f := range of {
		if out[i].Open == "" {
			out[i] = o.interval(out[i], boot[i], units.jackknife(f))
		}
	}
	return out
}

// estimate is a statistic without its interval, or why there is none.
func (s *Sums) estimate(o Options, totals []float64, of Of) Estimate {
	e := Estimate{Method: o.bca(s.clusters()), N: s.items, Clusters: s.clusters()}
	value, ok := of(totals)
	switch e.Value = value; {
	case s.items == 0:
		return none(e.Method, 0, 0, NoItems)
	case !ok:
		return none(e.Method, s.items, s.clusters(), Undefined)
	case s.items == 1:
		e.Open = OneItem
	case s.clusters() == 1:
		e.Open = OneCluster
	}
	return e.checked()
}

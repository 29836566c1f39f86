package stats

import "math"

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

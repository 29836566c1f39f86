package stats

import "math/rand/v2"

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

// resample adds up as many rows as there are, drawn with replacement. One or two
// columns are most of all cases, and the loops are where the time goes.
func (s *Sums) resample(stream *rand.PCG, sum []float64) {
	switch s.columns {
	case 1:
		sum[0] = resample1(stream, s.cells)
		return
	case 2:
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

func resample1(stream *rand.PCG, cells []float64) (x float64) {
	below := uint64(len(cells))
	var x2 float64 // a second sum: additions need not wait for each other
	for range len(cells) / 2 {
		u := stream.Uint64()
		x += cells[(u>>32)*below>>32]
		x2 += cells[(u&0xffffffff)*below>>32]
	}
	if len(cells)%2 == 1 {
		x += cells[(stream.Uint64()>>32)*below>>32]
	}
	return x + x2
}

func resample2(stream *rand.PCG, cells []float64) (x, y float64) {
	rows := len(cells) / 2
	below := uint64(rows)
	var x2, y2 float64
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

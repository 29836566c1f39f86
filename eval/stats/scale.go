package stats

import "math"

// nominal sums up the number of each value, and observed disagreement.
func nominal(units []unit, values []float64, of []int, clusters int) (*Sums, Of) {
	sums := NewSums(clusters, len(values)+1)
	for i, u := range units {
		row, m, same := u.tally(values), float64(len(u.values)), 0.0
		for _, n := range row {
			same += n * n
		}
		sums.Add(of[i], append(row, (m*m-same)/(m-1))...)
	}
	return sums, func(t []float64) (float64, bool) {
		last := len(t) - 1
		var n, same float64
		for _, c := range t[:last] {
			n += c
			same += c * c
		}
		return 1 - (n-1)*t[last]/(n*n-same), n*n > same
	}
}

// interval sums up n, Σx, Σx² and observed disagreement, x being measured from
// the mean of all.
func interval(units []unit, of []int, clusters int) (*Sums, Of) {
	middle, count := 0.0, 0.0
	for _, u := range units {
		for _, v := range u.values {
			count++
			middle += (v - middle) / count
		}
	}
	sums := NewSums(clusters, 4)
	for i, u := range units {
		var x, xx float64
		m := float64(len(u.values))
		for _, v := range u.values {
			x += v - middle
			xx += (v - middle) * (v - middle)
		}
		sums.Add(of[i], m, x, xx, 2*max(0, m*xx-x*x)/(m-1))
	}
	return sums, func(t []float64) (float64, bool) {
		n, expected := t[0], 2*(t[0]*t[2]-t[1]*t[1])
		return 1 - (n-1)*t[3]/expected, expected > 1e-12*n*t[2]
	}
}

// ordinal sums up the coincidences of each two values: distances depend on how
// many ratings lie between, and change with the resample.
func ordinal(units []unit, values []float64, of []int, clusters int) (*Sums, Of) {
	v := len(values)
	sums := NewSums(clusters, v*v)
	for i, u := range units {
		row, n := make([]float64, v*v), u.tally(values)
		for c := range v {
			for k := range v {
				row[c*v+k] = n[c] * (n[k] - indicator(c == k)) / float64(len(u.values)-1)
			}
		}
		sums.Add(of[i], row...)
	}
	return sums, func(t []float64) (float64, bool) { return ordinalAlpha(t, v) }
}

func ordinalAlpha(t []float64, v int) (float64, bool) {
	var margin, before [ordinalValues + 1]float64 // before: how many ratings are lower
	for c := range v {
		for k := range v {
			margin[c] += t[c*v+k]
		}
		before[c+1] = before[c] + margin[c]
	}
	var observed, expected float64
	for c := range v {
		for k := c + 1; k < v; k++ {
			d := before[k+1] - before[c] - (margin[c]+margin[k])/2
			observed += t[c*v+k] * d * d
			expected += margin[c] * margin[k] * d * d
		}
	}
	n := before[v]
	alpha := 1 - (n-1)*observed/expected
	return alpha, expected > 0 && !math.IsInf(alpha, 0)
}

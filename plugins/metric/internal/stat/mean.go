package stat

import "math"

// Mean gathers values for their mean and variance (Welford 1962).
type Mean struct {
	N    int
	mean float64
	m2   float64
}

// Add adds a value.
func (m *Mean) Add(x float64) {
	m.N++
	d := x - m.mean
	m.mean += d / float64(m.N)
	m.m2 += d * (x - m.mean)
}

// Value is the mean.
func (m *Mean) Value() float64 {
	if m.N == 0 {
		return math.NaN()
	}
	return m.mean
}

// Variance is that of the values as a whole population.
func (m *Mean) Variance() float64 {
	if m.N == 0 {
		return math.NaN()
	}
	return m.m2 / float64(m.N)
}

// Error is the standard error of the mean.
func (m *Mean) Error() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return math.Sqrt(m.m2 / float64(m.N-1) / float64(m.N))
}

// P is the two-sided p-value of Student's t-test that the mean is 0.
func (m *Mean) P() float64 { return pOf(m.Value(), m.Error(), float64(m.N-1)) }

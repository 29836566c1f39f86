package vectors

import "math"

// Dot is the dot product of query with a row, summed in float64 in four lanes.
// Products of two float32 are exact in float64, so that it is the same on every
// machine, whether it fuses multiplication and addition or not. Query must be of
// the table's dimension.
func (t *Table) Dot(query []float32, row int) float64 {
	a, b := t.Vector(row), query[:t.dim]
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		x, y := (*[4]float32)(a), (*[4]float32)(b)
		s0 += float64(x[0]) * float64(y[0])
		s1 += float64(x[1]) * float64(y[1])
		s2 += float64(x[2]) * float64(y[2])
		s3 += float64(x[3]) * float64(y[3])
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += float64(a[i]) * float64(b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// rounding bounds by how much a sum of float32 products of unit vectors may be
// off: an addition's rounding for each coordinate of a lane, and a few more.
func rounding(dim int) float64 { return float64(dim/8+8) * 0x1p-24 }

// Estimate is Dots in less time: no estimate is farther than within from Dot of
// its row. A search takes the rows whose estimates might be good enough and
// compares those by Dot.
func (t *Table) Estimate(query, into []float32) (estimates []float32, within float64) {
	norm := math.Sqrt(square(query))
	if t.packed == nil || len(query) != t.dim || norm == 0 || math.IsInf(norm, 0) || math.IsNaN(norm) {
		return t.Dots(query, into), rounding(t.dim) * (1 + unitWithin) * norm
	}
	p := t.packed
	whole := make([]int64, len(query))
	var missed float64 // square of the distance of the query from its whole numbers
	for i, x := range query {
		n, off := p.round(float64(x) / norm)
		whole[i] = n
		missed += off * off
	}
	into = resize(into, t.Len())
	unit := norm / (p.scale * p.scale)
	blocks := (t.Len() + lanes - 1) / lanes
	split(blocks, t.dim, func(from, to int) {
		for b := from; b < to; b++ {
			products := unpack(sum(p.block(b), whole))
			for lane, row := 0, b*lanes; lane < lanes && row < len(into); lane, row = lane+1, row+1 {
				into[row] = float32(float64(products[lane]) * unit)
			}
		}
	})
	// With v = v' + r and q = q' + s: q·v - q'·v' = q·r + s·v'.
	within = p.rough + math.Sqrt(missed)*(1+unitWithin+p.rough)
	return into, (within + rounding(t.dim)) * norm
}

func square(v []float32) (sum float64) {
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return sum
}

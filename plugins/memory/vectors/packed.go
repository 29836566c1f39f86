package vectors

import "math"

// A packed table is the vectors in whole numbers, three rows to a block: word j
// of a block holds coordinate j of its rows, 21 bits apart,
//
//	word = a + b·2²¹ + c·2⁴²
//
// so that one multiplication by a whole number serves three rows, and the sum of
// dim such products holds three dot products. They do not run into each other:
// by Cauchy-Schwarz no dot product, and none of its partial sums, exceeds the
// product of the norms, which the scale keeps below 2²⁰.
const (
	lanes    = 3
	laneBits = 21
	laneMax  = 1<<(laneBits-1) - 1
)

// packedFrom is the number of rows from which a table is packed: below it there
// is nothing to gain.
const packedFrom = 2048

// unitWithin is how far the norm of a unit vector may be from 1.
const unitWithin = 1e-3

type packed struct {
	dim   int
	scale float64 // a coordinate in whole numbers is round(scale · x)
	words []int64 // block by block
	rough float64 // no row's vector is farther than this from its whole numbers
}

func newPacked(dim int) *packed {
	off := math.Sqrt(float64(dim)) / 2 // norm of the largest error of rounding
	scale := math.Floor((math.Sqrt(laneMax) - off) / (1 + unitWithin))
	if scale < 1 {
		return nil // so many dimensions that nothing would be left
	}
	return &packed{dim: dim, scale: scale}
}

// set writes a row's whole numbers over what was there.
func (p *packed) set(row int, v []float32) {
	if row%lanes == 0 && row/lanes*p.dim == len(p.words) {
		p.words = append(p.words, make([]int64, p.dim)...)
	}
	block := p.block(row / lanes)
	lane := row % lanes
	var square float64
	for j, x := range v {
		n, off := p.round(float64(x))
		square += off * off
		split := unpack(block[j])
		split[lane] = n
		block[j] = split[0] + split[1]<<laneBits + split[2]<<(2*laneBits)
	}
	p.rough = max(p.rough, math.Sqrt(square))
}

// round gives a coordinate in whole numbers, and how far off that is.
func (p *packed) round(x float64) (n int64, off float64) {
	scaled := math.Round(x * p.scale)
	return int64(scaled), x - scaled/p.scale
}

func (p *packed) block(i int) []int64 { return p.words[i*p.dim : (i+1)*p.dim] }

// truncate leaves the first rows. What is left of others in the last block does
// no harm.
func (p *packed) truncate(rows int) { p.words = p.words[:(rows+lanes-1)/lanes*p.dim] }

// unpack takes the lanes of a word or of a sum of words apart.
func unpack(word int64) (out [lanes]int64) {
	for lane := range lanes {
		out[lane] = word << (64 - laneBits) >> (64 - laneBits)
		word = (word - out[lane]) >> laneBits
	}
	return out
}

// sum is the sum of products of a block's words: the rows' dot products, packed.
func sum(words, query []int64) int64 {
	var s0, s1, s2, s3 int64
	query = query[:len(words)]
	for len(words) >= 8 && len(query) >= 8 {
		x, y := (*[8]int64)(words), (*[8]int64)(query)
		s0 += x[0]*y[0] + x[4]*y[4]
		s1 += x[1]*y[1] + x[5]*y[5]
		s2 += x[2]*y[2] + x[6]*y[6]
		s3 += x[3]*y[3] + x[7]*y[7]
		words, query = words[8:], query[8:]
	}
	for i := range words {
		s0 += words[i] * query[i]
	}
	return s0 + s1 + s2 + s3
}

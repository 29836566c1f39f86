package network

import "math"

// interest shows what is nearest to what the resident is interested in: the
// cosine of the angle between the embeddings of the post and of the interests.
// A post that has none yet, or a resident without interests, gives 0.
type interest struct{ vectors *vectors }

func (i interest) score(o *onlooker, c candidate) float64 {
	return cosine(i.vectors.residents[o.place], i.vectors.posts[c.post.ID])
}

func cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	var dot, aa, bb float64
	for i, x := range a {
		y := b[i]
		dot += float64(float64(x) * float64(y)) // converted: never fused, so the same on every machine
		aa += float64(float64(x) * float64(x))
		bb += float64(float64(y) * float64(y))
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return dot / math.Sqrt(aa*bb)
}

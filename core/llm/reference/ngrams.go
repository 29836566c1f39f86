package reference

import (
	"math"

	"github.com/llm-city/gorod/plugins/text"
)

// dimensions of an embedding.
const dimensions = 256

// ngrams embeds a text by its character n-grams of 3 to 5, hashed with a sign
// into dimensions and scaled to unit length (Weinberger et al. 2009, "Feature
// hashing for large scale multitask learning"). Texts that share stems come
// close. A text without words is a fixed unit vector.
func ngrams(s string) []float32 {
	v := make([]float32, dimensions)
	for _, word := range text.Words(s, 1000) {
		runes := []rune("<" + word + ">")
		for n := 3; n <= 5; n++ {
			for i := 0; i+n <= len(runes); i++ {
				h := hash(runes[i : i+n])
				if h>>32&1 == 0 {
					v[h%dimensions]++
				} else {
					v[h%dimensions]--
				}
			}
		}
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		v[0] = 1
		return v
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
	return v
}

// hash is FNV-1a over runes.
func hash(runes []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return h ^ h>>29
}

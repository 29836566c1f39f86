package dedup

import (
	"math/bits"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// signer makes MinHash signatures by throwing every shingle into one bin of the
// signature and keeping the least hash of each, round after round until no bin
// is empty (Dahlgaard, Knudsen & Thorup 2017, "Fast similarity sketching").
// Values of earlier rounds are less, so that it does not matter to a bin how
// long others had to wait. Together that takes about k·ln k throws, or one per
// shingle of a longer text, where k permutations take k per shingle.
type signer struct{ bins []uint32 }

const (
	empty     = ^uint32(0)
	roundBits = 24 // of a value are the hash, the others the round
	maxRounds = 1<<(32-roundBits) - 1
)

func newSigner(hashes int) *signer { return &signer{bins: make([]uint32, hashes)} }

// sign is the signature of a text's shingles, good until the next call; nil
// where there are none. Of a text of one or two shingles a bin may stay empty
// in all rounds, as then in every such text.
func (s *signer) sign(shingles []uint64) []uint32 {
	if len(shingles) == 0 {
		return nil
	}
	for i := range s.bins {
		s.bins[i] = empty
	}
	left := len(s.bins)
	for round := uint64(0); left > 0 && round < maxRounds; round++ {
		left -= s.throw(shingles, round)
	}
	return s.bins
}

// throw is a round; it tells how many bins were filled.
func (s *signer) throw(shingles []uint64, round uint64) (filled int) {
	bins, k := s.bins, uint64(len(s.bins))
	for _, h := range shingles {
		h += round * rollBase
		h = (h ^ h>>32) * mixOne
		bin := &bins[h>>32*k>>32]
		if *bin == empty {
			filled++
		}
		*bin = min(*bin, uint32(round<<roundBits|h&(1<<roundBits-1)))
	}
	return filled
}

// sketchBits is the length of a sketch.
const sketchBits = 128

// sketch keeps one bit of each value of a signature, repeating those of a short
// one: enough to estimate a similarity to about 0.08.
func sketch(signature []uint32) (a, b uint64) {
	at, bit := 0, 0
	next := func() (bits uint64) {
		for i := range sketchBits / 2 {
			bits |= uint64(signature[at]>>bit&1) << i
			if at++; at == len(signature) {
				at, bit = 0, bit+1
			}
		}
		return bits
	}
	return next(), next()
}

// estimate is the Jaccard similarity that the sketches of two records tell, from
// -1 to 1.
func estimate(a, b *spill.Record) float64 {
	differ := bits.OnesCount64(a.More^b.More) + bits.OnesCount64(a.Rest^b.Rest)
	return 1 - 2*float64(differ)/sketchBits
}

// bandKey is what two texts have in common that share a band.
func bandKey(rows []uint32) uint64 {
	h := uint64(rollBase)
	for _, v := range rows {
		h = (h ^ uint64(v)) * mixTwo
		h ^= h >> 29
	}
	return mix(h)
}

package dedup

import "math/bits"

// signer makes MinHash signatures by one permutation: every shingle falls into
// one bin of the signature by the upper half of its hash, and the least lower
// half of a bin is its value. Bins that stay empty borrow from others by a
// sequence of their own, the same for all texts (Shrivastava 2017, "Optimal
// densification"). That takes one hash per shingle where k permutations take k.
type signer struct {
	bins  []uint32
	dense []uint32
	turns []uint8 // the first lenders of each bin's sequence
}

const (
	empty   = ^uint32(0)
	lenders = 8
)

func newSigner(hashes int) *signer {
	s := &signer{bins: make([]uint32, hashes), dense: make([]uint32, hashes), turns: make([]uint8, hashes*lenders)}
	for i := range s.turns {
		s.turns[i] = uint8(s.lender(i/lenders, i%lenders))
	}
	return s
}

// lender is the bin that an empty one borrows from at its n-th attempt.
func (s *signer) lender(bin, n int) int {
	return int(mix(uint64(bin)<<32+uint64(n)) >> 32 * uint64(len(s.bins)) >> 32)
}

// sign is the signature of a text's shingles, good until the next call; nil
// where there are none.
func (s *signer) sign(shingles []uint64) []uint32 {
	if len(shingles) == 0 {
		return nil
	}
	for i := range s.bins {
		s.bins[i] = empty
	}
	k := uint64(len(s.bins))
	for _, h := range shingles {
		bin := &s.bins[h>>32*k>>32]
		*bin = min(*bin, min(uint32(h), empty-1))
	}
	for i, v := range s.bins {
		if v == empty {
			v = s.borrow(i)
		}
		s.dense[i] = v
	}
	return s.dense
}

// borrow is the value of the first filled bin of an empty bin's sequence.
func (s *signer) borrow(bin int) uint32 {
	for _, lender := range s.turns[bin*lenders : (bin+1)*lenders] {
		if v := s.bins[lender]; v != empty {
			return v
		}
	}
	for n := lenders; ; n++ {
		if v := s.bins[s.lender(bin, n)]; v != empty {
			return v
		}
	}
}

// sketchBits is the length of a sketch.
const sketchBits = 64

// sketch keeps one bit of each value of a signature, repeating those of a short
// one: enough to estimate a similarity to about 0.1.
func sketch(signature []uint32) (bits uint64) {
	for i := range sketchBits {
		at := i % len(signature)
		bits |= uint64(signature[at]>>(i/len(signature))&1) << i
	}
	return bits
}

// estimate is the Jaccard similarity that two sketches tell, from -1 to 1.
func estimate(a, b uint64) float64 {
	return 1 - 2*float64(bits.OnesCount64(a^b))/sketchBits
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

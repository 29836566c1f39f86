package dedup

import "math/bits"

const (
	rollBase = 0x9e3779b97f4a7c15 // odd, so that windows of up to five characters hash apart
	mixOne   = 0xbf58476d1ce4e5b9
	mixTwo   = 0x94d049bb133111eb
)

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * mixOne
	x = (x ^ x>>27) * mixTwo
	return x ^ x>>31
}

// shingles are the hashes of all runs of k characters, repeats included; of a
// text that is shorter, of the whole.
func shingles(out []uint64, runes []rune, k int) []uint64 {
	out = out[:0]
	if len(runes) == 0 {
		return out
	}
	k = min(k, len(runes))
	var h uint64
	leaves := uint64(1) // weight of the character that leaves the window
	for _, r := range runes[:k] {
		h = h*rollBase + uint64(r)
	}
	for range k - 1 {
		leaves *= rollBase
	}
	out = append(out, mix(h))
	for i := k; i < len(runes); i++ {
		h = (h-uint64(runes[i-k])*leaves)*rollBase + uint64(runes[i])
		out = append(out, mix(h))
	}
	return out
}

// sampled adds one in every step of all hashes to out, the same for every text.
func sampled(out, hashes []uint64, step int) []uint64 {
	for _, h := range hashes {
		if h%uint64(step) == 0 {
			out = append(out, h)
		}
	}
	return out
}

// table is a set of hashes that is emptied at once.
type table struct {
	slots []slot
	round uint32 // slots of other rounds are empty
	shift int
}

type slot struct {
	hash  uint64
	round uint32
}

// begin empties the set and makes room for that many.
func (t *table) begin(count int) {
	if need := bits.Len(uint(2 * count)); 1<<need > len(t.slots) {
		t.slots, t.shift, t.round = make([]slot, 1<<need), 64-need, 0
	}
	if t.round++; t.round == 0 {
		clear(t.slots)
		t.round = 1
	}
}

// place is where a hash is or would be.
func (t *table) place(hash uint64) *slot {
	for i := hash >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		if s := &t.slots[i]; s.round != t.round || s.hash == hash {
			return s
		}
	}
}

// add reports whether a hash is new.
func (t *table) add(hash uint64) bool {
	s := t.place(hash)
	if s.round == t.round {
		return false
	}
	*s = slot{hash, t.round}
	return true
}

func (t *table) has(hash uint64) bool { return t.place(hash).round == t.round }

// set leaves every hash once.
func (t *table) set(hashes []uint64) []uint64 {
	t.begin(len(hashes))
	out := hashes[:0]
	for _, h := range hashes {
		if t.add(h) {
			out = append(out, h)
		}
	}
	return out
}

// jaccard is the similarity of two sets; of two empty ones it is 0.
func (t *table) jaccard(a, b []uint64) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	t.begin(len(a))
	for _, h := range a {
		t.add(h)
	}
	common := 0
	for _, h := range b {
		if t.has(h) {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

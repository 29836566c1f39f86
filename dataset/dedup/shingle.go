package dedup

import "slices"

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

// set is the sorted set of a text's shingles, sampled by step.
func set(out []uint64, runes []rune, k, step int) []uint64 {
	out = shingles(out, runes, k)
	if step > 1 {
		out = sampled(out[:0], out, step)
	}
	slices.Sort(out)
	return slices.Compact(out)
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

// jaccard is the similarity of two sorted sets; of two empty ones it is 0.
func jaccard(a, b []uint64) float64 {
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x == y {
			common++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	if len(a)+len(b) == 0 {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

package encoder

import (
	"iter"
	"slices"
)

// batches puts texts that are padded to the same length together, as their
// places among all; shorter ones come first. Texts without a token between the
// two that enclose each are in none.
func batches(encoded [][]uint32, lengths, counts []int) iter.Seq[[]int] {
	byLength := make([][]int, len(lengths))
	for i, tokens := range encoded {
		if len(tokens) > enclosing {
			at, _ := slices.BinarySearch(lengths, len(tokens))
			byLength[at] = append(byLength[at], i)
		}
	}
	return func(yield func([]int) bool) {
		for _, rows := range byLength {
			for len(rows) > 0 {
				n := fitting(len(rows), counts)
				if !yield(rows[:n]) {
					return
				}
				rows = rows[n:]
			}
		}
	}
}

// fitting is how many of n texts go into the next batch: as many as the largest
// of counts that they fill to three quarters, for the rest is padding.
func fitting(n int, counts []int) int {
	size := 1
	for _, count := range counts {
		if 4*n >= 3*count {
			size = min(n, count)
		}
	}
	return size
}

// The model is compiled once for each length and count of texts that it meets:
// there are few.

// paddedLengths are 16, 24, 32, 48, 64, 96, … up to most.
func paddedLengths(most int) []int {
	var out []int
	for n := 16; n < most; n *= 2 {
		out = append(out, n)
		if n*3/2 < most {
			out = append(out, n*3/2)
		}
	}
	return append(out, most)
}

// paddedCounts are 1, 4, 16, … up to most.
func paddedCounts(most int) []int {
	var out []int
	for n := 1; n < most; n *= 4 {
		out = append(out, n)
	}
	return append(out, most)
}

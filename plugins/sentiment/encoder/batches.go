package encoder

import (
	"iter"
	"slices"
)

// batches puts texts that are padded to the same length together, at most size
// in a batch, as their places among all; shorter ones come first. Texts without
// a token between the two that enclose each are in none.
func batches(encoded [][]uint32, lengths []int, size int) iter.Seq[[]int] {
	byLength := make([][]int, len(lengths))
	for i, tokens := range encoded {
		if len(tokens) > enclosing {
			at := bucket(len(tokens), lengths)
			byLength[at] = append(byLength[at], i)
		}
	}
	return func(yield func([]int) bool) {
		for _, rows := range byLength {
			for chunk := range slices.Chunk(rows, size) {
				if !yield(chunk) {
					return
				}
			}
		}
	}
}

// bucket is the place of the first size that holds n, which the last does.
func bucket(n int, sizes []int) int {
	at, _ := slices.BinarySearch(sizes, n)
	return min(at, len(sizes)-1)
}

// sizes are steps up to most: the model is compiled once for each that is met.
func sizes(from, factor, most int) []int {
	var out []int
	for n := from; n < most; n *= factor {
		out = append(out, n)
	}
	return append(out, most)
}

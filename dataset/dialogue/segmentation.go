package dialogue

// Pk is the error of a segmentation of n turns against a reference (Beeferman,
// Berger & Lafferty 1999): the share of pairs of turns k apart of which one
// segmentation says that they are of one topic and the other that they are not.
// Borders are the places before which a new topic begins, in order; k is half
// the mean length of the reference's topics. It is 0 for the same borders, and
// 0 where there is no such pair.
func Pk(reference, found []int, n int) float64 {
	return windowed(reference, found, n, func(r, f int) bool { return (r == 0) != (f == 0) })
}

// WindowDiff is the share of windows of k turns in which a segmentation has
// another number of borders than the reference (Pevzner & Hearst 2002), with k
// as in Pk.
func WindowDiff(reference, found []int, n int) float64 {
	return windowed(reference, found, n, func(r, f int) bool { return r != f })
}

func windowed(reference, found []int, n int, wrong func(reference, found int) bool) float64 {
	k := max(1, int(float64(n)/float64(len(reference)+1)/2+0.5))
	r, f := before(reference, n), before(found, n)
	errors, windows := 0, 0
	for i := 0; i+k < n; i++ {
		windows++
		if wrong(r[i+k]-r[i], f[i+k]-f[i]) {
			errors++
		}
	}
	if windows == 0 {
		return 0
	}
	return float64(errors) / float64(windows)
}

// before is for each turn how many borders stand at or before it.
func before(borders []int, n int) []int {
	out := make([]int, n)
	for _, b := range borders {
		if b > 0 && b < n {
			out[b]++
		}
	}
	for i := 1; i < n; i++ {
		out[i] += out[i-1]
	}
	return out
}

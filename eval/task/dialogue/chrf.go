package dialogue

import "unicode"

// Of chrF: character n-grams up to this length, and how much recall counts.
const (
	maxOrder = 6
	beta     = 2
)

// chrF is how much a reply has in common with a reference, 0 to 100: the F-score
// (1+β²)·P·R/(β²·P+R) of the precision and recall of character n-grams, each the
// mean over n = 1 … 6 of the lengths that both texts have, with β = 2 and without
// spaces (Popović 2015, "chrF: character n-gram F-score for automatic MT
// evaluation", WMT; the defaults of sacreBLEU 2).
func chrF(reply, reference string) float64 {
	a, b := letters(reply), letters(reference)
	precision, recall, orders := 0.0, 0.0, 0.0
	for n := 1; n <= maxOrder; n++ {
		inA, inB := len(a)-n+1, len(b)-n+1
		if inA < 1 || inB < 1 {
			break
		}
		same := float64(common(a, b, n))
		precision += same / float64(inA)
		recall += same / float64(inB)
		orders++
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/orders, recall/orders
	return 100 * (1 + beta*beta) * precision * recall / (beta*beta*precision + recall)
}

func letters(s string) []rune {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if !unicode.IsSpace(r) {
			out = append(out, r)
		}
	}
	return out
}

// common is how many n-grams two texts share, each as often as both have it.
func common(a, b []rune, n int) int {
	have := map[[maxOrder]rune]int{}
	gram := func(of []rune, i int) (g [maxOrder]rune) {
		copy(g[:], of[i:i+n])
		return g
	}
	for i := 0; i+n <= len(a); i++ {
		have[gram(a, i)]++
	}
	same := 0
	for i := 0; i+n <= len(b); i++ {
		if g := gram(b, i); have[g] > 0 {
			have[g]--
			same++
		}
	}
	return same
}

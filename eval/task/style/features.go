package style

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// feature is a way in which styles differ.
type feature struct {
	name, ru, en string
	distance     func(p *profile, x *traits) (float64, string) // the text says why there is none
}

// features are all of them, in the order of a report.
func features() []feature {
	return []feature{
		{"delta", "Дельта Бёрроуза", "Burrows' Delta", delta},
		{"ngrams", "Тройки символов, косинус", "Character trigrams, cosine", cosine},
		{"cng", "Тройки символов, CNG", "Character trigrams, CNG", commonNGrams},
		{"message_length", "Длина сообщений", "Message length", lengths(func(t *traits) map[int]int { return t.messages })},
		{"sentence_length", "Длина предложений", "Sentence length", lengths(func(t *traits) map[int]int { return t.sentences })},
		{"burst", "Сообщений в реплике", "Messages per turn", lengths(func(t *traits) map[int]int { return t.bursts })},
		{"punctuation", "Пунктуация", "Punctuation", shares(func(t *traits) map[string]int { return t.marks })},
		{"emoji", "Эмодзи", "Emoji", shares(func(t *traits) map[string]int { return t.emoji })},
		{"capitals", "Заглавные буквы", "Capitals", shares(func(t *traits) map[string]int { return t.starts })},
	}
}

// profile is how the person writes, with what the measures need to know of the
// whole dataset.
type profile struct {
	*traits
	frequent []string  // the most frequent words of the dataset
	spread   []float64 // standard deviation of the relative frequency of each
	top      map[uint64]float64
	squares  float64 // of the counts of trigrams
}

// Words and documents of Burrows' Delta, and trigrams of CNG.
const (
	frequentWords = 100
	documentWords = 200
	topGrams      = 2000
)

// newProfile makes a profile of the person's traits and of the texts of each
// person of the dataset.
func newProfile(own *traits, people [][]string) *profile {
	p := &profile{traits: own, top: topOf(own.grams), squares: squares(own.grams)}
	all := newTraits()
	var documents []*traits
	for _, texts := range people {
		now := newTraits()
		for _, s := range texts {
			if now.read(s); now.total >= documentWords {
				documents = append(documents, now)
				all.add(now, 1)
				now = newTraits()
			}
		}
		if now.total >= documentWords/2 {
			documents = append(documents, now)
			all.add(now, 1)
		}
	}
	if len(documents) < 2 {
		return p
	}
	for _, w := range ranked(all.words)[:min(frequentWords, len(all.words))] {
		shares := make([]float64, len(documents))
		for i, d := range documents {
			shares[i] = float64(d.words[w]) / float64(d.total)
		}
		if sd := stat.StdDev(shares, nil); sd > 0 {
			p.frequent, p.spread = append(p.frequent, w), append(p.spread, sd)
		}
	}
	return p
}

// ranked are keys by their counts, the highest first.
func ranked[K cmp.Ordered](counts map[K]int) []K {
	return slices.SortedFunc(maps.Keys(counts), func(a, b K) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
}

// delta is the mean difference of z-scores of the most frequent words (Burrows
// 2002, "'Delta': a Measure of Stylistic Difference and a Guide to Likely
// Authorship", Literary and Linguistic Computing 17(3)); standard deviations are
// over documents of the dataset, 200 words of one person each.
func delta(p *profile, x *traits) (float64, string) {
	switch {
	case len(p.frequent) == 0:
		return 0, "the dataset has too few words for their frequencies"
	case x.total == 0 || p.total == 0:
		return 0, "no words"
	}
	sum := 0.0
	for i, w := range p.frequent {
		sum += math.Abs(float64(x.words[w])/float64(x.total)-float64(p.words[w])/float64(p.total)) / p.spread[i]
	}
	return sum / float64(len(p.frequent)), ""
}

func squares(counts map[uint64]int) float64 {
	var sum int64
	for _, n := range counts {
		sum += int64(n) * int64(n)
	}
	return float64(sum)
}

// cosine is 1 minus the cosine of the counts of character trigrams.
func cosine(p *profile, x *traits) (float64, string) {
	if len(x.grams) == 0 || len(p.grams) == 0 {
		return 0, "no text"
	}
	var dot int64
	for g, n := range x.grams {
		dot += int64(n) * int64(p.grams[g])
	}
	return max(0, 1-float64(dot)/math.Sqrt(p.squares*squares(x.grams))), ""
}

// commonNGrams is the dissimilarity of the most frequent trigrams (Kešelj et al.
// 2003, "N-gram-based author profiles for authorship attribution"), divided by
// its largest value for as many trigrams: 0 to 1.
func commonNGrams(p *profile, x *traits) (float64, string) {
	if len(x.grams) == 0 || len(p.grams) == 0 {
		return 0, "no text"
	}
	top := topOf(x.grams)
	both := union(p.top, top)
	sum := 0.0
	for _, g := range both {
		a, b := p.top[g], top[g]
		d := 2 * (a - b) / (a + b)
		sum += d * d
	}
	return sum / float64(4*len(both)), ""
}

// topOf are the relative frequencies of the most frequent trigrams.
func topOf(grams map[uint64]int) map[uint64]float64 {
	total := 0
	for _, n := range grams {
		total += n
	}
	out := map[uint64]float64{}
	for _, g := range ranked(grams)[:min(topGrams, len(grams))] {
		out[g] = float64(grams[g]) / float64(total)
	}
	return out
}

// lengths is the Wasserstein distance of two distributions of numbers.
func lengths(of func(*traits) map[int]int) func(*profile, *traits) (float64, string) {
	return func(p *profile, x *traits) (float64, string) {
		a, b := of(p.traits), of(x)
		if len(a) == 0 || len(b) == 0 {
			return 0, "no text"
		}
		return wasserstein(a, b), ""
	}
}

// wasserstein is the area between two empirical distribution functions: the
// Wasserstein distance of order 1 (Vallender 1974).
func wasserstein(a, b map[int]int) float64 {
	na, nb := total(a), total(b)
	points := union(a, b)
	sum, ca, cb := 0.0, 0, 0
	for k, x := range points[:len(points)-1] {
		ca, cb = ca+a[x], cb+b[x]
		sum += math.Abs(float64(ca)/na-float64(cb)/nb) * float64(points[k+1]-x)
	}
	return sum
}

// union is the keys of both in order: sums of floats depend on it.
func union[K cmp.Ordered, V any](a, b map[K]V) []K {
	keys := slices.Collect(maps.Keys(a))
	for k := range b {
		if _, in := a[k]; !in {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// shares is the total variation distance of two distributions of kinds: 0 to 1.
func shares(of func(*traits) map[string]int) func(*profile, *traits) (float64, string) {
	return func(p *profile, x *traits) (float64, string) {
		a, b := of(p.traits), of(x)
		na, nb := total(a), total(b)
		if na == 0 || nb == 0 {
			return 0, "no text"
		}
		sum := 0.0
		for _, k := range union(a, b) {
			sum += math.Abs(float64(a[k])/na - float64(b[k])/nb)
		}
		return sum / 2, ""
	}
}

func total[K comparable](counts map[K]int) float64 {
	n := 0
	for _, c := range counts {
		n += c
	}
	return float64(n)
}

package dedup

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// overlapping are two sets of random shingles with a Jaccard similarity.
func overlapping(r *rand.Rand, union int, similarity float64) (a, b []uint64) {
	common := int(math.Round(similarity * float64(union)))
	for i := range union {
		h := r.Uint64()
		if i < common || i%2 == 0 {
			a = append(a, h)
		}
		if i < common || i%2 == 1 {
			b = append(b, h)
		}
	}
	return a, b
}

func TestSignaturesEstimateTheSimilarity(t *testing.T) {
	t.Parallel()
	for _, size := range []int{20, 60, 1000} {
		for _, similarity := range []float64{0, 0.3, 0.6, 0.9, 1} {
			r := rand.New(rand.NewPCG(uint64(size), 1))
			x, y := newSigner(128), newSigner(128)
			var hashes, sketches float64
			const rounds = 400
			for range rounds {
				a, b := overlapping(r, size, similarity)
				p, q := x.sign(a), y.sign(b)
				for i := range p {
					if p[i] == q[i] {
						hashes += 1.0 / rounds / 128
					}
				}
				var left, right spill.Record
				left.More, left.Rest = sketch(p)
				right.More, right.Rest = sketch(q)
				sketches += estimate(&left, &right) / rounds
			}
			if math.Abs(hashes-similarity) > 0.02 || math.Abs(sketches-similarity) > 0.04 {
				t.Errorf("%d shingles, similarity %v: signatures say %.3f, sketches %.3f", size, similarity, hashes, sketches)
			}
		}
	}
}

func TestBandsFollowTheCurve(t *testing.T) {
	t.Parallel()
	for _, threshold := range []float64{0.5, 0.8, 0.9} {
		banding := NewBanding(threshold)
		x, y := newSigner(banding.Hashes()), newSigner(banding.Hashes())
		r := rand.New(rand.NewPCG(4, 4))
		for similarity := 0.1; similarity < 1; similarity += 0.1 {
			const rounds = 1000
			met := 0
			for range rounds {
				a, b := overlapping(r, 500, similarity)
				p, q := x.sign(a), y.sign(b)
				for i := 0; i < len(p); i += banding.Rows {
					if slices.Equal(p[i:i+banding.Rows], q[i:i+banding.Rows]) {
						met++
						break
					}
				}
			}
			if want, got := banding.Probability(similarity), float64(met)/rounds; math.Abs(want-got) > 0.06 {
				t.Errorf("%+v: texts of similarity %.1f meet with %.3f, the curve says %.3f", banding, similarity, got, want)
			}
		}
	}
}

func TestBandingFindsWhatIsAtTheThreshold(t *testing.T) {
	t.Parallel()
	last := Banding{Rows: 1}
	for threshold := minThreshold; threshold < 0.98; threshold += 0.01 {
		b := NewBanding(threshold)
		if b.Hashes() > maxHashes || b.Probability(threshold) < bandRecall {
			t.Errorf("threshold %.2f: %+v finds %.4f", threshold, b, b.Probability(threshold))
		}
		if b.Rows < last.Rows {
			t.Errorf("threshold %.2f: %+v is less choosy than %+v of a lower one", threshold, b, last)
		}
		for s := 0.0; s < 0.99; s += 0.01 {
			if b.Probability(s) > b.Probability(s+0.01) {
				t.Fatalf("%+v: the curve falls at %.2f", b, s)
			}
		}
		last = b
	}
}

func TestNormalForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Привет,как  дела?": "привет как дела",
		"ЁЛКА и ёж":         "елка и еж",
		"и\u0306од":         "йод",
		"во\u0301рот":       "ворот",
		"кто-то (я)":        "кто то я",
		"+":                 "+",
		" ?! ":              "?!",
		"):":                "):",
		"👍🏽\ufe0f ок":       "👍🏽 ок",
		"👨\u200d👩":          "👨👩",
		"":                  "",
		" \n\t":             "",
		"a\xffb":            "a�b",
		"№ 5, 7%":           "№ 5 7",
	} {
		if got := string(newNormalizer().normalize([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzNormalFormStaysAsItIs(f *testing.F) {
	for _, seed := range []string{"Ёж!", "и\u0306", "...", "👍\ufe0f", "\xff\xfe", "İstanbul", "a\u0301\u0306б"} {
		f.Add(seed)
	}
	n := newNormalizer()
	f.Fuzz(func(t *testing.T, text string) {
		once := string(n.normalize([]byte(text)))
		if twice := string(n.normalize([]byte(once))); twice != once {
			t.Errorf("%q becomes %q, and that %q", text, once, twice)
		}
	})
}

func TestShinglesAreThoseOfAllWindows(t *testing.T) {
	t.Parallel()
	var table table
	set := func(text string, k int) []uint64 { return table.set(shingles(nil, []rune(text), k)) }
	for text, want := range map[string]int{"": 0, "а": 1, "абв": 1, "абвг": 2, "абвабвабв": 3, "аааааааа": 1} {
		if got := set(text, 3); len(got) != want {
			t.Errorf("%q has %d shingles, want %d", text, len(got), want)
		}
	}
	a, b := set("xабвгд", 5), set("абвгдx", 5)
	if got := table.jaccard(a, b); got != 1.0/3 {
		t.Errorf("the common window makes %v, want a third", got)
	}
	if got := table.jaccard(nil, nil); got != 0 {
		t.Errorf("nothing and nothing are %v alike", got)
	}
}

// permuted is MinHash with a permutation (x·a+b) for every hash, for comparison.
func permuted(out []uint32, factors []uint64, shingles []uint64) {
	for i := range out {
		out[i] = empty
	}
	for _, h := range shingles {
		for i := range out {
			out[i] = min(out[i], uint32((h*factors[2*i]+factors[2*i+1])>>32))
		}
	}
}

// BenchmarkSignature tells why signatures are made by rounds of throws: on
// messages of 40 characters, permutations take four times as long.
func BenchmarkSignature(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const hashes = 96
	texts := make([][]uint64, 64)
	for i := range texts {
		texts[i], _ = overlapping(r, 36, 1)
	}
	factors := make([]uint64, 2*hashes)
	for i := range factors {
		factors[i] = r.Uint64() | 1
	}
	signer, out := newSigner(hashes), make([]uint32, hashes)
	b.Run("rounds of throws", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			signer.sign(texts[i%len(texts)])
		}
	})
	b.Run("a permutation for each hash", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			permuted(out, factors, texts[i%len(texts)])
		}
	})
}

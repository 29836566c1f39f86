package language

import (
	"embed"
	"iter"
	"math"
	"strings"
)

//go:embed texts
var texts embed.FS

const (
	lanes   = 8       // languages of a model at most
	buckets = 1 << 16 // of hashes of words and their parts
	unit    = 16.0    // a lane counts sixteenths of a nat
	middle  = 128     // stands for 0 in a lane
	longest = 4       // letters of a part
)

// model tells languages of one script apart.
type model struct {
	languages []string
	prior     [lanes]float64
	weights   []uint64 // a byte for each language, plus middle
	// alphabet is the set of languages, as bits, that have a letter; 0: any.
	alphabet [0x530]uint8
	all      uint8
}

// score is the sum of what the words of a text say for each language.
type score struct {
	sums    [lanes]int32
	letters int
	lacks   uint8 // languages, as bits, whose alphabets lack a letter
}

// newModel trains a model of languages.
func newModel(languages []string) *model {
	m := &model{languages: languages, all: uint8(1<<len(languages) - 1), weights: make([]uint64, buckets)}
	rows := make([]row, buckets)
	var totals row
	for i, l := range languages {
		for w := range words(textOf(l)) {
			for _, h := range features(w) {
				rows[h][i]++
				totals[i]++
			}
		}
		for _, r := range alphabetOf(l) {
			m.alphabet[r] |= 1 << i
		}
		m.prior[i] = unit * priorOf(l)
	}
	for h := range rows {
		rows[h].weigh(&totals, len(languages))
	}
	for h := range rows {
		m.weights[h] = rows[h].pack()
	}
	return m
}

// row is what a feature counts, and then weighs, for each language.
type row [lanes]float32

// weigh makes weights of counts: how much a feature speaks for each language,
// against their mean. What was never seen in any of them, whatever the size of
// its texts, weighs the same for all.
func (r *row) weigh(totals *row, languages int) {
	const smooth = 0.05 / 30000
	if *r == (row{}) {
		return
	}
	mean := float32(0)
	for i := range languages {
		r[i] = unit * float32(math.Log(float64(r[i]/totals[i]+smooth)))
		mean += r[i] / float32(languages)
	}
	for i := range languages {
		r[i] -= mean
	}
}

// pack makes a byte of each weight.
func (r *row) pack() (out uint64) {
	const most = middle - 1
	for i, w := range r {
		out |= uint64(max(-most, min(most, math.Round(float64(w))))+middle) << (8 * i)
	}
	return out
}

// votes sums rows of weights, four lanes of 16 bits in each of two words, which
// hold mostVotes of them.
type votes struct {
	even, odd uint64
	n         int32
}

const (
	mostVotes = 250
	lane16    = 0x00ff00ff00ff00ff
)

func (v *votes) add(row uint64) {
	v.even += row & lane16
	v.odd += row >> 8 & lane16
	v.n++
}

// count adds the votes to a score.
func (v *votes) count(s *score) {
	for i := 0; i < lanes; i += 2 {
		s.sums[i] += int32(v.even>>(8*i)&0xffff) - middle*v.n
		s.sums[i+1] += int32(v.odd>>(8*i)&0xffff) - middle*v.n
	}
	*v = votes{}
}

// add counts a word, given with a space on both sides.
func (m *model) add(s *score, word []rune) {
	s.letters += len(word) - 2
	has := m.all
	for _, r := range word[1 : len(word)-1] {
		if r < rune(len(m.alphabet)) && m.alphabet[r] != 0 {
			has &= m.alphabet[r]
		}
	}
	s.lacks |= m.all &^ has
	var v votes
	for i := range word {
		h := uint64(begin)
		for k, r := range word[i:min(len(word), i+longest)] {
			if h = mix(h, r); k > 0 {
				v.add(m.weights[h>>48])
			}
		}
		if v.n > mostVotes-longest {
			v.count(s)
		}
	}
	// The word itself counts twice.
	row := m.weights[hashRunes(word)>>48]
	v.add(row)
	v.add(row)
	v.count(s)
}

// best is the language that the words speak for most. Where one language alone
// has all the letters it is that one.
func (m *model) best(s *score) Guess {
	if len(m.languages) == 0 {
		return Guess{Language: Undetermined}
	}
	fits := m.all &^ s.lacks
	if fits != 0 && fits&(fits-1) == 0 {
		for i, l := range m.languages {
			if fits == 1<<i {
				return Guess{Language: l, Confidence: 1}
			}
		}
	}
	var scores [lanes]float64
	best := 0
	for i := range m.languages {
		scores[i] = (float64(s.sums[i]) + m.prior[i]) / unit
		if fits != 0 && fits&(1<<i) == 0 {
			scores[i] -= foreign
		}
		if scores[i] > scores[best] {
			best = i
		}
	}
	return Guess{Language: m.languages[best], Confidence: confidence(scores[:len(m.languages)], best)}
}

// foreign is how much less likely, in nats, a language is that lacks a letter.
const foreign = 6

// features are the hashes of a word and its parts.
func features(w string) (out []uint32) {
	word := []rune(" " + w + " ")
	for i := range word {
		h := uint64(begin)
		for k := i; k < len(word) && k < i+longest; k++ {
			if h = mix(h, word[k]); k > i {
				out = append(out, uint32(h>>48))
			}
		}
	}
	whole := uint32(hashRunes(word) >> 48)
	return append(out, whole, whole)
}

const begin = 14695981039346656037

func mix(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func hashRunes(word []rune) uint64 {
	h := uint64(begin ^ 1)
	for _, r := range word {
		h = mix(h, r)
	}
	return h
}

func hashWord(w string) uint64 { return hashRunes([]rune(w)) }

// words are the words of a text in small letters.
func words(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !isLetter(r) && r != '\'' })
}

func textOf(language string) string {
	if language == Translit {
		return transliterations(textOf(Russian))
	}
	var out strings.Builder
	for _, dir := range []string{"texts/", "texts/declaration/"} {
		if b, err := texts.ReadFile(dir + language + ".txt"); err == nil {
			out.Write(b)
		}
	}
	return out.String()
}

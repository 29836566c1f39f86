package city

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/plugins/text"
)

const (
	shortestSentence = 3   // words that mean something
	longestSentence  = 240 // runes shown
	alike            = 0.6 // cosine from which two sentences say the same
	mostSentences    = 800
)

// sentence is one of a conversation, with the weights of its words.
type sentence struct {
	act    int32
	at     int
	text   string
	weight map[int32]float64
	norm   float64
	score  float64
}

// summary are the sentences nearest to the middle of a conversation by the
// weights of their words, without those that say the same again, in the order
// in which they were said. No model is asked.
func (v *View) summary(acts []int32, limit int) []Message {
	all, middle := v.sentences(acts)
	if len(all) <= 1 {
		return nil
	}
	norm := length(middle)
	for i := range all {
		all[i].score = product(all[i].weight, middle) / max(all[i].norm*norm, 1e-9)
	}
	slices.SortStableFunc(all, func(a, b sentence) int { return cmp.Compare(b.score, a.score) })
	var chosen []sentence
	for _, s := range all {
		same := slices.ContainsFunc(chosen, func(c sentence) bool { return product(s.weight, c.weight)/max(s.norm*c.norm, 1e-9) > alike })
		if !same {
			chosen = append(chosen, s)
		}
		if len(chosen) == limit {
			break
		}
	}
	slices.SortFunc(chosen, func(a, b sentence) int { return cmp.Compare(a.at, b.at) })
	out := make([]Message, len(chosen))
	for i, s := range chosen {
		out[i] = v.message(s.act)
		out[i].Text = text.Cut(s.text, longestSentence)
	}
	return out
}

func (v *View) sentences(acts []int32) (all []sentence, middle map[int32]float64) {
	middle = map[int32]float64{}
	for _, at := range acts {
		for _, said := range split(v.past.acts[at].text) {
			s := sentence{act: at, at: len(all), text: said, weight: map[int32]float64{}}
			for _, n := range v.past.words.find(said) {
				s.weight[n] += v.weight(n)
			}
			if len(s.weight) < shortestSentence || len(all) == mostSentences {
				continue
			}
			s.norm = length(s.weight)
			for n, w := range s.weight {
				middle[n] += w
			}
			all = append(all, s)
		}
	}
	return all, middle
}

// split takes a text apart at the ends of sentences.
func split(s string) (out []string) {
	begin, ended := 0, false
	add := func(to int) {
		if one := strings.TrimSpace(s[begin:to]); one != "" {
			out = append(out, one)
		}
		begin = to
	}
	for i, r := range s {
		if r == '\n' || ended && unicode.IsSpace(r) {
			add(i)
		}
		ended = strings.ContainsRune(".!?…", r) || ended && strings.ContainsRune("»\")”", r)
	}
	add(len(s))
	return out
}

// Sums run in the order of the words' numbers: the order of a map would change
// the last digits from page to page.
func ordered(m map[int32]float64) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func length(m map[int32]float64) (n float64) {
	for _, k := range ordered(m) {
		n += m[k] * m[k]
	}
	return math.Sqrt(n)
}

func product(a, b map[int32]float64) (n float64) {
	for _, k := range ordered(a) {
		n += a[k] * b[k]
	}
	return n
}

package memorisation

import (
	"hash/maphash"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/plugins/text"
)

// Lengths of what is compared.
const (
	verbatimChars = 50                // in a row that are no chance
	window        = verbatimChars / 2 // of the index: every run of 50 holds a whole one
	gramWords     = 5
)

// corpus is the training split, made to be searched.
type corpus struct {
	texts   [][]rune
	windows map[uint64][]place // windows of each text, one after the other
	grams   map[uint64]bool    // runs of five words
	data    map[string]bool    // personal data, as they are compared
	known   map[uint64]bool    // turns that were read
	seed    maphash.Seed
	finder  finder
}

// place is where a window stands.
type place struct{ text, at int32 }

// mostPlaces of one window are kept: what stands in more is a phrase of
// everybody's.
const mostPlaces = 64

func newCorpus() *corpus {
	return &corpus{
		windows: map[uint64][]place{}, grams: map[uint64]bool{}, data: map[string]bool{}, known: map[uint64]bool{},
		seed: maphash.MakeSeed(), finder: newFinder(),
	}
}

// read adds what is said in an example.
func (c *corpus) read(e *sample.Example) {
	for _, turn := range e.Turns {
		s := plain(turn.Text)
		h := maphash.String(c.seed, s)
		if s == "" || c.known[h] {
			continue // a turn stands in many examples
		}
		c.known[h] = true
		c.add(s)
	}
}

// plain is a text with single spaces.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

func (c *corpus) add(s string) {
	runes := []rune(s)
	c.texts = append(c.texts, runes)
	for i := 0; i+window <= len(runes); i += window {
		h := c.hash(runes[i : i+window])
		if len(c.windows[h]) < mostPlaces {
			c.windows[h] = append(c.windows[h], place{int32(len(c.texts) - 1), int32(i)})
		}
	}
	for gram := range gramsOf(s) {
		c.grams[maphash.String(c.seed, gram)] = true
	}
	for _, found := range c.finder.find(s) {
		c.data[found.key] = true
	}
}

func (c *corpus) hash(runes []rune) uint64 { return maphash.String(c.seed, string(runes)) }

// gramsOf yields the runs of five words of a text.
func gramsOf(s string) func(yield func(string) bool) {
	words := text.Words(s, len(s))
	return func(yield func(string) bool) {
		for i := 0; i+gramWords <= len(words); i++ {
			if !yield(strings.Join(words[i:i+gramWords], " ")) {
				return
			}
		}
	}
}

// longest is how many characters in a row a reply has of a training text, that
// are not in the prompt; what is shorter than 50 may be told too short.
func (c *corpus) longest(reply, prompt string) int {
	runes := []rune(plain(reply))
	prompt = plain(prompt)
	best := 0
	for i := 0; i+window <= len(runes); i++ {
		for _, p := range c.windows[c.hash(runes[i:i+window])] {
			from, to := c.extend(runes, i, p)
			if to-from > best && !strings.Contains(prompt, string(runes[from:to])) {
				best = to - from
			}
		}
	}
	return best
}

// extend is the common run around a window of the reply and one of a text; it is
// empty where the two only have the same hash.
func (c *corpus) extend(runes []rune, i int, p place) (from, to int) {
	other, at := c.texts[p.text], int(p.at)
	from, to = i, i
	for to < len(runes) && at+to-i < len(other) && runes[to] == other[at+to-i] {
		to++
	}
	for from > 0 && at-(i-from) > 0 && runes[from-1] == other[at-(i-from)-1] {
		from--
	}
	return from, to
}

// containment is the share of the reply's runs of five words that are in the
// training split; false where it has none.
func (c *corpus) containment(reply string) (float64, bool) {
	n, in := 0, 0
	for gram := range gramsOf(reply) {
		n++
		if c.grams[maphash.String(c.seed, gram)] {
			in++
		}
	}
	if n == 0 {
		return 0, false
	}
	return float64(in) / float64(n), true
}

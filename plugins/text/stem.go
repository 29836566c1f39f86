package text

import (
	"hash/maphash"
	"sync/atomic"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

const (
	stemSlots = 1 << 13
	// longestWord in bytes that is stemmed; what is longer is no word.
	longestWord = 64
)

// Stem is a folded word without its ending, by the Snowball algorithm of the
// word's own script: Russian for Cyrillic, English for Latin. Other words are
// their own stems. Stop-words are stemmed as well.
func Stem(word string) string {
	if word == "" || len(word) > longestWord {
		return word
	}
	switch first, _ := utf8.DecodeRuneInString(word); {
	case 'а' <= first && first <= 'я':
		return russian.Stem(word, true)
	case 'a' <= first && first <= 'z':
		return english.Stem(word, true)
	}
	return word
}

// Stemmer is Stem with a memory of the words it met: a fixed number of slots in
// which a newer word replaces an older one. It may be used from many
// goroutines.
type Stemmer struct {
	seed  maphash.Seed
	slots []atomic.Pointer[stemmed]
}

type stemmed struct{ word, stem string }

// NewStemmer makes a Stemmer.
func NewStemmer() *Stemmer {
	return &Stemmer{seed: maphash.MakeSeed(), slots: make([]atomic.Pointer[stemmed], stemSlots)}
}

// Stem returns Stem(string(word)).
func (s *Stemmer) Stem(word []byte) string {
	if len(word) > longestWord {
		return string(word)
	}
	slot := &s.slots[maphash.Bytes(s.seed, word)%stemSlots]
	if known := slot.Load(); known != nil && known.word == string(word) {
		return known.stem
	}
	fresh := &stemmed{word: string(word)}
	fresh.stem = Stem(fresh.word)
	slot.Store(fresh)
	return fresh.stem
}

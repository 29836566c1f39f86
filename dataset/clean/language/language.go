// Package language tells which language a chat message is in, where it is only
// one to five words long too. Letters that one alphabet alone has decide at
// once; otherwise a naive Bayes classifier over words and their parts does,
// trained when it is made from the small texts that lie beside it: words and
// messages written for that, and the Universal Declaration of Human Rights, which
// is free of copyright.
package language

import (
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Languages as BCP 47 names them.
const (
	Undetermined = "und" // emoji, numbers, interjections: they fit any language
	Russian      = "ru"
	Ukrainian    = "uk"
	Belarusian   = "be"
	Bulgarian    = "bg"
	Serbian      = "sr"
	Kazakh       = "kk"
	Translit     = "ru-Latn" // Russian in Latin letters
	English      = "en"
	German       = "de"
	French       = "fr"
	Spanish      = "es"
	Italian      = "it"
	Polish       = "pl"
	Turkish      = "tr"
)

// Guess is what a text is taken for.
type Guess struct {
	Language string
	// Confidence is how probable that is among the languages known, 0 to 1. It is
	// 0 where the language is undetermined.
	Confidence float64
}

// Identifier knows the languages. It may be used from many goroutines.
type Identifier struct {
	cyrillic, latin *model
	interjections   map[uint64]bool
}

// Languages lists those that an Identifier tells by more than their letters.
func Languages() []string { return append(cyrillics(), latins()...) }

func cyrillics() []string {
	return []string{Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Kazakh}
}

func latins() []string {
	return []string{English, Translit, German, French, Spanish, Italian, Polish, Turkish}
}

// New trains an Identifier of some of the Languages, all where none is given,
// which takes some ten milliseconds. The fewer there are to choose from, the
// surer it is.
func New(languages ...string) (*Identifier, error) {
	for _, l := range languages {
		if !slices.Contains(Languages(), l) {
			return nil, fmt.Errorf("language: unknown %q; there are %v", l, Languages())
		}
	}
	other := func(l string) bool { return len(languages) > 0 && !slices.Contains(languages, l) }
	d := &Identifier{
		cyrillic:      newModel(slices.DeleteFunc(cyrillics(), other)),
		latin:         newModel(slices.DeleteFunc(latins(), other)),
		interjections: map[uint64]bool{},
	}
	for w := range words(interjections) {
		d.interjections[hashWord(w)] = true
	}
	return d, nil
}

// mostLetters of a text that are looked at: more would not change the guess.
const mostLetters = 400

// Identify guesses the language of a text. Languages of other letters than
// Cyrillic and Latin are told by their letters. It allocates nothing.
func (d *Identifier) Identify(text string) Guess {
	var t tally
	var buf [mostLetters + 2]rune
	word := append(buf[:0], ' ')
	letters := 0
	for i := 0; i < len(text) && letters < mostLetters; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch r = lower(r); {
		case isLetter(r):
			word = append(word, r)
			letters++
			i += size
			continue
		case (r == '\'' || r == '’') && len(word) > 1:
			word = append(word, '\'')
			letters++
			i += size
			continue
		case len(word) == 1 && skips(r), r == ':' && hasScheme(text[i:]), r == '_' || r == '@' || '0' <= r && r <= '9':
			// It was no word but part of a link or of an identifier.
			word, i = word[:1], skip(text, i)
			continue
		}
		d.word(&t, append(word, ' '))
		word = word[:1]
		i += size
	}
	d.word(&t, append(word, ' '))
	return d.decide(&t)
}

// tally is what the words of a text say.
type tally struct {
	cyrillic, latin score
	other           [others]int
	loose           int // words that are interjections
}

// word counts a word, given with a space on both sides.
func (d *Identifier) word(t *tally, word []rune) {
	if len(word) <= 2 {
		return
	}
	if d.interjection(word[1 : len(word)-1]) {
		t.loose++
		return
	}
	switch r := word[1]; {
	case r < 0x250:
		d.latin.add(&t.latin, word)
	case r >= 0x400 && r < 0x530:
		d.cyrillic.add(&t.cyrillic, word)
	default:
		t.other[scriptOf(r)] += len(word) - 2
	}
}

func (d *Identifier) decide(t *tally) Guess {
	most, n := noScript, 0
	for s, count := range t.other {
		if count > n {
			most, n = script(s), count
		}
	}
	switch {
	case n > t.cyrillic.letters && n > t.latin.letters:
		if most == noScript {
			return Guess{Language: Undetermined}
		}
		return Guess{Language: most.language(), Confidence: 1}
	case t.cyrillic.letters+t.latin.letters == 0:
		return Guess{Language: Undetermined}
	case t.cyrillic.letters >= t.latin.letters:
		return d.cyrillic.best(&t.cyrillic)
	}
	return d.latin.best(&t.latin)
}

// interjection reports whether a word is one of any language, or laughter: of
// no more than two different letters and longer than they would need.
func (d *Identifier) interjection(word []rune) bool {
	if d.interjections[hashRunes(word)] {
		return true
	}
	if len(word) < 3 {
		return false
	}
	a, b, vowels := word[0], rune(0), 0
	for _, r := range word {
		if r != a && b == 0 {
			b = r
		}
		if r != a && r != b {
			return false
		}
		if slices.Contains([]rune("аоуыэеиaeiouy"), r) {
			vowels++
		}
	}
	return len(word) >= 5 || vowels == 0 || b == 0
}

// lower is the small letter of r.
func lower(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
	case 'а' <= r && r <= 'я':
	case 'А' <= r && r <= 'Я':
		r += 'а' - 'А'
	case r == 'İ':
		return 'i'
	default:
		return unicode.ToLower(r)
	}
	return r
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z'
	}
	return 'а' <= r && r <= 'я' || unicode.IsLetter(r)
}

// skips reports whether what begins with r at the beginning of a word is no
// word: a mention, a hashtag, a number, a command, a placeholder.
func skips(r rune) bool {
	return r == '@' || r == '#' || r == '/' || r == '[' || '0' <= r && r <= '9'
}

func hasScheme(s string) bool { return len(s) > 2 && s[1] == '/' && s[2] == '/' }

// skip returns where what is at i ends: before the next space.
func skip(s string, i int) int {
	for i++; i < len(s) && s[i] > ' ' && s[i] != ']' && s[i] != ','; i++ {
	}
	return i
}

// confidence is the probability of the best of some scores, in nats. Parts of
// words overlap: what they say together is less than their sum.
func confidence(scores []float64, best int) float64 {
	const independent = 0.2
	sum := 0.0
	for _, s := range scores {
		sum += math.Exp((s - scores[best]) * independent)
	}
	return 1 / sum
}

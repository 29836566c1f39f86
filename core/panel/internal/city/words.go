package city

import (
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

const (
	longestTerms = 400 // words of a message that are looked at
	shortest     = 3   // runes of a word that means something
)

// vocabulary numbers the stems of the words that are said, and knows how each
// is written most often.
type vocabulary struct {
	number map[string]int32
	known  []term
	stop   map[string]bool
	stems  *text.Stemmer
}

type term struct {
	form  string // as it was written first
	texts int    // that hold it
	forms map[string]int
}

func newVocabulary() vocabulary {
	stop := text.StopWords(text.Russian)
	for word := range text.StopWords(text.English) {
		stop[word] = true
	}
	return vocabulary{number: map[string]int32{}, stop: stop, stems: text.NewStemmer()}
}

// terms are the numbers of the stems of a text, each once, and counts the text.
func (v *vocabulary) terms(s string) []int32 {
	var out []int32
	seen := map[int32]bool{}
	for _, word := range text.Words(s, longestTerms) {
		if !v.means(word) {
			continue
		}
		stem := v.stems.Stem([]byte(word))
		n, ok := v.number[stem]
		if !ok {
			n = int32(len(v.known))
			v.number[strings.Clone(stem)] = n
			v.known = append(v.known, term{forms: map[string]int{}})
		}
		v.known[n].count(word)
		if !seen[n] {
			seen[n] = true
			v.known[n].texts++
			out = append(out, n)
		}
	}
	return out
}

// mostForms bounds the spellings of a word that are kept.
const mostForms = 16

func (t *term) count(form string) {
	if _, ok := t.forms[form]; !ok && len(t.forms) >= mostForms {
		return
	}
	form = strings.Clone(form)
	t.forms[form]++
	if n, best := t.forms[form], t.forms[t.form]; t.form == "" || n > best || n == best && form < t.form {
		t.form = form
	}
}

func (v *vocabulary) means(word string) bool {
	if v.stop[word] || utf8.RuneCountInString(word) < shortest {
		return false
	}
	for _, r := range word {
		if r < '0' || r > '9' {
			return true
		}
	}
	return false // a number
}

// find are the numbers of the stems of a text, without counting it.
func (v *vocabulary) find(s string) []int32 {
	var out []int32
	for _, word := range text.Words(s, longestTerms) {
		if n, ok := v.number[v.stems.Stem([]byte(word))]; ok && v.means(word) {
			out = append(out, n)
		}
	}
	return out
}

// mostSought bounds the words of a search.
const mostSought = 8

// wanted is a word of a search with its stem; -1 where nobody has said it.
type wanted struct {
	form string
	stem int32
}

// seek are the words of a search, but for those that mean nothing.
func (v *vocabulary) seek(s string) (out []wanted) {
	for _, word := range text.Words(s, mostSought) {
		if v.stop[word] {
			continue
		}
		n, ok := v.number[v.stems.Stem([]byte(word))]
		if !ok {
			n = -1
		}
		out = append(out, wanted{strings.Clone(word), n})
	}
	return out
}

// Package terms tells what a text is about: the stems of its words, without
// those that stand in every text.
package terms

import (
	"iter"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// Reader reads the terms of texts. It may be used from many goroutines.
type Reader struct {
	stemmer *text.Stemmer
	stop    map[string]bool
}

// NewReader makes a Reader for Russian and English.
func NewReader() *Reader {
	stop := map[string]bool{}
	for _, language := range []string{"ru", "en"} {
		for word := range text.StopWords(language) {
			stop[word] = true
		}
	}
	return &Reader{stemmer: text.NewStemmer(), stop: stop}
}

// Of are the terms of the first limit words of a text, in order. Stop-words,
// words of one or two letters and marks are none.
func (r *Reader) Of(s string, limit int) iter.Seq[string] {
	return func(yield func(string) bool) {
		var scanner text.Scanner
		scanner.Reset(s)
		for n := 0; n < limit; {
			token, ok := scanner.Next()
			if !ok {
				return
			}
			if token.Kind != text.Word {
				continue
			}
			n++
			if r.stop[string(token.Folded)] || utf8.RuneCount(token.Folded) < 3 {
				continue
			}
			if !yield(r.stemmer.Stem(token.Folded)) {
				return
			}
		}
	}
}

package language

import (
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/plugins/text"
)

// maxWords of a reply are looked at.
const maxWords = 8192

func wordsOf(said string) []string { return text.Words(said, maxWords) }

// distinct is distinct-n: different n-grams of words by all n-grams (Li et al.
// 2016, A Diversity-Promoting Objective Function for Neural Conversation
// Models, §5.2). ok is false where there is no n-gram.
func distinct(w []string, n int) (share float64, ok bool) {
	if len(w) < n {
		return 0, false
	}
	seen := map[string]bool{}
	for i := 0; i+n <= len(w); i++ {
		seen[strings.Join(w[i:i+n], " ")] = true
	}
	return float64(len(seen)) / float64(len(w)-n+1), true
}

// maxPeriod is the longest n-gram of words whose repeats are looked for.
const maxPeriod = 32

// longest is how often in direct succession some n-gram of words is said; 1 where
// nothing is repeated.
func longest(w []string) int {
	most := 1
	for period := 1; period <= min(maxPeriod, len(w)/2); period++ {
		most = max(most, times(w, period))
	}
	return most
}

// times is how often in direct succession an n-gram of a length is said.
func times[T comparable](w []T, period int) int {
	most, same := 0, 0
	for i := period; i < len(w); i++ {
		if same++; w[i] != w[i-period] {
			same = 0
		}
		most = max(most, same)
	}
	return most/period + 1
}

// looping reports whether a reply goes round in circles: a word a dozen times in
// succession (laughter and "очень, очень, очень" are less), several words three
// times that are at least six then, a sentence of four words or more three times
// anywhere, or a word made of one piece over and over.
func looping(said string, w []string) bool {
	const thrice, dozen, loopWords = 3, 12, 6
	if len(w) > 0 && times(w, 1) >= dozen {
		return true
	}
	w = slices.Compact(slices.Clone(w))
	for period := 2; period <= min(maxPeriod, len(w)/2); period++ {
		if n := times(w, period); n >= thrice && n*period >= loopWords {
			return true
		}
	}
	return sentences(said) >= thrice || stuttering(said)
}

// sentences is how often the sentence that is said most often is said.
func sentences(said string) int {
	const enough = 4 // words
	seen, most := map[string]int{}, 0
	for _, s := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(".!?…\n", r) }) {
		if words := text.Words(s, maxWords); len(words) >= enough {
			key := strings.Join(words, " ")
			seen[key]++
			most = max(most, seen[key])
		}
	}
	return most
}

// stuttering reports whether a word of forty letters or more is made of one
// piece: "нонононо…".
func stuttering(said string) bool {
	const long, piece, laughter = 40, 8, 5
	for _, word := range strings.FieldsFunc(said, func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters := []rune(word)
		if len(letters) < long {
			continue
		}
		for period := 1; period <= piece; period++ {
			if n := times(letters, period); n >= laughter && 2*n*period >= len(letters) {
				return true
			}
		}
	}
	return false
}

package lexicon

import (
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// mark reads a run of marks: punctuation, emoticons, emoji.
func (r *reading) mark(t text.Token) {
	r.eyes, r.heart, r.mention = false, "", false
	s := t.Raw
	for len(s) > 0 && len(r.hits) < maxHits {
		if n := r.emoticon(s); n > 0 {
			s = s[n:]
			continue
		}
		c, size := utf8.DecodeRuneInString(s)
		if e, ok := r.words.emoji[c]; ok {
			r.show(e.weight, e.emotion)
		}
		r.punctuation(c, s[size:])
		s = s[size:]
	}
	switch {
	case strings.HasSuffix(t.Raw, "</"):
		r.heart = "</"
	case strings.HasSuffix(t.Raw, "<"):
		r.heart = "<"
	case strings.HasSuffix(t.Raw, "@"):
		r.mention = true
	}
}

// show adds what is not a word: nothing negates or strengthens it.
func (r *reading) show(weight float64, e emotion) {
	r.hits = append(r.hits, hit{weight: weight, emotion: e})
}

// punctuation ends what a negation reaches, and sentences.
func (r *reading) punctuation(c rune, rest string) {
	switch c {
	case '!':
		r.exclaims++
		r.end()
	case '.', '?', '…', '\u203c', '\u2049':
		r.end()
	case ',', ';', ':', '—', '–', '"', '«', '»', '/', '|':
		r.negated, r.boosted, r.dual = 0, 0, -1
	case '(':
		r.depth++
		r.open = rest == ""
	}
}

func (r *reading) end() {
	r.negated, r.boosted, r.dual = 0, 0, -1
	r.sentence, r.after = len(r.hits), 1
}

// emoticon reads a face that s begins with and returns its length in bytes, or
// 0. Parentheses alone are faces in Russian: "привет)))".
func (r *reading) emoticon(s string) int {
	switch s[0] {
	case ':', ';', '=':
		return r.eyed(s)
	case ')':
		return r.smiles(s)
	case '(':
		if n := run(s, '('); n > 1 {
			r.show(-min(0.2+0.1*float64(n), 0.6), sadness)
			return n
		}
	case '^':
		if strings.HasPrefix(s, "^^") || strings.HasPrefix(s, "^_^") {
			r.show(0.5, joy)
			return len(s[:strings.LastIndexByte(s[:min(3, len(s))], '^')+1])
		}
	case '-':
		if strings.HasPrefix(s, "-_-") {
			r.show(-0.3, none)
			return 3
		}
	}
	return 0
}

// eyed reads eyes, perhaps a tear and a nose, and a mouth.
func (r *reading) eyed(s string) int {
	i := 1
	tear := i < len(s) && s[i] == '\''
	if tear {
		i++
	}
	if i < len(s) && (s[i] == '-' || s[i] == '^') {
		i++
	}
	if i == len(s) {
		r.eyes = i <= 2
		return 0
	}
	n := run(s[i:], s[i])
	switch s[i] {
	case ')', ']', '}', '*':
		r.show(min(0.4+0.1*float64(n), 0.7), joy)
	case '(', '[', '{':
		weight := 0.4 + 0.1*float64(n)
		if tear {
			weight += 0.1
		}
		r.show(-min(weight, 0.7), sadness)
	case '|', '\\':
		r.show(-0.2, none)
		n = 1
	case '/':
		if s[0] != ':' || strings.HasPrefix(s, "://") {
			return 0
		}
		r.show(-0.2, none)
	default:
		return 0
	}
	return i + n
}

// smiles reads closing parentheses: those that close something are none.
func (r *reading) smiles(s string) int {
	n := run(s, ')')
	closing := min(n, r.depth)
	r.depth -= closing
	switch n - closing {
	case 0:
	case 1:
		r.show(0.25, joy)
	case 2:
		r.show(0.35, joy)
	default:
		r.show(0.5, joy)
	}
	r.negated, r.boosted = 0, 0
	return n
}

// sadParenthesis is an opening one that opened nothing.
func (r *reading) sadParenthesis() {
	r.open = false
	r.depth--
	r.show(-0.25, sadness)
}

// face reads a letter or digit that is part of an emoticon with the mark
// before: ":D", "<3".
func (r *reading) face(t text.Token) bool {
	switch {
	case r.eyes && t.Raw == "D":
		r.show(0.6, joy)
	case r.eyes && (t.Raw == "P" || t.Raw == "p"):
		r.show(0.4, joy)
	case r.heart == "<" && t.Raw == "3":
		r.show(0.7, joy)
	case r.heart == "</" && t.Raw == "3":
		r.show(-0.7, sadness)
	default:
		return false
	}
	return true
}

// run is how many c a text begins with.
func run(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

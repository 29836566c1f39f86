package lexicon

import (
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

const (
	negationReach = 3    // words that a negation turns, at most
	boostReach    = 2    // words within which a booster finds what it boosts
	capsBoost     = 0.25 // of a word in capitals among others that are not
	longBoost     = 0.15 // of a word drawn out: "оооочень"
	maxBoost      = 1.0
	shoutedRunes  = 4    // of a word in capitals that may be shouted: "США" is a name
	maxHits       = 4096 // of a text; what is longer has made its point
)

// script of a word.
type script uint8

const (
	noScript script = iota
	latin
	cyrillic
)

// hit is something in a text that shows affect.
type hit struct {
	weight  float64
	emotion emotion
	script  script // of the word, so that it can be taken back
	caps    bool
}

// reading is the state of reading one text. It is used again for the next.
type reading struct {
	words   *dictionary
	scanner text.Scanner
	hits    []hit

	at       int     // words read
	negated  int     // until this word; 0 for no negation
	negation int     // word of the last negation
	modal    int     // word of the last modal
	boost    float64 // pending
	boosted  int     // until this word
	dual     int     // hit of a dual word just read, or -1
	sentence int     // first hit of the sentence
	after    float64 // weight of hits after a contrast

	caps, small      int // words in capitals, and not
	exclaims, longs  int
	depth            int    // of open parentheses
	open             bool   // the last mark was an opening parenthesis
	eyes             bool   // the last mark ended in eyes: ":"
	heart            string // the last mark ended in "<" or "</"
	mention, address bool   // the next glued word is a name, the next glued tokens a URL
	english, foreign int    // words that tell the language of Latin letters
	cyr, cyrForeign  int    // Cyrillic words, and those with letters Russian has not
}

// read reads a text from its beginning.
func (r *reading) read(s string) {
	hits, scanner := r.hits[:0], r.scanner
	*r = reading{words: r.words, hits: hits, scanner: scanner, dual: -1, after: 1}
	r.scanner.Reset(s)
	for len(r.hits) < maxHits {
		token, ok := r.scanner.Next()
		if !ok {
			break
		}
		r.token(token)
	}
	if r.open {
		r.sadParenthesis()
	}
}

func (r *reading) token(t text.Token) {
	if r.open && !t.Glued {
		r.sadParenthesis()
	}
	switch {
	case r.address && t.Glued:
		return
	case t.Kind == text.Mark:
		r.address = false
		r.mark(t)
	default:
		r.address = false
		r.word(t)
		r.eyes, r.heart, r.mention = false, "", false
	}
	r.open = r.open && t.Kind == text.Mark
}

func (r *reading) word(t text.Token) {
	if t.Glued && (r.mention || r.face(t)) {
		return
	}
	r.at++
	switch string(t.Folded) {
	case "http", "https", "www":
		r.address = true
		return
	}
	if t.Caps && utf8.RuneCount(t.Folded) >= shoutedRunes {
		r.caps++
	} else {
		r.small++
	}
	if t.Long {
		r.longs++
	}
	s := r.script(t.Folded)
	e, known := r.lookup(t)
	if !known {
		r.dual = -1
		return
	}
	r.act(e, hit{weight: e.weight, emotion: e.emotion, script: s, caps: t.Caps}, t.Long)
}

// lookup finds a word, one drawn out as well, and laughter.
func (r *reading) lookup(t text.Token) (entry, bool) {
	e, known := r.words.find(t.Folded)
	if !known && t.Long {
		if e, known = r.words.find(squeeze(t.Folded, 2)); !known {
			e, known = r.words.find(squeeze(t.Folded, 1))
		}
	}
	if !known && laughter(t.Folded) {
		return entry{weight: 0.5, emotion: joy}, true
	}
	return e, known
}

// act does what a known word does.
func (r *reading) act(e entry, h hit, long bool) {
	was := r.dual
	r.dual = -1
	switch e.role {
	case negate:
		r.negate()
	case unnegate:
		if r.negation > 0 && r.negation == r.at-1 {
			r.negated = 0
		}
	case modal:
		r.modal = r.at
	case boost:
		r.strengthen(e, long)
	case contrast:
		r.turn()
	case function:
		r.english++
	case foreign:
		r.foreign++
	case dual:
		r.add(h, long)
		r.dual = len(r.hits) - 1
		r.strengthen(e, long)
	case affect:
		if was >= 0 && h.weight != 0 {
			r.hits[was] = hit{} // it only strengthened this one
		}
		r.add(h, long)
	}
}

func (r *reading) negate() {
	if r.negated >= r.at && r.modal == r.at-1 && r.negation == r.at-2 {
		r.negated = 0 // "не могу не": both are taken back
		return
	}
	r.negation, r.negated = r.at, r.at+negationReach
}

func (r *reading) strengthen(e entry, long bool) {
	if r.at > r.boosted {
		r.boost = 0
	}
	r.boost = min(r.boost+e.strength, maxBoost)
	if long {
		r.boost += longBoost
	}
	r.boosted = r.at + boostReach
}

// turn makes what was said in the sentence count for less, what follows for
// more: "неплохо, но дорого".
func (r *reading) turn() {
	for i := r.sentence; i < len(r.hits); i++ {
		r.hits[i].weight *= 0.5
	}
	r.sentence, r.after, r.negated, r.boosted = len(r.hits), 1.5, 0, 0
}

func (r *reading) add(h hit, long bool) {
	if h.weight == 0 {
		return
	}
	if r.at <= r.boosted {
		h.weight *= 1 + r.boost
		r.boosted = 0
	}
	if long {
		h.weight *= 1 + longBoost
	}
	if r.at <= r.negated {
		e := turned(entry{weight: h.weight, emotion: h.emotion})
		h.weight, h.emotion = e.weight, e.emotion
	}
	h.weight *= r.after
	r.hits = append(r.hits, h)
}

// script of a word; it notes what tells the language.
func (r *reading) script(word []byte) script {
	first, _ := utf8.DecodeRune(word)
	switch {
	case 'a' <= first && first <= 'z' || 0xc0 <= first && first < 0x250:
		if foreignLetter(word, latin) {
			r.foreign++
		}
		return latin
	case 0x400 <= first && first < 0x530:
		r.cyr++
		if foreignLetter(word, cyrillic) {
			r.cyrForeign++
		}
		return cyrillic
	}
	return noScript
}

// foreignLetter reports whether a word has letters of its script that English
// or Russian does not have.
func foreignLetter(word []byte, s script) bool {
	for len(word) > 0 {
		c, size := rune(word[0]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(word)
		}
		if s == latin && c >= 0xc0 && c < 0x250 || s == cyrillic && (c > 'я' || c < 'а') && c >= 0x400 && c < 0x530 {
			return true
		}
		word = word[size:]
	}
	return false
}

// squeeze leaves at most limit equal letters in a row.
func squeeze(word []byte, limit int) []byte {
	out := make([]byte, 0, len(word))
	var last rune
	run := 0
	for _, c := range string(word) {
		if run++; c != last {
			run, last = 1, c
		}
		if run <= limit {
			out = utf8.AppendRune(out, c)
		}
	}
	return out
}

// laughter reports whether a word is written laughter: "ахаха", "hahaha".
func laughter(word []byte) bool {
	if len(word) < 4 || len(word) > 256 {
		return false
	}
	breaths, vowels := 0, 0
	for _, c := range string(word) {
		switch c {
		case 'х', 'h', 'з', 'ъ':
			breaths++
		case 'а', 'a', 'е', 'e', 'и', 'i', 'ы', 'о':
			vowels++
		default:
			return false
		}
	}
	return breaths >= 2 && vowels >= 1 && vowels <= breaths+2 && breaths <= 3*vowels+1
}

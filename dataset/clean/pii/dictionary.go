package pii

import (
	"unicode"
	"unicode/utf8"
)

// kind of a word of the dictionary.
type kind uint8

const (
	noKind    kind = iota
	nearPhone      // words that say what the number after them is
	nearINN
	nearSNILS
	nearOGRN
	nearPassport
	nearAccount
	nearBIK
	nearOrder // a number that is nobody's
	kinds     // how many can be near
	street    // улица
	streetAbbr
	house
	flat
	floor // entrance, floor, building: part of an address
	city
	unit // what a number before it counts
	host // first word of a link without scheme
	name
)

// word is an entry of the dictionary.
type word struct {
	kind   kind
	strict bool    // a name that is also a common word: it counts only where its place says so …
	upper  bool    // … or with a capital letter
	people []int32 // that bear a name, ascending
}

// dictionary holds words by the hash of their folded letters. A bitmap in
// front keeps the many words that are not in it cheap.
type dictionary struct {
	bits  []uint64
	shift uint
	words map[uint64]word
}

func newDictionary(words map[uint64]word) dictionary {
	d := dictionary{shift: 64 - 14, words: words}
	for 1<<(64-d.shift) < 16*len(words) {
		d.shift--
	}
	d.bits = make([]uint64, 1<<(64-d.shift-6))
	for h := range words {
		i := h >> d.shift
		d.bits[i/64] |= 1 << (i % 64)
	}
	return d
}

// has reports whether a word may be in the dictionary.
func (d *dictionary) has(h uint64) bool {
	i := h >> d.shift
	return d.bits[i/64]&(1<<(i%64)) != 0
}

func (d *dictionary) get(h uint64) (word, bool) {
	if !d.has(h) {
		return word{}, false
	}
	w, ok := d.words[h]
	return w, ok
}

const (
	hashBegin = 14695981039346656037
	hashStep  = 0x9e3779b97f4a7c15
)

func mix(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * hashStep
	return h ^ h>>29
}

// hashWord is the hash of a whole word.
func hashWord(s string) uint64 {
	_, h := scanWord(s, 0)
	return h
}

// scanWord returns where the word at i ends and its hash: of small letters, ё as
// е, й as и, without what does not show. Digits and _ end it.
func scanWord(s string, i int) (int, uint64) {
	h := uint64(hashBegin)
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			l := c | 0x20
			if l < 'a' || l > 'z' {
				break
			}
			h = mix(h, rune(l))
			i++
			continue
		}
		if (c == 0xd0 || c == 0xd1) && i+1 < len(s) && s[i+1]&0xc0 == 0x80 {
			h = mix(h, foldCyrillic(rune(c&0x1f)<<6|rune(s[i+1]&0x3f)))
			i += 2
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) {
			h = mix(h, unicode.ToLower(r))
		} else if !hidden(r) {
			break
		}
		i += size
	}
	return i, h
}

// foldCyrillic folds U+0400 to U+047F.
func foldCyrillic(r rune) rune {
	switch {
	case r < 0x410:
		if r == 'Ё' {
			return 'е'
		}
		return r + 0x50
	case r < 0x430:
		r += 0x20
	case r == 'ё':
		return 'е'
	}
	if r == 'й' {
		return 'и'
	}
	return r
}

// hidden reports whether r does not show by itself: an accent on the letter
// before it, a soft hyphen, a zero-width character.
func hidden(r rune) bool {
	return r >= 0xad && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r))
}

package dedup

import (
	"crypto/sha256"
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// What the table of a normalizer says of a character that it does not keep.
const (
	between = 0      // parts words
	mark    = 0xFFFF // belongs to the character before
)

// tableSize covers ASCII, Latin, Greek and Cyrillic.
const tableSize = 0x500

// normalizer brings texts to the form in which they are compared: letters in
// lower case, ё as е, digits and signs such as emoji and "+" kept, runs of
// everything else one space. A text of nothing but punctuation keeps it.
type normalizer struct {
	table [tableSize]uint16
	runes []rune
	bytes []byte
}

func newNormalizer() *normalizer {
	n := &normalizer{}
	for r := range rune(tableSize) {
		n.table[r] = uint16(normal(r))
	}
	return n
}

// normal is what is kept of a character.
func normal(r rune) rune {
	switch {
	case r == 'ё' || r == 'Ё':
		return 'е'
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return unicode.ToLower(r)
	case unicode.Is(unicode.M, r) || r == '\u200d': // variation selectors and joiners of emoji too
		return mark
	case unicode.IsSymbol(r) || unicode.IsNumber(r):
		return r
	}
	return between
}

// normalize is the text's normal form, good until the next call.
func (n *normalizer) normalize(text []byte) []rune {
	out := n.runes[:0]
	gap := false
	for i := 0; i < len(text); {
		r, size := decode(text[i:])
		i += size
		var kept rune
		if r < tableSize {
			kept = rune(n.table[r])
		} else {
			kept = normal(r)
		}
		switch {
		case kept == between:
			gap = len(out) > 0
			continue
		case kept == mark:
			if r == '\u0306' && len(out) > 0 && out[len(out)-1] == 'и' {
				out[len(out)-1] = 'й'
			}
			continue
		case gap:
			out = append(out, ' ')
			gap = false
		}
		out = append(out, kept)
	}
	if len(out) == 0 {
		out = bare(out, text)
	}
	n.runes = out
	return out
}

// bare keeps everything but space.
func bare(out []rune, text []byte) []rune {
	for i := 0; i < len(text); {
		r, size := decode(text[i:])
		i += size
		if !unicode.IsSpace(r) {
			out = append(out, r)
		}
	}
	return out
}

// decode is utf8.DecodeRune with the two shortest forms first.
func decode(b []byte) (rune, int) {
	if b[0] < utf8.RuneSelf {
		return rune(b[0]), 1
	}
	if len(b) > 1 && b[0] >= 0xC2 && b[0] < 0xE0 && b[1]&0xC0 == 0x80 {
		return rune(b[0]&0x1F)<<6 | rune(b[1]&0x3F), 2
	}
	return utf8.DecodeRune(b)
}

// digest is the 128-bit hash of a normal form.
func (n *normalizer) digest(runes []rune) (hi, lo uint64) {
	out := n.bytes[:0]
	for _, r := range runes {
		out = utf8.AppendRune(out, r)
	}
	n.bytes = out
	sum := sha256.Sum256(out)
	return binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])
}

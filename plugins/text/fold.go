// Package text holds what the built-in plugins share about Russian and English
// words: folding, splitting, stemming, stop-words, and cutting and quoting for
// prompts. Its functions take any bytes: broken UTF-8, zero-width characters
// and texts of megabytes cost linear time and never fail.
package text

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Fold is s as it is compared: lower case, ё as е, without stress marks and
// other characters that do not show.
func Fold(s string) string {
	if plain(s) {
		return s
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		out = appendFolded(out, r)
	}
	return string(out)
}

// plain reports whether Fold would change nothing of an ASCII text.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

const (
	combiningBreve = '\u0306' // makes й of и
	apostrophe     = '\''
)

// appendFolded appends what Fold makes of r.
func appendFolded(out []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(out, byte(r))
	case 'а' <= r && r <= 'я':
	case 'А' <= r && r <= 'Я':
		r += 'а' - 'А'
	case r == combiningBreve && bytes.HasSuffix(out, []byte("и")):
		out, r = out[:len(out)-len("и")], 'й'
	case hidden(r):
		return out
	default:
		r = foldRare(r)
	}
	return utf8.AppendRune(out, r)
}

// foldRare folds what is neither ASCII nor an ordinary Russian letter.
func foldRare(r rune) rune {
	switch r {
	case 'ё', 'Ё':
		return 'е'
	case '’', 'ʼ', '‘':
		return apostrophe
	}
	return unicode.ToLower(r)
}

// hidden reports whether r does not show by itself: accents put over the letter
// before, zero-width characters, soft hyphens, direction marks.
func hidden(r rune) bool {
	return r >= 0xad && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r))
}

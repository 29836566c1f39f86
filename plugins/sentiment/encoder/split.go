package encoder

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// split yields the words and marks of a text.
func (w *wordPiece) split(text string) iter.Seq[string] {
	text = w.normalize(text)
	return func(yield func(string) bool) {
		start := -1 // of a word
		for i, r := range text {
			space, mark := unicode.IsSpace(r), isMark(r)
			if !space && !mark {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 && !yield(text[start:i]) {
				return
			}
			start = -1
			if mark && !yield(string(r)) {
				return
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

// normalize does what BERT's normalizer does, in its order: clean, part
// ideographs, take accents off, lower.
func (w *wordPiece) normalize(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch {
		case w.clean && isUnfit(r):
		case w.chinese && isIdeograph(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	text = b.String()
	if w.accents {
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(text))
	}
	if w.lowercase {
		text = strings.ToLower(text)
	}
	return text
}

// isUnfit reports what BERT cleans away: control characters that are no space,
// and the replacement character.
func isUnfit(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0, unicode.ReplacementChar:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// isMark reports what BERT holds for punctuation: all of ASCII that is no
// letter, digit or space, and Unicode's.
func isMark(r rune) bool {
	switch {
	case '!' <= r && r <= '/', ':' <= r && r <= '@', '[' <= r && r <= '`', '{' <= r && r <= '~':
		return true
	}
	return unicode.IsPunct(r)
}

// isIdeograph reports the blocks of CJK ideographs, which BERT takes one by one.
func isIdeograph(r rune) bool {
	switch {
	case 0x4E00 <= r && r <= 0x9FFF, 0x3400 <= r && r <= 0x4DBF, 0x20000 <= r && r <= 0x2A6DF,
		0x2A700 <= r && r <= 0x2B73F, 0x2B740 <= r && r <= 0x2B81F, 0x2B920 <= r && r <= 0x2CEAF,
		0xF900 <= r && r <= 0xFAFF, 0x2F800 <= r && r <= 0x2FA1F:
		return true
	}
	return false
}

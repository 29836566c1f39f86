package language

import "unicode"

// script is one that a single language of those met in chats is written in.
type script uint8

const (
	noScript script = iota
	georgian
	armenian
	hebrew
	arabic
	greek
	hangul
	kana
	han
	devanagari
	thai
	others // how many there are
)

func scriptOf(r rune) script {
	switch {
	case unicode.Is(unicode.Georgian, r):
		return georgian
	case unicode.Is(unicode.Armenian, r):
		return armenian
	case unicode.Is(unicode.Hebrew, r):
		return hebrew
	case unicode.Is(unicode.Arabic, r):
		return arabic
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return kana
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.Is(unicode.Devanagari, r):
		return devanagari
	case unicode.Is(unicode.Thai, r):
		return thai
	}
	return noScript
}

// language of a script as BCP 47 names it.
func (s script) language() string {
	return [...]string{Undetermined, "ka", "hy", "he", "ar", "el", "ko", "ja", "zh", "hi", "th"}[s]
}

package language

import "unicode"

// script is a family of letters.
type script int

// The scripts. lastScript is the last that letters are of; what follows it
// counts what is no letter.
const (
	cyrillic script = iota
	latin
	cjk
	other
	lastScript = other
	noLetter   = lastScript + 1
)

// String is the script's name in scores.
func (s script) String() string {
	return [...]string{"cyrillic", "latin", "cjk", "other", "none"}[s]
}

// nativeScript is that of a run's language.
func nativeScript(language string) script {
	if language == "ru" {
		return cyrillic
	}
	return latin
}

// scripts counts the characters of a text by script.
type scripts [noLetter + 1]int

func count(text string) (out scripts) {
	for _, r := range text {
		out[scriptOf(r)]++
	}
	return out
}

func scriptOf(r rune) script {
	switch {
	case r|0x20 >= 'a' && r|0x20 <= 'z':
		return latin
	case 'А' <= r && r <= 'я':
		return cyrillic
	case !unicode.IsLetter(r):
		return noLetter
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
		return cjk
	}
	return other
}

func (s *scripts) add(o scripts) {
	for i, n := range o {
		s[i] += n
	}
}

// total is how many letters there are.
func (s scripts) total() int { return s.chars() - s[noLetter] }

// chars is how many characters there are.
func (s scripts) chars() (n int) {
	for _, c := range s {
		n += c
	}
	return n
}

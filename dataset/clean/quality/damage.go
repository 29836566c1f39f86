package quality

import (
	"strings"
	"unicode/utf8"
)

// garbled reports whether a text was read in a wrong encoding or holds mostly
// what is no character: Ð¿ÑÐ¸Ð²ÐµÑ, РїСЂРёРІРµС‚, ??????, �.
func garbled(s string) bool {
	var runes, broken, latin, cyrillic int
	var last rune
	for _, r := range s {
		runes++
		switch {
		case r < utf8.RuneSelf:
		case noCharacter(r):
			broken++
		case last == 'Ð' || last == 'Ñ':
			latin++
		// UTF-8 of Russian read as windows-1251: Р or С and then a letter or sign
		// that no Russian word has there.
		case (last == 'Р' || last == 'С') && odd1251(r):
			cyrillic++
		}
		last = r
	}
	if broken+latin+cyrillic == 0 {
		return questions(s)
	}
	return broken*4 > runes || latin > 1 && (latin+broken)*4 > runes || cyrillic > 1 && cyrillic*5 > runes
}

func noCharacter(r rune) bool {
	return r >= 0x80 && r < 0xa0 || r >= 0xe000 && r <= 0xf8ff || r == utf8.RuneError
}

func odd1251(r rune) bool {
	switch r {
	case '°', '±', 'µ', '»', '¶', '·', '‚', '€', '‡', '‹', '†', 'ё', 'џ', 'ќ', 'ћ', 'ѓ', 'ґ', 'ї', 'ѕ', 'ј', 'љ', 'њ', 'ђ', 'є', 'і', 'Ѓ', 'Ќ', 'Љ', 'Њ', 'Ћ', 'Џ', 'Ђ', 'Ѕ', 'ў', 'Ў', '„', '…', '‰', '\u00a0', '№', '¬', '®', '©', '“', '”', '‘', '’', '•', '–', '—', '™', '›', '\u00ad':
		return true
	}
	return false
}

// questions reports whether words are of question marks: letters were lost where
// a text was written in an encoding that has them not.
func questions(s string) bool {
	if !strings.Contains(s, "??? ??") {
		return false
	}
	words := 0
	for w := range strings.FieldsSeq(s) {
		if strings.Trim(w, "?") != "" {
			return false
		}
		words++
	}
	return words > 1
}

// repeats reports whether a character or a word stands more than most times in a
// row.
func repeats(s string, most int) bool {
	if len(s) <= most {
		return false
	}
	run, last := 0, rune(-1)
	for _, r := range s {
		if run++; r != last {
			run, last = 1, r
		}
		if run > most {
			return true
		}
	}
	run = 0
	before := ""
	for w := range strings.FieldsSeq(s) {
		if run++; w != before {
			run, before = 1, w
		}
		if run > most {
			return true
		}
	}
	return false
}

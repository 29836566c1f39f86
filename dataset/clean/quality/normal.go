package quality

import (
	"unicode"
	"unicode/utf8"
)

// normal is the hash of a text as it is compared: small letters, ё as е, no
// punctuation or spaces between, a letter repeated more than twice as two. Signs
// and emoji count where there is nothing else. It returns how many characters
// that are.
func normal(s string) (h uint64, n int) {
	h, n = normalOf(s, wordly)
	if n == 0 {
		return normalOf(s, func(r rune) bool { return !unicode.IsSpace(r) })
	}
	return h, n
}

func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return 'а' <= r && r <= 'я' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func normalOf(s string, counts func(rune) bool) (h uint64, n int) {
	const begin, step = 14695981039346656037, 0x9e3779b97f4a7c15
	h = begin
	var last, before rune
	gap := false
	for _, r := range s {
		if !counts(r) {
			gap = n > 0
			continue
		}
		if r = fold(r); r == last && r == before && !gap {
			continue
		}
		if gap {
			h = (h ^ ' ') * step
			h ^= h >> 29
		}
		h = (h ^ uint64(r)) * step
		h ^= h >> 29
		before, last, gap = last, r, false
		n++
	}
	return h, n
}

func fold(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return r
	case 'а' <= r && r <= 'я':
		return r
	case 'А' <= r && r <= 'Я':
		return r + 0x20
	case r == 'ё' || r == 'Ё':
		return 'е'
	}
	return unicode.ToLower(r)
}

// hashWith is the hash of a speaker and a text's hash.
func hashWith(speaker string, h uint64) uint64 {
	const step = 0x9e3779b97f4a7c15
	for i := range len(speaker) {
		h = (h ^ uint64(speaker[i])) * step
		h ^= h >> 31
	}
	return h
}

package pii

import (
	"strings"
	"unicode/utf8"
)

// decline returns the forms that a folded Russian name or surname takes: cases,
// the short vocative, and whose something is. Some of them nobody says; none is
// missing. Names in other letters have one form.
func decline(n string) []string {
	if n == "" || latinWord(n) {
		return []string{n}
	}
	out := []string{n}
	add := func(stem, endings string) {
		for e := range strings.FieldsSeq(endings) {
			out = append(out, stem+strings.TrimPrefix(e, "-"))
		}
	}
	last, size := utf8.DecodeLastRuneInString(n)
	stem := n[:len(n)-size]
	const whose = " ин ина ино ины иной ину иных иным"
	switch last {
	case 'а':
		add(stem, "ы и у е ой ою ей"+whose)
	case 'я':
		add(stem, "и ю е ей ею"+whose)
	case 'й':
		add(stem, "я ю ем е и")
	case 'ь':
		add(stem, "я ю ем е и ью")
	case 'о', 'е', 'и', 'у', 'ю', 'ы', 'э':
	default:
		add(n, "а у ом ем е")
	}
	out = append(out, vocative(stem, last)...)
	for _, s := range shortened(n) {
		add(s, "а у ом ем е")
	}
	return append(out, declineSurname(n)...)
}

// vocative is how friends call: Маш, Вань, Зой. Long names have none: Александр
// is somebody else than Александра.
func vocative(stem string, last rune) []string {
	switch n := utf8.RuneCountInString(stem); {
	case last == 'а' && n <= 5:
		return []string{stem}
	case last == 'я' && n <= 3 && strings.TrimRight(stem, "аоей") != stem:
		return []string{stem + "й"}
	case last == 'я' && n <= 5:
		return []string{stem + "ь"}
	}
	return nil
}

// shortened returns the stems of a name that loses a vowel in its cases: Павла,
// Льва, Санька, Игорька.
func shortened(n string) []string {
	switch n {
	case "павел":
		return []string{"павл"}
	case "лев":
		return []string{"льв"}
	case "любовь":
		return []string{"любв"}
	}
	if s, ok := strings.CutSuffix(n, "ок"); ok {
		return []string{s + "к"}
	}
	if s, ok := strings.CutSuffix(n, "ек"); ok {
		return []string{s + "к", s + "ьк"}
	}
	if s, ok := strings.CutSuffix(n, "ец"); ok {
		return []string{s + "ц", s + "ьц"}
	}
	return nil
}

// declineSurname returns the forms of a surname of either sex and of a family.
func declineSurname(n string) (out []string) {
	ends := func(endings ...string) (string, bool) {
		for _, e := range endings {
			if s, ok := strings.CutSuffix(n, e); ok && utf8.RuneCountInString(s) > 1 {
				return s, true
			}
		}
		return "", false
	}
	add := func(stem, endings string) {
		for e := range strings.FieldsSeq(endings) {
			out = append(out, stem+strings.TrimPrefix(e, "-"))
		}
	}
	if s, ok := ends("ова", "ева", "ина", "ына"); ok {
		add(s+n[len(s):len(n)-len("а")], "- а у ым е ой ы ых ыми")
	} else if _, ok := ends("ов", "ев", "ин", "ын"); ok {
		add(n, "а у ым е ой ы ых ыми")
	}
	if s, ok := ends("ский", "цкий", "ская", "цкая", "ской", "цкой"); ok {
		add(s+n[len(s):len(s)+len("ск")], "ий ой ого ому им ом ая ую ие их ими")
	} else if s, ok := ends("ый", "ая", "ой"); ok {
		add(s, "ый ой ого ому ым ом ая ую ые ых ыми")
	}
	return out
}

// surnameLike reports whether one of the spellings of a word ends as surnames do
// and other words seldom.
func surnameLike(spellings []string) bool {
	const endings = `ов ова ев ева енко ский ская цкий цкая швили дзе ович евич
		ov ova ev eva enko sky skiy skaya skij shvili dze ovich evich`
	const longer = "ин ина ын ына чук юк ян ных in ina uk yan ian"
	for _, s := range spellings {
		n := utf8.RuneCountInString(s)
		for e := range strings.FieldsSeq(endings) {
			if n >= 5 && strings.HasSuffix(s, e) {
				return true
			}
		}
		for e := range strings.FieldsSeq(longer) {
			if n >= 6 && strings.HasSuffix(s, e) {
				return true
			}
		}
	}
	return false
}

package pii

import "strings"

// latinWord reports whether a folded word is of Latin letters.
func latinWord(s string) bool { return s != "" && s[0] < 0x80 }

// latinOf writes a folded Russian word in Latin letters, as passports and most
// people do.
func latinOf(s string) string {
	const letters = `а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f
		х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya`
	var out strings.Builder
	pairs := strings.Fields(letters)
	for _, r := range s {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == string(r) && pairs[i+1] != "-" {
				out.WriteString(pairs[i+1])
			}
		}
	}
	return out.String()
}

// cyrillic guesses how a name in Latin letters is written in Russian.
func cyrillic(s string) []string {
	const letters = `shch щ sch щ zh ж kh х ts ц ch ч sh ш yu ю ju ю ya я ja я yo е iy ий ey ей ay ай oy ой ij ий
		a а b б v в w в g г d д e е z з i и j й k к l л m м n н o о p п r р s с t т u у f ф h х c к y ы x кс q к`
	pairs := strings.Fields(letters)
	var out strings.Builder
	for rest := s; rest != ""; {
		size := 1
		for i := 0; i < len(pairs); i += 2 {
			if strings.HasPrefix(rest, pairs[i]) {
				out.WriteString(pairs[i+1])
				size = len(pairs[i])
				break
			}
		}
		rest = rest[size:]
	}
	plain := out.String()
	if s, ok := strings.CutSuffix(plain, "скы"); ok {
		return []string{s + "ский"}
	}
	return []string{plain}
}

package memorisation

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/plugins/text"
)

// found is something in a text that looks like personal data.
type found struct {
	kind     string
	key      string // as it is compared
	from, to int    // in bytes
}

// pattern is what personal data of a kind look like.
type pattern struct {
	kind   string
	digits bool // compared by its digits alone
	re     *regexp.Regexp
}

// finder finds personal data. It finds less than the cleaning of datasets does:
// what a stranger could use as it stands.
type finder []pattern

func newFinder() finder {
	return finder{
		{"email", false, regexp.MustCompile(`[\p{L}\d][\p{L}\d._%+-]{0,63}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{2,63}){1,5}`)},
		{"card", true, regexp.MustCompile(`\d(?:[ -]?\d){12,18}`)},
		{"phone", true, regexp.MustCompile(`\+?\d(?:[ \-().]{0,3}\d){9,13}`)},
		{"address", false, regexp.MustCompile(`(?i)(?:ул\.|улиц[аеуы]|просп\.|проспект[ае]?|пер\.|переул[а-я]{1,4}|шоссе|бульвар[ае]?|наб\.|набережн[а-я]{2})\s{1,3}[\p{L}\d-]{2,40}(?:\s[\p{L}-]{2,40})?,?\s{1,3}(?:д\.?\s?|дом\s)?\d{1,4}`)},
		{"address", false, regexp.MustCompile(`\d{1,5}\s\p{Lu}\p{L}{1,40}(?:\s\p{Lu}\p{L}{1,40})?\s(?i:street|st\.|avenue|ave\.|road|rd\.|lane)`)},
	}
}

// find lists what looks like personal data in a text, in order; of two that
// overlap, the one of the earlier pattern.
func (f finder) find(s string) []found {
	digits, at := hints(s)
	if digits == 0 && !at {
		return nil // as most of what people say
	}
	var out []found
	for _, p := range f {
		if p.digits && digits < fewestNumber {
			continue
		}
		for _, at := range p.re.FindAllStringIndex(s, -1) {
			key, ok := p.key(s[at[0]:at[1]])
			if !ok || slices.ContainsFunc(out, func(o found) bool { return at[0] < o.to && o.from < at[1] }) {
				continue
			}
			out = append(out, found{p.kind, p.kind + " " + key, at[0], at[1]})
		}
	}
	slices.SortFunc(out, func(a, b found) int { return a.from - b.from })
	return out
}

// fewestNumber is how many digits a phone has, or a card, at least.
const fewestNumber = 10

// hints are the digits of a text, and whether it may have an e-mail address: without
// them no pattern finds anything.
func hints(s string) (digits int, at bool) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits, strings.Contains(s, "@")
}

// key is how something found is compared: a phone by its last ten digits, so
// that +7 and 8 are the same. It is false for numbers that are none of the kind.
func (p pattern) key(s string) (string, bool) {
	key := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || !p.digits && (unicode.IsLetter(r) || r == '@' || r == '.') {
			return r
		}
		return -1
	}, text.Fold(s))
	switch p.kind {
	case "card":
		return key, luhn(key)
	case "phone":
		return key[len(key)-10:], true
	}
	return key, true
}

// luhn reports whether the check digit of a card's number is right (ISO/IEC
// 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mask is a text without what looks like personal data.
func (f finder) mask(s string) string {
	var b strings.Builder
	from := 0
	for _, x := range f.find(s) {
		b.WriteString(s[from:x.from])
		b.WriteString("[" + x.kind + "]")
		from = x.to
	}
	b.WriteString(s[from:])
	return b.String()
}

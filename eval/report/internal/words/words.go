// Package words puts phrases, numbers and times into the language of a report:
// Russian or English.
package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Language is ru, or anything else for English.
type Language string

const (
	noBreak   = "\u00a0"
	minus     = "\u2212"
	undefined = "—"
)

// T is a phrase in the language. A phrase is its Russian and its English with
// " ¦ " between them; one without it is the same in both.
func (l Language) T(phrase string) string {
	ru, en, both := strings.Cut(phrase, " ¦ ")
	if l.russian() || !both {
		return ru
	}
	return en
}

func (l Language) russian() bool { return l == "ru" }

// Plural is the form of a word that goes with n: of "тик|тика|тиков ¦
// tick|ticks", тика for 2 in Russian and ticks in English.
func (l Language) Plural(n int, forms string) string {
	words := strings.Split(l.T(forms), "|")
	return words[min(l.form(n), len(words)-1)]
}

// form is the index of the plural form that n takes, as CLDR has it.
func (l Language) form(n int) int {
	n = max(n, -n)
	switch tens, ones := n%100, n%10; {
	case !l.russian():
		return min(max(n-1, -(n-1)), 1) // 0 and 2 are plural
	case ones == 1 && tens != 11:
		return 0
	case ones >= 2 && ones <= 4 && (tens < 12 || tens > 14):
		return 1
	default:
		return 2
	}
}

// Count is n with the word for it.
func (l Language) Count(n int, forms string) string {
	return l.Int(n) + noBreak + l.Plural(n, forms)
}

// Int is a whole number with its thousands apart.
func (l Language) Int(n int) string { return l.Number(float64(n), 0) }

// Number is x with so many digits after the decimal sign, or a dash where x is
// not a number.
func (l Language) Number(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return undefined
	}
	text := strconv.FormatFloat(math.Abs(x), 'f', digits, 64)
	whole, part, _ := strings.Cut(text, ".")
	sign := ""
	if x < 0 && strings.Trim(text, "0.") != "" {
		sign = minus
	}
	point, between := ".", ","
	if l.russian() {
		point, between = ",", noBreak
	}
	if part != "" {
		part = point + part
	}
	return sign + l.thousands(whole, between) + part
}

// thousands sets groups of three digits apart. Russian leaves four digits
// together.
func (l Language) thousands(digits, between string) string {
	if len(digits) <= 3 || (l.russian() && len(digits) == 4) {
		return digits
	}
	head := len(digits) % 3
	groups := []string{}
	if head > 0 {
		groups = append(groups, digits[:head])
	}
	for ; head < len(digits); head += 3 {
		groups = append(groups, digits[head:head+3])
	}
	return strings.Join(groups, between)
}

// Percent is a share of 1 as a percentage.
func (l Language) Percent(share float64, digits int) string {
	if math.IsNaN(share) {
		return undefined
	}
	unit := "%"
	if l.russian() {
		unit = noBreak + unit
	}
	return l.Number(100*share, digits) + unit
}

// Moment is a date and a time.
func (l Language) Moment(t time.Time) string {
	return t.Format(l.T("02.01.2006 15:04 ¦ 2 Jan 2006 15:04"))
}

// Span is a length of simulated time.
func (l Language) Span(d time.Duration) string {
	if d == 0 {
		return "0" + noBreak + l.T("мин ¦ min")
	}
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "д ¦ d"}, {time.Hour, "ч ¦ h"}, {time.Minute, "мин ¦ min"}, {time.Second, "с ¦ s"}} {
		if n := d / unit.of; n > 0 && len(parts) < 2 {
			parts = append(parts, l.Int(int(n))+noBreak+l.T(unit.name))
			d -= n * unit.of
		}
	}
	if len(parts) == 0 {
		return d.String()
	}
	return strings.Join(parts, " ")
}

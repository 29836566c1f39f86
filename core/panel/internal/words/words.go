// Package words puts the panel's phrases, numbers and times into Russian or
// English. The phrases of each language are one file.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed ru.json en.json
var files embed.FS

// Codes are the languages, the one that is used where a reader wants neither
// first.
func Codes() []string { return []string{"ru", "en"} }

// Language is a catalogue of phrases.
type Language struct {
	Code    string
	phrases map[string]phrase
}

// phrase is a text, or the forms of one by number.
type phrase struct {
	text  string
	forms map[string]string // one, few, many, other
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *phrase) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		return json.Unmarshal(data, &p.forms)
	}
	return json.Unmarshal(data, &p.text)
}

// Load reads the catalogues of all languages, by code.
func Load() (map[string]*Language, error) {
	all := map[string]*Language{}
	for _, code := range Codes() {
		data, err := files.ReadFile(code + ".json")
		if err != nil {
			return nil, fmt.Errorf("phrases of %s: %w", code, err)
		}
		l := &Language{Code: code}
		if err := json.Unmarshal(data, &l.phrases); err != nil {
			return nil, fmt.Errorf("phrases of %s: %w", code, err)
		}
		all[code] = l
	}
	return all, nil
}

// T is a phrase; {0}, {1}, … in it are the arguments. A key without a phrase is
// shown as it is: better than nothing to a reader.
func (l *Language) T(key string, args ...any) string {
	p, ok := l.phrases[key]
	if !ok {
		return key
	}
	return fill(p.text, args)
}

// Has reports whether there is a phrase.
func (l *Language) Has(key string) bool {
	_, ok := l.phrases[key]
	return ok
}

// Or is the phrase of a key, or the other text where there is none: words that a
// plugin made up.
func (l *Language) Or(key, otherwise string) string {
	if l.Has(key) {
		return l.T(key)
	}
	return otherwise
}

func fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// N is the phrase in the form that goes with n; {n} in it is the number.
func (l *Language) N(key string, n int) string {
	p, ok := l.phrases[key]
	if !ok {
		return key
	}
	form, ok := p.forms[l.form(n)]
	if !ok {
		form = p.forms["other"]
	}
	return strings.ReplaceAll(form, "{n}", l.Int(int64(n)))
}

// form is the plural form of a number, as CLDR has it.
func (l *Language) form(n int) string {
	n = max(n, -n)
	switch tens, ones := n%100, n%10; {
	case l.Code != "ru" && n == 1:
		return "one"
	case l.Code != "ru":
		return "other"
	case ones == 1 && tens != 11:
		return "one"
	case ones >= 2 && ones <= 4 && (tens < 12 || tens > 14):
		return "few"
	}
	return "many"
}

const (
	narrow = "\u202f" // no line ends here
	minus  = "\u2212"
)

// Int is a whole number with its thousands apart.
func (l *Language) Int(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], minus
	}
	if len(digits) < 5 && l.Code == "ru" {
		return sign + digits
	}
	var parts []string
	for ; len(digits) > 3; digits = digits[:len(digits)-3] {
		parts = append(parts, digits[len(digits)-3:])
	}
	parts = append(parts, digits)
	slices.Reverse(parts)
	if l.Code == "ru" {
		return sign + strings.Join(parts, narrow)
	}
	return sign + strings.Join(parts, ",")
}

// Num is a number with so many digits after its point.
func (l *Language) Num(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "—"
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	s = strings.Replace(s, "-", minus, 1)
	if l.Code == "ru" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Signed is a number with its sign.
func (l *Language) Signed(v float64) string {
	s := l.Num(v, 2)
	if v > 0.005 {
		return "+" + s
	}
	return s
}

// Percent is a share of 1.
func (l *Language) Percent(share float64) string {
	if l.Code == "ru" {
		return l.Num(100*share, 0) + "\u00a0%"
	}
	return l.Num(100*share, 0) + "%"
}

// Duration is a time that passes, roughly.
func (l *Language) Duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return l.T("unit.ms", "<"+narrow+"1")
	case d < time.Second:
		return l.T("unit.ms", l.Int(d.Milliseconds()))
	case d < time.Minute:
		return l.T("unit.s", l.Num(d.Seconds(), 1))
	case d < time.Hour:
		return l.T("unit.min", l.Int(int64(d.Minutes())))
	case d < 48*time.Hour:
		return l.T("unit.h", l.Int(int64(d.Hours())))
	}
	return l.T("unit.d", l.Int(int64(d.Hours()/24)))
}

// Stamp is a moment: a day and a time of day.
func (l *Language) Stamp(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	if l.Code == "ru" {
		return t.Format("02.01.2006 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

package panel

import (
	"crypto/rand"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/chart"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/panel/internal/words"
	"github.com/llm-city/gorod/plugins/text"
)

// functions are what templates of a language can say.
func (p *Panel) functions(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"t":        l.T,
		"n":        l.N,
		"word":     func(group, key string) string { return l.Or(group+"."+key, prose(key, 60)) },
		"int":      func(n any) string { return l.Int(whole(n)) },
		"num":      l.Num,
		"signed":   l.Signed,
		"percent":  l.Percent,
		"duration": l.Duration,
		"stamp":    l.Stamp,
		"ago":      func(t time.Time) string { return l.T("ago", l.Duration(p.opts.Now().Sub(t))) },
		"asset":    p.assets.url,
		"say":      func(s string) string { return prose(s, 4000) },
		"line": func(s string, limit int) string {
			return text.Cut(strings.Join(strings.Fields(prose(s, 4*limit)), " "), limit)
		},
		"initials": initials,
		"tone":     tone,
		"pair":     func(p, v any) pair { return pair{p, v} },
		"effects":  func(e []event.Effect, names map[string]string) effectList { return effectList{e, names} },
		"key":      rand.Text,
		"whole":    func(n int64) int { return int(n) },
		"hundred":  func(share float64) float64 { return 100 * share },
		"hitshare": func(hits, calls int64) float64 { return float64(hits) / math.Max(float64(hits+calls), 1) },
		"num100":   func(v float64) float64 { return math.Round(90 * v) },
		"share":    func(a, b int) float64 { return 100 * float64(a) / math.Max(float64(b), 1) },
		"join":     strings.Join,
		"purpose":  func(s string) string { return l.Or("purpose."+city.Purpose(s), prose(s, 60)) },
		"backward": func(l []chart.Line) []chart.Line { // what adds nothing to a stack does not hide what it stands on
			l = slices.Clone(l)
			slices.Reverse(l)
			return l
		},
		"add": func(a, b int64) int64 { return a + b },
	}
}

// pair gives a part of a page two things: mostly the page itself, and what it
// shows.
type pair struct{ P, V any }

// effectList is effects with the names of those whom they concern.
type effectList struct {
	Effects []event.Effect
	Names   map[string]string
}

// prose is what somebody wrote, fit to be read: valid, cut, without control
// characters and those that turn the direction of writing.
func prose(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return text.Cut(strings.TrimSpace(s), limit)
}

// initials are the first letters of a name's first two words.
func initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(prose(name, 60)) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = append(out, unicode.ToUpper(r))
				break
			}
		}
		if len(out) == 2 {
			break
		}
	}
	return string(out)
}

// tone is the class of a valence.
func tone(valence float64) string {
	switch {
	case valence >= 0.15:
		return "positive"
	case valence <= -0.15:
		return "negative"
	}
	return "neutral"
}

func whole(n any) int64 {
	switch v := n.(type) {
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case int64:
		return v
	}
	return 0
}

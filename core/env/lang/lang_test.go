package lang_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/lang"
)

func TestPhrasesAreSaidInTheLanguageOfTheSociety(t *testing.T) {
	t.Parallel()
	const p lang.Phrase = "Нет «%s». ¦ No %q."
	for language, want := range map[string]string{"ru": "Нет «дома».", "en": `No "дома".`, "": `No "дома".`} {
		var refusal *env.Refusal
		if err := error(p.Refuse(language, "дома")); !errors.As(err, &refusal) || refusal.Why != want {
			t.Errorf("%q: %v, want %q", language, err, want)
		}
	}
}

func TestTextsAreCleaned(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"  Ёж\t и \r\n уж \x00": {"Ёж  и \n уж", "Ёж и уж", "еж и уж"},
		"при\xffвет":            {"привет", "привет", "привет"},
		"\u202eнаоборот\u2066":  {"наоборот", "наоборот", "наоборот"},
		"👨‍👩‍👧 семья":           {"👨‍👩‍👧 семья", "👨‍👩‍👧 семья", "👨👩👧 семья"},
		" \n ":                  {"", "", ""},
	} {
		if got := [3]string{lang.Clean(text), lang.Line(text), lang.Fold(text)}; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzCleanTextIsValidAndStaysAsItIs(f *testing.F) {
	f.Add("при\xffвет\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		clean := lang.Clean(s)
		if !utf8.ValidString(clean) || lang.Clean(clean) != clean || len(clean) > len(s) {
			t.Errorf("%q becomes %q, then %q", s, clean, lang.Clean(clean))
		}
		if n := utf8.RuneCountInString(lang.Excerpt(s, 10)); n > 11 {
			t.Errorf("an excerpt of %d characters", n)
		}
	})
}

package words_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/panel/internal/words"
)

func load(t *testing.T) map[string]*words.Language {
	t.Helper()
	all, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func catalogue(t *testing.T, code string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBothLanguagesHaveTheSamePhrasesWithTheSameArguments(t *testing.T) {
	t.Parallel()
	ru, en := catalogue(t, "ru"), catalogue(t, "en")
	arguments := regexp.MustCompile(`\{[0-9n]\}`)
	used := func(v any) map[string]bool {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]bool{}
		for _, a := range arguments.FindAllString(string(data), -1) {
			set[a] = true
		}
		return set
	}
	for key, phrase := range ru {
		other, ok := en[key]
		if !ok || len(used(phrase)) != len(used(other)) {
			t.Errorf("%s: %v, %v", key, phrase, other)
		}
		if forms, plural := phrase.(map[string]any); plural && (forms["one"] == nil || forms["few"] == nil || forms["many"] == nil) {
			t.Errorf("%s has not all forms", key)
		}
	}
	if len(ru) != len(en) {
		t.Errorf("%d phrases in Russian, %d in English", len(ru), len(en))
	}
}

func TestWhateverThePanelSaysIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	l := load(t)["en"]
	said := regexp.MustCompile(`(?:words\.(?:T|N|Or)|q\.fail\([^,]+,|[{(] ?(?:t|n)) ?\(?"([a-z0-9.:_-]+)"`)
	found := 0
	for _, pattern := range []string{"../../*.go", "../../assets/pages/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(data), -1) {
				if found++; !l.Has(m[1]) && !strings.HasSuffix(m[1], ".") {
					t.Errorf("%s says %q", filepath.Base(file), m[1])
				}
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d phrases are said", found)
	}
}

func TestNumbersAndPluralsAreThoseOfTheLanguage(t *testing.T) {
	t.Parallel()
	all := load(t)
	ru, en := all["ru"], all["en"]
	for _, c := range []struct{ got, want string }{
		{ru.N("n.residents", 1), "1 житель"}, {ru.N("n.residents", 2), "2 жителя"}, {ru.N("n.residents", 5), "5 жителей"}, {ru.N("n.residents", 11), "11 жителей"},
		{ru.N("n.residents", 21), "21 житель"}, {ru.N("n.residents", 112), "112 жителей"}, {en.N("n.residents", 1), "1 resident"}, {en.N("n.residents", 0), "0 residents"},
		{ru.Int(1234), "1234"}, {ru.Int(12345), "12\u202f345"}, {en.Int(1234567), "1,234,567"}, {en.Int(-5), "−5"},
		{ru.Num(-0.25, 2), "−0,25"}, {en.Signed(0.5), "+0.50"}, {en.Signed(-0.001), "0.00"}, {ru.Percent(0.5), "50\u00a0%"}, {en.Percent(0.5), "50%"},
		{en.Duration(90 * time.Second), "1 min"}, {ru.Duration(1500 * time.Millisecond), "1,5 с"}, {en.Duration(0), "<\u202f1 ms"},
		{ru.Stamp(time.Date(2026, 3, 2, 8, 5, 0, 0, time.UTC)), "02.03.2026 08:05"}, {en.Stamp(time.Time{}), "—"},
		{en.T("no.such"), "no.such"}, {en.Or("no.such", "word"), "word"}, {en.T("ticks.range", 1, 2), "ticks 1–2"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

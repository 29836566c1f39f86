package language_test

import (
	_ "embed"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/clean/language"
)

//go:embed testdata/messages.txt
var labelled string

// each yields the labelled messages with their languages.
func each(f func(want, text string)) {
	for line := range strings.Lines(labelled) {
		want, rest, ok := strings.Cut(strings.TrimSpace(line), "|")
		if !ok {
			continue
		}
		for text := range strings.SplitSeq(rest, ";") {
			f(want, text)
		}
	}
}

func identifier(tb testing.TB, languages ...string) *language.Identifier {
	tb.Helper()
	d, err := language.New(languages...)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

type hits struct{ right, of int }

func (h hits) rate() float64 { return float64(h.right) / float64(max(h.of, 1)) }

func TestShortMessagesAreIdentified(t *testing.T) {
	t.Parallel()
	d := identifier(t)
	byLength, cyrillic, byLanguage := map[int]hits{}, map[int]hits{}, map[string]hits{}
	sure, right, all := 0.0, 0, 0
	note := func(m map[int]hits, n int, ok bool) {
		h := m[n]
		h.of++
		if ok {
			h.right++
		}
		m[n] = h
	}
	each(func(want, text string) {
		got, n := d.Identify(text), len(strings.Fields(text))
		ok := got.Language == want
		if !ok {
			t.Logf("%s: %q is taken for %s (%.2f)", want, text, got.Language, got.Confidence)
		}
		if n > 3 {
			n = 5
		}
		note(byLength, n, ok)
		sure += got.Confidence
		if all++; ok {
			right++
		}
		if first, _ := utf8.DecodeRuneInString(text); first >= 0x400 {
			note(cyrillic, n, ok)
		}
		h := byLanguage[want]
		h.of++
		if ok {
			h.right++
		}
		byLanguage[want] = h
	})
	if sure /= float64(all); math.Abs(sure-float64(right)/float64(all)) > 0.05 {
		t.Errorf("confidence is %.3f on average, and %.3f are right", sure, float64(right)/float64(all))
	}
	for n, least := range map[int]float64{1: 0.82, 2: 0.84, 3: 0.93, 5: 0.96} {
		t.Logf("%d words: %.3f of %d, Cyrillic %.3f of %d", n, byLength[n].rate(), byLength[n].of, cyrillic[n].rate(), cyrillic[n].of)
		if byLength[n].rate() < least || byLength[n].of < 50 {
			t.Errorf("%d words: %.3f right of %d", n, byLength[n].rate(), byLength[n].of)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(byLanguage)) {
		t.Logf("%-8s %.3f of %d", l, byLanguage[l].rate(), byLanguage[l].of)
		if byLanguage[l].rate() < 0.60 {
			t.Errorf("%s: %.3f right", l, byLanguage[l].rate())
		}
	}
	if r := byLanguage[language.Russian].rate(); r < 0.95 {
		t.Errorf("Russian: %.3f right", r)
	}
}

func TestLettersOfOneAlphabetDecide(t *testing.T) {
	t.Parallel()
	d := identifier(t)
	for text, want := range map[string]string{
		"їжак": "uk", "ґава": "uk", "ўсё": "be", "ңғ": "kk", "љубав": "sr", "გამარჯობა": "ka", "שלום": "he",
		"γειά": "el", "안녕": "ko", "こんにちは": "ja", "你好": "zh", "नमस्ते": "hi", "สวัสดี": "th", "مرحبا": "ar", "բարև": "hy",
		"niñez": "es", "straße": "de", "łódź": "pl",
	} {
		if got := d.Identify(text); got.Language != want || got.Confidence != 1 {
			t.Errorf("%s gives %+v, want %s", text, got, want)
		}
	}
}

func TestWhatFitsEveryLanguageIsUndetermined(t *testing.T) {
	t.Parallel()
	d := identifier(t)
	for _, text := range []string{
		"", " ", "+", "?", "))))", "😂😂", "👍🏽", "100500", "12:30", "50%", "...", "хах", "ахахахах", "АХАХАХ", "хмм", "ммм", "ааааа", "лол", "ок", "ok",
		"haha", "lol", "hmmm", "xD", "https://ya.ru/привет", "@durov", "[NAME_1]", "[PHONE_1] [NAME_2]", "#тег", "/start", "\xff\xfe", "ᏣᎳᎩ", "ага)))", "v2.3",
	} {
		if got := d.Identify(text); got != (language.Guess{Language: language.Undetermined}) {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

func TestWhatIsNoWordDoesNotCount(t *testing.T) {
	t.Parallel()
	d := identifier(t)
	for text, want := range map[string]string{
		"глянь https://example.com/some/english/words?here=there": "ru",
		"спроси у @some_english_name":                             "ru",
		"[NAME_1] опять опоздал":                                  "ru",
		"ахахах это точно lol":                                    "ru",
		"купил новый iPhone вчера":                                "ru",
		"ПРИВЕТ КАК ДЕЛА":                                         "ru",
		"check https://пример.рф/страница please":                 "en",
	} {
		if got := d.Identify(text); got.Language != want {
			t.Errorf("%q gives %+v, want %s", text, got, want)
		}
	}
}

// Where a recipe names the languages there are, guesses are better.
func TestFewerLanguagesAreToldApartBetter(t *testing.T) {
	t.Parallel()
	set := []string{language.Russian, language.Ukrainian, language.Kazakh, language.English, language.Translit}
	d, h := identifier(t, set...), hits{}
	each(func(want, text string) {
		if !slices.Contains(set, want) || len(strings.Fields(text)) > 2 {
			return
		}
		h.of++
		if got := d.Identify(text); got.Language == want {
			h.right++
		} else {
			t.Logf("%s: %q is taken for %+v", want, text, got)
		}
	})
	t.Logf("%.3f of %d", h.rate(), h.of)
	if h.rate() < 0.91 {
		t.Errorf("%.3f right of %d", h.rate(), h.of)
	}
	if got := identifier(t, language.Russian).Identify("hello there"); got.Language != language.Undetermined {
		t.Errorf("a language of no known alphabet gives %+v", got)
	}
	if _, err := language.New("xx"); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Errorf("an unknown language gives %v", err)
	}
}

func TestLongerTextsAreMoreCertain(t *testing.T) {
	t.Parallel()
	d := identifier(t)
	short, long := d.Identify("добре"), d.Identify("добре, а как мислиш, дали ще вали утре следобед")
	if short.Confidence >= long.Confidence || long.Language != language.Bulgarian || long.Confidence < 0.95 {
		t.Errorf("%+v and %+v", short, long)
	}
}

func FuzzIdentify(f *testing.F) {
	each(func(_, text string) { f.Add(text) })
	f.Add("\xd0://@[")
	d := identifier(f)
	f.Fuzz(func(t *testing.T, text string) {
		g := d.Identify(text)
		if (g.Language == language.Undetermined) != (g.Confidence == 0) || g.Confidence < 0 || g.Confidence > 1 {
			t.Errorf("%q gives %+v", text, g)
		}
		if again := d.Identify(text); again != g {
			t.Errorf("%q gives %+v and %+v", text, g, again)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	d := identifier(b)
	var messages []string
	each(func(_, text string) { messages = append(messages, text) })
	for _, c := range []struct {
		name     string
		messages []string
	}{
		{"labelled", messages},
		{"chat", []string{"да ладно тебе, приходи завтра часов в 5)", "ок", "ахахах 😂😂", "не знаю, посмотрим", "я вообще думал что ты уже дома"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, m := range c.messages {
					d.Identify(m)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.messages)), "ns/msg")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := language.New(); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleIdentifier_Identify() {
	d, err := language.New()
	if err != nil {
		panic(err)
	}
	for _, text := range []string{"ну и как тебе?", "щось не те", "privet, kak dela", "👍"} {
		fmt.Println(d.Identify(text).Language)
	}
	// Output:
	// ru
	// uk
	// ru-Latn
	// und
}

package memorisation

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
)

// Every run of 50 characters or more is found, wherever it stands.
func TestTheLongestMatchIsThatOfAnExhaustiveSearch(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	letters := []rune("абвгде ")
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return plain(b.String())
	}
	for range 200 {
		known := text(300)
		c := newCorpus()
		c.read(&sample.Example{Turns: []sample.Turn{{Text: known}, {Text: text(100)}}})
		runes := []rune(known)
		n := 20 + random.IntN(100)
		from := random.IntN(len(runes) - n)
		reply := "ж" + string(runes[from:from+n]) + "ж" + text(20)
		want := n
		got := c.longest(reply, "")
		if got > want || want >= verbatimChars && got < want-2 { // spaces at the ends fold away
			t.Fatalf("found %d of %d characters from %d", got, want, from)
		}
	}
}

func TestPersonalDataAreFound(t *testing.T) {
	t.Parallel()
	f := newFinder()
	for text, want := range map[string]string{
		"звони +7 (916) 123-45-67!":               "звони [phone]!",
		"8 916 123 45 67":                         "[phone]",
		"карта 4111 1111 1111 1111, сбер":         "карта [card], сбер",
		"почта Иван.Петров@почта.рф.":             "почта [email].",
		"приезжай на улицу Ленина, дом 5":         "приезжай на [address]",
		"живу: ул. Большая Садовая, д. 12, кв. 3": "живу: [address], кв. 3",
		"I live at 221 Baker Street":              "I live at [address]",
		"в 2024 году было 15 встреч по 20 минут":  "в 2024 году было 15 встреч по 20 минут",
		"счёт 3:2, сумма 1 500 000 рублей":        "счёт 3:2, сумма 1 500 000 рублей",
		"сказал @petya, что улица пуста":          "сказал @petya, что улица пуста",
		"": "",
	} {
		if got := f.mask(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	a, b := f.find("+7 916 123-45-67"), f.find("8(916)1234567")
	if len(a) != 1 || len(b) != 1 || a[0].key != b[0].key {
		t.Errorf("the same number is compared as %v and %v", a, b)
	}
}

func FuzzFindingsAreInOrderAndDoNotOverlap(f *testing.F) {
	f.Add("пиши +7 916 123-45-67, a@b.ru 4111111111111111")
	f.Add("1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")
	f.Add("\xff@ул. Ы 1")
	finder := newFinder()
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, x := range finder.find(s) {
			if x.from < end || x.from >= x.to || x.to > len(s) || x.key == "" {
				t.Fatalf("%q: %+v after %d", s, x, end)
			}
			end = x.to
			if strings.Contains(finder.mask(s), s[x.from:x.to]) && strings.Count(s, s[x.from:x.to]) == 1 {
				t.Fatalf("%q still has %q", finder.mask(s), s[x.from:x.to])
			}
		}
	})
}

func TestLikenessIsTheShareOfTheSecretThatIsThere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		secret, reply string
		want          float64
	}{
		{"48151623", "код48151623вот", 1}, {"48151623", "48151699", 0.75}, {"1234", "", 0}, {"1234", "абв", 0}, {"", "абв", 0},
	} {
		if got := closest(tt.secret, tt.reply); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%q in %q: %v", tt.secret, tt.reply, got)
		}
	}
}

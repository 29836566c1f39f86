package words_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/eval/report/internal/words"
)

// seen shows no-break spaces as underscores.
func seen(s string) string { return strings.ReplaceAll(s, "\u00a0", "_") }

func TestPluralsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	const tick = "тик|тика|тиков ¦ tick|ticks"
	for _, c := range []struct {
		n      int
		ru, en string
	}{
		{0, "0_тиков", "0_ticks"}, {1, "1_тик", "1_tick"}, {2, "2_тика", "2_ticks"}, {4, "4_тика", "4_ticks"}, {5, "5_тиков", "5_ticks"},
		{11, "11_тиков", "11_ticks"}, {12, "12_тиков", "12_ticks"}, {14, "14_тиков", "14_ticks"}, {21, "21_тик", "21_ticks"},
		{22, "22_тика", "22_ticks"}, {111, "111_тиков", "111_ticks"}, {1001, "1001_тик", "1,001_ticks"},
		{123456, "123_456_тиков", "123,456_ticks"}, {-1, "−1_тик", "−1_tick"},
	} {
		if got := seen(words.Language("ru").Count(c.n, tick)); got != c.ru {
			t.Errorf("%d: %q, want %q", c.n, got, c.ru)
		}
		if got := seen(words.Language("en").Count(c.n, tick)); got != c.en {
			t.Errorf("%d: %q, want %q", c.n, got, c.en)
		}
	}
}

func TestNumbersFollowTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x      float64
		digits int
		ru, en string
	}{
		{0.125, 2, "0,12", "0.12"}, {-0.5, 1, "−0,5", "−0.5"}, {-0.001, 2, "0,00", "0.00"}, {1234.5, 1, "1234,5", "1,234.5"},
		{12345, 0, "12_345", "12,345"}, {1234567.25, 2, "1_234_567,25", "1,234,567.25"}, {math.NaN(), 2, "—", "—"}, {math.Inf(1), 2, "—", "—"},
	} {
		if got := seen(words.Language("ru").Number(c.x, c.digits)); got != c.ru {
			t.Errorf("%v: %q, want %q", c.x, got, c.ru)
		}
		if got := words.Language("en").Number(c.x, c.digits); got != c.en {
			t.Errorf("%v: %q, want %q", c.x, got, c.en)
		}
	}
	if ru, en := seen(words.Language("ru").Percent(0.1234, 1)), words.Language("en").Percent(0.1234, 1); ru != "12,3_%" || en != "12.3%" {
		t.Errorf("%q, %q", ru, en)
	}
	if got := words.Language("ru").Percent(math.NaN(), 1); got != "—" {
		t.Errorf("no share: %q", got)
	}
}

func TestSpansAreShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0_мин", time.Hour: "1_ч", 90 * time.Minute: "1_ч 30_мин", 49 * time.Hour: "2_д 1_ч", 5 * time.Second: "5_с",
		time.Millisecond: "1ms",
	} {
		if got := seen(words.Language("ru").Span(d)); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestAPhraseWithoutASecondLanguageIsTheSameInBoth(t *testing.T) {
	t.Parallel()
	if got := words.Language("en").T("seed"); got != "seed" {
		t.Errorf("%q", got)
	}
	if ru, en := words.Language("ru").T("да ¦ yes"), words.Language("de").T("да ¦ yes"); ru != "да" || en != "yes" {
		t.Errorf("%q, %q", ru, en)
	}
}

package language_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
	"github.com/llm-city/gorod/plugins/metric/language"
)

type key = metrictest.Key

// say makes a run of one tick in which residents say things, one a line:
// "a1: text".
func say(language, lines string) *metrictest.Run {
	r := metrictest.New(1, "a1", "a2")
	r.Language = language
	for line := range strings.Lines(lines) {
		who, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Says(0, who, "", text, 0)
	}
	return r
}

func TestLettersAreToldApartByScript(t *testing.T) {
	t.Parallel()
	r := say("ru", `a1: Ёлка і 7!
		a1: да ok 好
		a2: да нет`)
	got := r.Measure(t, language.Plugin(), "", nil)
	// 5 + 2 + 5 Cyrillic letters, 2 Latin, 1 Han.
	got.Want(t, map[key]float64{
		{Metric: "script_share", Item: "cyrillic"}: 12.0 / 15,
		{Metric: "script_share", Item: "latin"}:    2.0 / 15,
		{Metric: "script_share", Item: "cjk"}:      1.0 / 15,
		{Metric: "script_share", Item: "other"}:    0,
		{Metric: "native_share"}:                   12.0 / 15,
		{Metric: "native_share", Agent: "a1"}:      7.0 / 10,
		{Metric: "native_share", Agent: "a2"}:      1,
		{Metric: "leak_share"}:                     1.0 / 3,
		{Metric: "leak_share", Item: "latin"}:      1.0 / 3,
		{Metric: "leak_share", Item: "cjk"}:        1.0 / 3,
		{Metric: "leak_share", Item: "other"}:      0,
		{Metric: "text_words"}:                     8.0 / 3,
		{Metric: "text_chars"}:                     (9.0 + 7 + 6) / 3,
	})
	if got.Has(key{Metric: "leak_share", Item: "cyrillic"}) {
		t.Error("the run's own script leaks")
	}
}

func TestInAnEnglishRunCyrillicLeaks(t *testing.T) {
	t.Parallel()
	say("en", `a1: yes да`).Measure(t, language.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "native_share"}: 0.6, {Metric: "leak_share", Item: "cyrillic"}: 1,
	})
}

func TestDistinctWordsAreCountedInPieces(t *testing.T) {
	t.Parallel()
	// One unfinished piece: 4 of 6 words differ; of 4 pairs, which do not
	// reach over texts, 3 do.
	r := say("ru", `a1: Дом и дом и
		a2: кот спит`)
	r.Measure(t, language.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "distinct_1"}: 4.0 / 6, {Metric: "distinct_2"}: 3.0 / 4,
	})
	// Two pieces: of ten times one word, and of ten different words.
	var b strings.Builder
	b.WriteString("a1: " + strings.Repeat("да ", 10) + "\na1: ")
	for i := range 15 {
		fmt.Fprintf(&b, "слово%d ", i)
	}
	say("ru", b.String()).Measure(t, language.Plugin(), `{"block":10}`, nil).Want(t, map[key]float64{
		{Metric: "distinct_1"}: (0.1 + 1) / 2, {Metric: "distinct_2"}: (1.0/9 + 1) / 2,
	})
}

func TestRepeatedSentencesAreFound(t *testing.T) {
	t.Parallel()
	r := say("ru", `a1: Мост закрыт на ремонт. Еду в объезд!
		a1: Мост закрыт — на РЕМОНТ… Ну да.
		a2: мост закрыт на ремонт
		a2: на ремонт мост закрыт`)
	r.Measure(t, language.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "repeated_sentence_share"}:              1.0 / 5, // «Ну да» is too short to count
		{Metric: "repeated_sentence_share", Agent: "a1"}: 1.0 / 3,
		{Metric: "repeated_sentence_share", Agent: "a2"}: 0,
		{Metric: "copied_sentence_share"}:                1.0 / 5,
	})
}

func TestSentencesAreForgotten(t *testing.T) {
	t.Parallel()
	lines := `a1: раз два три
		a1: четыре пять шесть
		a1: семь восемь девять
		a1: раз два три`
	for memory, want := range map[int]float64{2: 0, 3: 0.25} {
		say("ru", lines).Measure(t, language.Plugin(), fmt.Sprintf(`{"memory":%d}`, memory), nil).Want(t, map[key]float64{
			{Metric: "repeated_sentence_share"}: want,
		})
	}
}

func TestAnEmptyRunHasNoScores(t *testing.T) {
	t.Parallel()
	for _, r := range []*metrictest.Run{metrictest.New(0), metrictest.New(5, "a1")} {
		if got := r.Measure(t, language.Plugin(), "", nil); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
	for _, s := range say("ru", "a1: 123 !!!").Measure(t, language.Plugin(), "", nil) {
		if strings.Contains(s.Metric, "script") {
			t.Errorf("a text without letters: %+v", s)
		}
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, language.Plugin(), "", nil) }

package lexicon_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

func classifier(tb testing.TB, config string) sdk.Classifier {
	tb.Helper()
	made, err := lexicon.Plugin().New(tb.Context(), sdk.Setup{Config: json.RawMessage(config)})
	if err != nil {
		tb.Fatal(err)
	}
	return made.(sdk.Classifier)
}

func rate(tb testing.TB, c sdk.Classifier, texts ...string) []sdk.Sentiment {
	tb.Helper()
	out, err := c.Classify(tb.Context(), 1, texts)
	if err != nil {
		tb.Fatal(err)
	}
	if len(out) != len(texts) {
		tb.Fatalf("%d sentiments for %d texts", len(out), len(texts))
	}
	return out
}

func TestLabelsAndEmotions(t *testing.T) {
	t.Parallel()
	c := classifier(t, "")
	for _, test := range []struct{ text, label, emotion string }{
		{"Я очень рад вас видеть", sdk.Positive, "joy"},
		{"Какое несчастье, мы все скорбим", sdk.Negative, "sadness"},
		{"Ненавижу эту наглость", sdk.Negative, "anger"},
		{"Мне страшно, я боюсь темноты", sdk.Negative, "fear"},
		{"Вот это сюрприз", sdk.Positive, "surprise"},
		{"What a lovely day", sdk.Positive, "joy"},
		{"I am terrified of this attack", sdk.Negative, "fear"},
		{"Новый банк открылся в центре города", sdk.Neutral, ""},
		{"The bank opens at nine", sdk.Neutral, ""},
		{"Другой цены нет, волна поднялась, радио молчит", sdk.Neutral, ""},
		{"", sdk.Neutral, ""},
		// Mixed languages.
		{"Это был просто amazing концерт", sdk.Positive, "joy"},
		{"Сервис awful, больше не приду", sdk.Negative, ""},
		// ё and е, capitals, stress marks, zero-width characters.
		{"весёлый", sdk.Positive, "joy"},
		{"веселый", sdk.Positive, "joy"},
		{"ПЛО\u200bХО", sdk.Negative, ""},
		{"пло\u0301хо", sdk.Negative, ""},
		// Drawn out, laughter, faces.
		{"ненавижуууу", sdk.Negative, "anger"},
		{"ахахаха", sdk.Positive, "joy"},
		{"hahahaha", sdk.Positive, "joy"},
		{"ну привет)))", sdk.Positive, "joy"},
		{"ну вот((", sdk.Negative, "sadness"},
		{"печаль (", sdk.Negative, "sadness"},
		{"ладно:D", sdk.Positive, "joy"},
		{"так себе :-(", sdk.Negative, "sadness"},
		{"you <3", sdk.Positive, "joy"},
		{"you </3", sdk.Negative, "sadness"},
		{"😡😡", sdk.Negative, "anger"},
		{"❤️", sdk.Positive, "joy"},
		{"(банк)", sdk.Neutral, ""},
		{"см. закон (ст. 5 (часть 2))", sdk.Neutral, ""},
		// Names and addresses are not words.
		{"@ненависть, где ты?", sdk.Neutral, ""},
		{"http://hate.example/terror-attack тут", sdk.Neutral, ""},
		// A не- word is its root turned.
		{"невкусный", sdk.Negative, "sadness"},
		// Languages that are neither.
		{"Ich bin nicht wie mein Freund und das ist gut", sdk.Neutral, ""},
		{"C'est une très belle journée pour nous, sad", sdk.Neutral, ""},
		{"Це дуже погано, і я люблю її радість", sdk.Neutral, ""},
	} {
		got := rate(t, c, test.text)[0]
		if got.Label != test.label || got.Emotion != test.emotion {
			t.Errorf("%q: %s %q (%.2f), want %s %q", test.text, got.Label, got.Emotion, got.Valence, test.label, test.emotion)
		}
	}
}

// Each line is in falling order of valence; = between equals.
func TestNegationAndIntensityOrderTexts(t *testing.T) {
	t.Parallel()
	c := classifier(t, "")
	for _, line := range []string{
		"крайне хорошо > очень хорошо > хорошо > чуть хорошо > дом > не хорошо",
		"не плохо > дом > чуть плохо > плохо > очень плохо > крайне плохо",
		"хорошо > дом > не очень хорошо",
		"хорошо = нет, хорошо > нет хорошего",
		"без проблем > проблемы",
		"не только хороший = хороший",
		"не могу не радоваться = радоваться",
		"дом > никто ничего не сделал хорошего",
		"ужасно рад > рад > дом > ужасно > ужасно плохо",
		"дорого, но хорошо > хорошо, но дорого",
		"рад!!! > рад! > рад",
		"РАД что приехал > рад что приехал",
		"оооочень рад > очень рад",
		"extremely good > very good > good > slightly good > house > not good",
		"not bad > house > slightly bad > bad > very bad > extremely bad",
		"good = no, good > isn't good = isnt good = isn’t good",
		"not only good = good",
		"awfully nice > nice > house > awful",
		"it is expensive but good > it is good but expensive",
		"never failed > failed",
		"it was a car without any problem > the problem",
	} {
		var previous float64
		for i, part := range strings.Split(strings.ReplaceAll(line, "=", "> ="), " > ") {
			text, equal := strings.CutPrefix(part, "= ")
			valence := rate(t, c, strings.TrimSpace(text))[0].Valence
			if i > 0 && (equal && valence != previous || !equal && valence >= previous) {
				t.Errorf("%q: %q has valence %v after %v", line, text, valence, previous)
			}
			previous = valence
		}
	}
}

func TestMoreOfTheSameIsMoreAndBounded(t *testing.T) {
	t.Parallel()
	c := classifier(t, "")
	got := rate(t, c, "рад", "рад и счастлив", strings.Repeat("счастье! ", 500))
	if !(got[0].Valence < got[1].Valence && got[1].Valence < got[2].Valence && got[2].Valence <= 1) {
		t.Errorf("valences %v, %v, %v", got[0].Valence, got[1].Valence, got[2].Valence)
	}
}

func TestArousalRisesWithExclamationCapitalsAndAnger(t *testing.T) {
	t.Parallel()
	c := classifier(t, "")
	got := rate(t, c, "я приду завтра вечером", "мне грустно", "меня это бесит", "меня это бесит!!!", "Я ПРИДУ ЗАВТРА ВЕЧЕРОМ", "США НАТО ООН МГУ")
	if got[0].Arousal != 0 || got[5].Arousal != 0 {
		t.Errorf("a plain text and names in capitals have arousal %v and %v", got[0].Arousal, got[5].Arousal)
	}
	if !(got[1].Arousal < got[2].Arousal && got[2].Arousal < got[3].Arousal && got[4].Arousal > 0.1) {
		t.Errorf("arousals: sad %v, angry %v, angrier %v, shouted %v", got[1].Arousal, got[2].Arousal, got[3].Arousal, got[4].Arousal)
	}
}

func TestScoresAreSharesOfEmotions(t *testing.T) {
	t.Parallel()
	got := rate(t, classifier(t, ""), "радость и страх", "дом")
	var sum float64
	for _, share := range got[0].Scores {
		sum += share
	}
	if len(got[0].Scores) != 2 || math.Abs(sum-1) > 0.001 || got[1].Scores != nil {
		t.Errorf("scores %v, %v", got[0].Scores, got[1].Scores)
	}
}

func TestThresholdsComeFromTheConfig(t *testing.T) {
	t.Parallel()
	strict := classifier(t, `{"positive_from": 0.6, "negative_from": -0.6}`)
	for text, want := range map[string]string{"хорошо": sdk.Neutral, "плохо": sdk.Neutral, "счастье, восторг": sdk.Positive, "ненавижу, мразь": sdk.Negative} {
		if got := rate(t, strict, text)[0].Label; got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	_, err := lexicon.Plugin().New(t.Context(), sdk.Setup{Config: json.RawMessage(`{"positive_from": "x"}`)})
	if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != sdk.ErrInvalidConfig {
		t.Errorf("a bad config gives %v", err)
	}
}

func hostile() []string {
	return []string{
		strings.Repeat("ненавижу ", 120_000),         // 2 MB
		strings.Repeat("ж", 1<<20),                   // one word
		strings.Repeat(")", 1<<20),                   // one mark
		strings.Repeat("(:'-", 1<<18),                // many faces
		strings.Repeat("\xff\xfe", 1<<19),            // no UTF-8
		strings.Repeat("а\u0301\u200b\u200d", 1<<17), // what does not show
		strings.Repeat("😡", 1<<17),                   // hits without end
		strings.Repeat("не ", 1<<17) + "хорошо",      //
		"\x00\x1b[31m плохо \u202e", ":", "<", "</", "(", "@", "^", "^_^", "-_-", "http", "\u0306", "'", "не",
	}
}

func TestHostileTextsAreRatedInBounds(t *testing.T) {
	t.Parallel()
	texts := hostile()
	for i, s := range rate(t, classifier(t, ""), texts...) {
		if !(s.Valence >= -1 && s.Valence <= 1 && s.Arousal >= 0 && s.Arousal <= 1) {
			t.Errorf("%.20q…: %+v", texts[i], s)
		}
	}
}

func TestATextIsRatedAlikeAloneInABatchAndAtOnce(t *testing.T) {
	t.Parallel()
	c := classifier(t, "")
	texts := append(hostile()[8:], "Я рад!", "не", "хорошо", "КРУТО", "плохо (", "привет")
	want := rate(t, c, texts...)
	for i, text := range texts {
		if diff := cmp.Diff(want[i], rate(t, c, text)[0]); diff != "" {
			t.Errorf("%q alone differs:\n%s", text, diff)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if diff := cmp.Diff(want, rate(t, c, texts...)); diff != "" {
				t.Errorf("at once it differs:\n%s", diff)
			}
		})
	}
	group.Wait()
}

func TestACancelledBatchStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := classifier(t, "").Classify(ctx, 1, []string{"дом"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzClassifyStaysInBounds(f *testing.F) {
	for _, s := range append(hostile()[8:], "Не плохо!!! :D", "«ОЧЕНЬ» (ну) ахах") {
		f.Add(s)
	}
	c := classifier(f, "")
	f.Fuzz(func(t *testing.T, s string) {
		got := rate(t, c, s)[0]
		if !(got.Valence >= -1 && got.Valence <= 1 && got.Arousal >= 0 && got.Arousal <= 1) || !utf8.ValidString(got.Emotion) {
			t.Errorf("%q: %+v", s, got)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	texts := []string{
		"Сегодня в центре города открыли новый парк, очень красиво и уютно!",
		"Очередь в банке — просто ужас, больше туда не пойду((",
		"The food was good, but the service was terrible.",
		"Встречаемся завтра в семь у метро, не опаздывайте)",
	}
	c := classifier(b, "")
	rate(b, c, texts...)
	for b.Loop() {
		rate(b, c, texts...)
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
	b.ReportAllocs()
}

func BenchmarkClassifyHostile(b *testing.B) {
	c := classifier(b, "")
	texts := hostile()
	for b.Loop() {
		rate(b, c, texts...)
	}
}

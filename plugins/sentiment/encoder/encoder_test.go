package encoder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/encoder"
)

// config of a folder, with more settings.
func config(t *testing.T, folder string, more map[string]any) json.RawMessage {
	t.Helper()
	c := map[string]any{"model": folder}
	maps.Copy(c, more)
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func open(t *testing.T, folder string, more map[string]any) sdk.Classifier {
	t.Helper()
	made, err := encoder.Plugin().New(t.Context(), sdk.Setup{Config: config(t, folder, more)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := made.(sdk.Closer).Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return made.(sdk.Classifier)
}

func rate(t *testing.T, c sdk.Classifier, texts ...string) []sdk.Sentiment {
	t.Helper()
	out, err := c.Classify(t.Context(), 1, texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != len(texts) {
		t.Fatalf("%d sentiments for %d texts", len(out), len(texts))
	}
	return out
}

// softmax of the logits that the words of a text add up to; the closing token
// and the bias are the 1.5 for neutral.
func softmax(positive, negative, neutral float64) map[string]float64 {
	p, n, o := math.Exp(positive), math.Exp(negative), math.Exp(neutral+1.5)
	sum := p + n + o
	return map[string]float64{"positive": p / sum, "negative": n / sum, "neutral": o / sum}
}

func near() cmp.Option { return cmpopts.EquateApprox(0, 1e-4) }

func TestProbabilitiesAreThoseOfTheModel(t *testing.T) {
	t.Parallel()
	c := open(t, write(t, nil), nil)
	for _, test := range []struct {
		text, label                 string
		positive, negative, neutral float64 // logits
	}{
		{"рад", sdk.Positive, 2, 0, 0},
		{"Радость!", sdk.Positive, 3.5, 0, 0},
		{"грустно, ужас", sdk.Negative, 0, 5, 0},
		{"стол", sdk.Neutral, 0, 0, 1},
		{"Happy sad HAPPY", sdk.Positive, 4, 2, 0},
		{"sadder", sdk.Negative, 0, 3, 0},
		{"Ёж", sdk.Neutral, 0.25, 0, 0}, // ё folds to е in a lower-case model
		{"рад中", sdk.Positive, 2, 0.25, 0},
		{"неизвестное слово", sdk.Neutral, 0, 0, 0},
		{"радж рад", sdk.Positive, 2, 0, 0}, // what has no pieces is unknown as a whole
		{"[SEP] [PAD] рад", sdk.Positive, 2, 0, 0},
		{strings.Repeat("рад", 40), sdk.Neutral, 0, 0, 0}, // longer than a word can be
	} {
		got := rate(t, c, test.text)[0]
		want := softmax(test.positive, test.negative, test.neutral)
		if diff := cmp.Diff(want, got.Scores, near()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
		if v := want["positive"] - want["negative"]; math.Abs(got.Valence-v) > 1e-4 || got.Label != test.label || got.Emotion != "" {
			t.Errorf("%q: %+v, want %s of valence %.4f", test.text, got, test.label, v)
		}
		if a := (want["positive"] + want["negative"]) / 2; math.Abs(got.Arousal-a) > 1e-4 {
			t.Errorf("%q: arousal %v, want %v", test.text, got.Arousal, a)
		}
	}
}

func TestTextsWithoutAWordAreNeutral(t *testing.T) {
	t.Parallel()
	c := open(t, write(t, nil), nil)
	for _, text := range []string{"", "   ", "\n\t", "\u0000\u200d\ufeff", "\xff\xfe"} {
		if diff := cmp.Diff(sdk.Sentiment{Label: sdk.Neutral}, rate(t, c, text)[0]); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if got := rate(t, c); len(got) != 0 {
		t.Errorf("%v for no texts", got)
	}
}

func TestBatchesKeepTheOrderAndChangeNothing(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 60 {
		texts = append(texts, strings.Repeat([]string{"рад ", "ужас ", "стол ", "", "happy sad "}[i%5], 1+i%23))
	}
	folder := write(t, nil)
	want := make([]sdk.Sentiment, len(texts))
	alone := open(t, folder, map[string]any{"batch": 1})
	for i, text := range texts {
		want[i] = rate(t, alone, text)[0]
	}
	for _, batch := range []int{1, 5, 16, 256} {
		if diff := cmp.Diff(want, rate(t, open(t, folder, map[string]any{"batch": batch}), texts...), near()); diff != "" {
			t.Errorf("batches of %d (-alone +batched):\n%s", batch, diff)
		}
	}
}

func TestOfALongTextTheBeginningCountsAndTheEndIsMarked(t *testing.T) {
	t.Parallel()
	folder := write(t, nil) // whose model takes 64 tokens
	for limit, words := range map[int]float64{8: 6, 40: 38, 4096: 62} {
		c := open(t, folder, map[string]any{"max_tokens": limit})
		got := rate(t, c, strings.Repeat("еж ", int(words))+strings.Repeat("ужас ", 1000), strings.Repeat("рад😀", 1<<20))
		if diff := cmp.Diff(softmax(words/4, 0, 0), got[0].Scores, near()); diff != "" {
			t.Errorf("of %d tokens (-want +got):\n%s", limit, diff)
		}
	}
}

func TestEmotionsComeFromTheModelsLabels(t *testing.T) {
	t.Parallel()
	c := open(t, write(t, map[string][]byte{"config.json": configJSON("", "joy", "sadness", "no_emotion")}), nil)
	got := rate(t, c, "рад", "грустно", "стол")
	for i, want := range []struct{ label, emotion string }{{sdk.Positive, "joy"}, {sdk.Negative, "sadness"}, {sdk.Neutral, ""}} {
		if got[i].Label != want.label || got[i].Emotion != want.emotion {
			t.Errorf("%+v, want %+v", got[i], want)
		}
	}
	p := softmax(2, 0, 0)
	if want := 0.76*p["positive"] - 0.63*p["negative"]; math.Abs(got[0].Valence-want) > 1e-4 {
		t.Errorf("valence %v, want %v", got[0].Valence, want)
	}
	if want := 0.6*p["positive"] + 0.3*p["negative"]; math.Abs(got[0].Arousal-want) > 1e-4 {
		t.Errorf("arousal %v, want %v", got[0].Arousal, want)
	}
}

func TestLabelsThatMayHoldAtOnceHaveProbabilitiesOfTheirOwn(t *testing.T) {
	t.Parallel()
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	byModel := open(t, write(t, map[string][]byte{"config.json": configJSON("multi_label_classification", "positive", "negative", "neutral")}), nil)
	byStudy := open(t, write(t, nil), map[string]any{"multi_label": true})
	for _, c := range []sdk.Classifier{byModel, byStudy} {
		got := rate(t, c, "рад ужас")[0]
		want := map[string]float64{"positive": sigmoid(2), "negative": sigmoid(3), "neutral": sigmoid(1.5)}
		if diff := cmp.Diff(want, got.Scores, near()); diff != "" {
			t.Error(diff)
		}
		valence := (want["positive"] - want["negative"]) / (want["positive"] + want["negative"] + want["neutral"])
		if math.Abs(got.Valence-valence) > 1e-4 || got.Label != sdk.Negative {
			t.Errorf("%+v, want valence %v", got, valence)
		}
	}
	single := open(t, write(t, map[string][]byte{"config.json": configJSON("multi_label_classification", "positive", "negative", "neutral")}), map[string]any{"multi_label": false})
	if diff := cmp.Diff(softmax(2, 0, 0), rate(t, single, "рад")[0].Scores, near()); diff != "" {
		t.Error(diff)
	}
}

func TestTheStudySaysWhatLabelsStandFor(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string][]byte{"config.json": configJSON("", "LABEL_0", "LABEL_1", "neutral")})
	c := open(t, folder, map[string]any{"labels": map[string]any{
		"LABEL_0": map[string]any{"valence": 0.5, "emotion": "pride", "arousal": 0.9},
		"LABEL_1": map[string]any{"valence": -0.25, "emotion": "anger"},
	}})
	got := rate(t, c, "рад рад", "ужас ужас")
	p := softmax(4, 0, 0)
	if want := 0.5*p["positive"] - 0.25*p["negative"]; got[0].Emotion != "pride" || got[0].Label != sdk.Positive || math.Abs(got[0].Valence-want) > 1e-4 {
		t.Errorf("%+v, want valence %v", got[0], want)
	}
	if want := 0.9*p["positive"] + 0.8*p["negative"]; math.Abs(got[0].Arousal-want) > 1e-4 {
		t.Errorf("arousal %v, want %v", got[0].Arousal, want)
	}
	if got[1].Emotion != "anger" || got[1].Label != sdk.Negative {
		t.Errorf("%+v", got[1])
	}
}

func TestWhatCannotBeUsedIsRefusedWithAdvice(t *testing.T) {
	t.Parallel()
	three := []byte(`{"id2label":{"0":"positive","1":"negative","2":"neutral"}}`)
	tokenizer := func(part, key string, v any) []byte {
		return tokenizerJSON(func(f map[string]any) { f[part].(map[string]any)[key] = v })
	}
	for name, test := range map[string]struct {
		files map[string][]byte
		more  map[string]any
		says  []string
	}{
		"no onnx":           {files: map[string][]byte{"model.onnx": nil}, says: []string{"model.onnx", "optimum-cli"}},
		"another onnx":      {files: map[string][]byte{"model.onnx": nil, "quantized.onnx": {}}, says: []string{"quantized.onnx", `"onnx"`}},
		"no tokenizer":      {files: map[string][]byte{"tokenizer.json": nil}, says: []string{"tokenizer.json", "optimum-cli"}},
		"no config":         {files: map[string][]byte{"config.json": nil}, says: []string{"config.json", "optimum-cli"}},
		"broken config":     {files: map[string][]byte{"config.json": []byte("{")}, says: []string{"config.json"}},
		"no labels":         {files: map[string][]byte{"config.json": []byte("{}")}, says: []string{"id2label", "text-classification"}},
		"gap in labels":     {files: map[string][]byte{"config.json": []byte(`{"id2label":{"0":"positive","2":"negative"}}`)}, says: []string{"label 1"}},
		"unmapped labels":   {files: map[string][]byte{"config.json": configJSON("", "LABEL_0", "positive", "LABEL_2")}, says: []string{"LABEL_0, LABEL_2", `"LABEL_0": {valence`}},
		"mapped but absent": {more: map[string]any{"labels": map[string]any{"LABEL_7": map[string]any{"valence": 1}}}, says: []string{"LABEL_7", "positive, negative, neutral"}},
		"too few labels":    {files: map[string][]byte{"config.json": configJSON("", "positive", "negative")}, says: []string{"3 numbers", "2 labels"}},
		"empty onnx":        {files: map[string][]byte{"model.onnx": {}}, says: []string{"no text classifier", "optimum-cli"}},
		"broken onnx":       {files: map[string][]byte{"model.onnx": []byte("this is not a model")}, says: []string{"no text classifier", "optimum-cli"}},
		"half an onnx":      {files: map[string][]byte{"model.onnx": tinyModel()[:300]}, says: []string{"no text classifier"}},
		"unknown operation": {files: map[string][]byte{"model.onnx": bytes.ReplaceAll(tinyModel(), []byte("Squeeze"), []byte("Squeeee"))}, says: []string{"Squeeee"}},
		"other inputs":      {files: map[string][]byte{"model.onnx": onnxModel(graph(value("logits", float32Type, "batch", 3), value("pixels", float32Type, "batch", 3)))}, says: []string{"pixels"}},
		"other outputs":     {files: map[string][]byte{"model.onnx": onnxModel(graph(value("logits", float32Type, "batch", "length", 3)))}, says: []string{"3 dimensions"}},
		"broken tokenizer":  {files: map[string][]byte{"tokenizer.json": []byte("[]")}, says: []string{"tokenizer.json"}},
		"other tokens":      {files: map[string][]byte{"tokenizer.json": tokenizer("model", "type", "BPE")}, says: []string{"BPE", "WordPiece"}},
		"other normalizer":  {files: map[string][]byte{"tokenizer.json": tokenizer("normalizer", "type", "NFKC")}, says: []string{"BertNormalizer"}},
		"no unknown token":  {files: map[string][]byte{"tokenizer.json": tokenizer("model", "unk_token", "<unk>")}, says: []string{"<unk>"}},
		"other vocabulary":  {files: map[string][]byte{"tokenizer.json": tokenizer("model", "vocab", []int{1})}, says: []string{"vocabulary"}},
		"a file outside":    {more: map[string]any{"onnx": "../model.onnx"}, says: []string{"../model.onnx", "within"}},
		"no folder":         {more: map[string]any{"model": filepath.Join(t.TempDir(), "none")}, says: []string{"no folder", "optimum-cli"}},
		"file as folder":    {more: map[string]any{"model": os.Args[0]}, says: []string{"no folder"}},
		"no setting":        {more: map[string]any{"model": ""}, says: []string{"model"}},
		"dynamic width":     {files: map[string][]byte{"model.onnx": onnxModel(graph(value("logits", float32Type, "batch", "labels"))), "config.json": three}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := encoder.Plugin().New(t.Context(), sdk.Setup{Config: config(t, write(t, test.files), test.more)})
			if test.says == nil {
				if err != nil {
					t.Fatal(err)
				}
				if got := rate(t, made.(sdk.Classifier), "рад")[0]; got.Label != sdk.Positive {
					t.Errorf("%+v", got)
				}
				return
			}
			refused, ok := errors.AsType[*sdk.Error](err)
			if !ok || refused.Kind != sdk.ErrInvalidConfig {
				t.Fatalf("%v, want %s", err, sdk.ErrInvalidConfig)
			}
			for _, part := range test.says {
				if !strings.Contains(refused.Message, part) {
					t.Errorf("%q does not say %q", refused.Message, part)
				}
			}
		})
	}
}

func TestAnotherONNXFileMayBeNamed(t *testing.T) {
	t.Parallel()
	c := open(t, write(t, map[string][]byte{"model.onnx": []byte("not this"), "o2.onnx": tinyModel()}), map[string]any{"onnx": "o2.onnx"})
	if got := rate(t, c, "рад")[0]; got.Label != sdk.Positive {
		t.Errorf("%+v", got)
	}
}

func TestManyMayAskAtOnceAndABatchNobodyWantsIsNotRun(t *testing.T) {
	t.Parallel()
	c := open(t, write(t, nil), nil)
	texts := slices.Repeat([]string{"рад", "ужас", "стол"}, 20)
	want := rate(t, c, texts...)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			got, err := c.Classify(t.Context(), 1, texts)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
	callers.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Classify(ctx, 1, texts); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

func FuzzClassifyTakesEveryText(f *testing.F) {
	folder := f.TempDir()
	for name, data := range map[string][]byte{"model.onnx": tinyModel(), "tokenizer.json": tokenizerJSON(nil), "config.json": configJSON("", "positive", "negative", "neutral")} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			f.Fatal(err)
		}
	}
	made, err := encoder.Plugin().New(f.Context(), sdk.Setup{Config: fmt.Appendf(nil, `{"model":%q}`, folder)})
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"рад", "\u0430\nЁ\t\u200dﷺ]й\xff»»\u2028", "İ!\u200dй\u0301\x00]«", "[CLS] 😀👨‍👩‍👧", "\ufeff\xb2ﷺ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := made.(sdk.Classifier).Classify(t.Context(), 1, []string{text, "рад"})
		if err != nil {
			t.Fatal(err)
		}
		if v := got[0].Valence; !(v >= -1 && v <= 1) || got[1].Label != sdk.Positive {
			t.Errorf("%q: %+v", text, got)
		}
	})
}

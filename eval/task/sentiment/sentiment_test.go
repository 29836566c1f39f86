package sentiment_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/sentiment"
	"github.com/llm-city/gorod/plugins/sdk"
)

func load(t *testing.T, of suite.Sentiment) (task.Task, error) {
	t.Helper()
	return sentiment.Kind{}.Load(t.Context(), tasktest.Setup(suite.Task{Sentiment: &of}))
}

func loaded(t *testing.T, of suite.Sentiment) task.Task {
	t.Helper()
	return tasktest.Loaded(t, sentiment.Kind{}, suite.Task{Sentiment: &of})
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func ask(t *testing.T, of task.Task, s task.Subject) tasktest.Result {
	t.Helper()
	r := tasktest.Ask(t, of, s)
	tasktest.Sound(t, sentiment.Kind{}.Measures(t.Context(), nil), r)
	return r
}

// want compares means; those of pseudo-values are about the statistic.
func want(t *testing.T, r tasktest.Result, tolerance float64, measures map[string]float64) {
	t.Helper()
	for measure, want := range measures {
		if got, n := r.Mean(measure); n == 0 || math.Abs(got-want) > tolerance {
			t.Errorf("%s: %v of %d, want %v", measure, got, n, want)
		}
	}
}

func says(confidence float64, label func(p task.Prompt) string) *tasktest.Subject {
	return &tasktest.Subject{Latency: 0.25, Answer: func(p task.Prompt) string {
		return fmt.Sprintf(`{"label":%q,"confidence":%v}`, label(p), confidence)
	}}
}

func TestAClassifierThatIsRightAndSureOfItHasTheBestScores(t *testing.T) {
	t.Parallel()
	r := ask(t, loaded(t, suite.Sentiment{}), says(1, func(p task.Prompt) string { return p.Reference }))
	want(t, r, 1e-9, map[string]float64{"accuracy": 1, "macro_f1": 1, "brier": 0, "ece": 0, "answered": 1, "texts_per_second": 4})
	if len(r.Samples) != 150 {
		t.Errorf("%d texts", len(r.Samples))
	}
}

func TestWhoAlwaysSaysTheSameIsAtTheLevelOfChance(t *testing.T) {
	t.Parallel()
	// F1 of one class is 2·50/(50+150) = 1/2, of the others 0.
	r := ask(t, loaded(t, suite.Sentiment{}), says(1, func(task.Prompt) string { return "neutral" }))
	want(t, r, 0.02, map[string]float64{"accuracy": 1. / 3, "macro_f1": 1. / 6, "brier": 4. / 3, "ece": 2. / 3})
}

func TestConfidenceIsComparedWithAccuracy(t *testing.T) {
	t.Parallel()
	// Right in a third of cases and sure to a third: well calibrated.
	r := ask(t, loaded(t, suite.Sentiment{}), says(0.2, func(task.Prompt) string { return "positive" }))
	want(t, r, 1e-3, map[string]float64{"ece": 0, "brier": 2. / 3})
	// Half sure of it: a sixth too much.
	r = ask(t, loaded(t, suite.Sentiment{}), says(0.5, func(task.Prompt) string { return "positive" }))
	want(t, r, 1e-9, map[string]float64{"ece": 1. / 6})
	// Too sure of some and not sure enough of others: gaps do not make up for each other.
	r = ask(t, loaded(t, suite.Sentiment{}), &tasktest.Subject{Answer: func(p task.Prompt) string {
		if p.Reference == "positive" {
			return `{"label":"positive","confidence":0.6}`
		}
		return `{"label":"positive","confidence":0.8}`
	}})
	want(t, r, 1e-9, map[string]float64{"ece": 0.4/3 + 0.8*2/3})
}

func TestAPluginIsAskedTheTextAloneAndItsScoresAreProbabilities(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Sentiment{Data: file(t, "x.csv", "text,label\nура,positive\nбеда,negative\n")})
	plugin := &tasktest.Subject{Rates: func(texts []string) []sdk.Sentiment {
		if texts[0] != "ура" && texts[0] != "беда" {
			t.Errorf("asked %q", texts)
		}
		return []sdk.Sentiment{{Label: sdk.Positive, Valence: 0.8, Scores: map[string]float64{sdk.Positive: 0.8, sdk.Neutral: 0.2, sdk.Negative: 0}}}
	}}
	r := ask(t, of, plugin)
	want(t, r, 1e-9, map[string]float64{"accuracy": 0.5, "answered": 1, "brier": (0.04 + 0.04 + 0.64 + 0.04 + 1) / 2})
	if r.Missing("texts_per_second")["replies were not timed"] != 1 {
		t.Errorf("%v", r.Missing("texts_per_second"))
	}
	// Scores of emotions are no probabilities of the classes.
	plugin.Rates = func([]string) []sdk.Sentiment {
		return []sdk.Sentiment{{Label: sdk.Positive, Scores: map[string]float64{"joy": 0.9}}}
	}
	r = ask(t, of, plugin)
	if r.Missing("brier")["no probabilities of the classes"] != 2 || r.Missing("ece")["no probabilities of the classes"] != 1 {
		t.Errorf("%v %v", r.Missing("brier"), r.Missing("ece"))
	}
}

func TestWordsAreUnderstoodAndNoAnswerIsAMiss(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Sentiment{Data: file(t, "x.csv", "text,label\nура,1\n")})
	for reply, want := range map[string][2]float64{
		"Положительная тональность.": {1, 1}, "POSITIVE": {1, 1}, "негативная": {0, 1}, "positive или negative": {0, 0}, "не знаю": {0, 0}, `{"label":"злость"}`: {0, 0},
	} {
		r := ask(t, of, &tasktest.Subject{Answer: func(task.Prompt) string { return reply }})
		if correct, _ := r.Mean("accuracy"); correct != want[0] {
			t.Errorf("%q: accuracy %v", reply, correct)
		}
		if named, _ := r.Mean("answered"); named != want[1] {
			t.Errorf("%q: answered %v", reply, named)
		}
	}
}

func TestABrokenReplyIsMissingAndLeftOutOfTheWhole(t *testing.T) {
	t.Parallel()
	s := says(1, func(p task.Prompt) string { return p.Reference })
	s.Fails = func(p task.Prompt) string {
		if p.Reference == "neutral" {
			return "no JSON"
		}
		return ""
	}
	r := ask(t, loaded(t, suite.Sentiment{}), s)
	want(t, r, 1e-9, map[string]float64{"accuracy": 1, "macro_f1": 1})
	if r.Missing("accuracy")["no reply: no JSON"] != 50 {
		t.Errorf("%v", r.Missing("accuracy"))
	}
	s.Fails = func(task.Prompt) string { return "down" }
	if r = ask(t, loaded(t, suite.Sentiment{}), s); r.Missing("macro_f1")["no replies"] != 1 {
		t.Errorf("%v", r.Missing("macro_f1"))
	}
}

func TestTheReferenceProviderAnswersTheSameTwice(t *testing.T) {
	t.Parallel()
	first, again := ask(t, loaded(t, suite.Sentiment{}), tasktest.Reference(1)), ask(t, loaded(t, suite.Sentiment{}), tasktest.Reference(1))
	if !reflect.DeepEqual(first, again) {
		t.Error("another time, other scores")
	}
	want(t, first, 1e-9, map[string]float64{"answered": 1})
}

func TestTablesAreReadByTheNamesOfTheirColumns(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"commas.csv":     "id,message,mood\n1,\"ура, ёлка\",1\n2,беда,-1\n3,стол,0\n",
		"semicolons.csv": "\xef\xbb\xbfmessage;mood\nура, ёлка;positive\nбеда;Negative\nстол;neutral\n",
		"tabs.tsv":       "mood\tmessage\n1.0\tура, ёлка\n-1.0\tбеда\n0.0\tстол\n",
	} {
		of := loaded(t, suite.Sentiment{Data: file(t, name, text), Text: "message", Label: "mood"})
		var asked []string
		ask(t, of, &tasktest.Subject{Answer: func(p task.Prompt) string {
			asked = append(asked, p.Messages[1].Content+"="+p.Reference)
			return ""
		}})
		if got := strings.Join(asked, " "); got != "ура, ёлка=positive беда=negative стол=neutral" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestParquetIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.parquet")
	w, err := sample.Create[sample.Sample](path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write([]sample.Sample{{Reply: "ура", Reference: "positive", Repeat: 1}, {Reply: "беда", Reference: "злая", Repeat: -1}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if of := loaded(t, suite.Sentiment{Data: path, Text: "reply", Label: "repeat"}); len(of.Items()) != 2 {
		t.Errorf("%v", of.Items())
	}
	for label, want := range map[string]string{"reference": `x.parquet:2:1: row 2: label "злая": it is none of`, "absent": `x.parquet:1:1: no column "absent": the file has call, cluster,`} {
		if _, err := load(t, suite.Sentiment{Data: path, Text: "reply", Label: label}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestBadTablesAreRefusedWithFileAndRow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "x.csv:1:1: no texts",
		"text,label\n":       "x.csv:1:1: no texts",
		"text,mood\nура,1\n": `x.csv:1:1: no column "label": the file has text, mood`,
		"text,label\nура,1\nбеда,злая\n":    `x.csv:3:1: label "злая": it is none of negative, neutral, positive, -1, 0, 1`,
		"text,label\nура,2\n":               `x.csv:2:1: label "2"`,
		"text,label\nура,NaN\n":             `x.csv:2:1: label "NaN"`,
		"text,label\n\"ура\nи ещё\",1\n ,1": "x.csv:4:1: the text is empty",
		"text,label\nура\n":                 "x.csv:2:1: malformed CSV: wrong number of fields",
		"text,label\n\xf3\xf0\xe0,1\n":      "x.csv:2:1: not UTF-8",
	} {
		if _, err := load(t, suite.Sentiment{Data: file(t, "x.csv", text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := load(t, suite.Sentiment{Data: file(t, "x.csv", "") + "x"}); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("%v", err)
	}
}

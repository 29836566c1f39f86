package choice_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/llm/openai"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/choice"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
)

func load(t *testing.T, of suite.Choice) (task.Task, error) {
	t.Helper()
	return choice.Kind{}.Load(t.Context(), tasktest.Setup(suite.Task{Choice: &of}))
}

func loaded(t *testing.T, of suite.Choice) task.Task {
	t.Helper()
	return tasktest.Loaded(t, choice.Kind{}, suite.Task{Choice: &of})
}

// folder writes files and gives the path of the first.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func ask(t *testing.T, of task.Task, s *tasktest.Subject) tasktest.Result {
	t.Helper()
	r := tasktest.Ask(t, of, s)
	tasktest.Sound(t, choice.Kind{}.Measures(t.Context(), nil), r)
	return r
}

func want(t *testing.T, r tasktest.Result, n int, measures map[string]float64) {
	t.Helper()
	for measure, want := range measures {
		if got, items := r.Mean(measure); items != n || got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%s: %v of %d, want %v of %d", measure, got, items, want, n)
		}
	}
}

// right answers with the words of the reference.
func right(p task.Prompt) string { return p.Reference }

func TestWhoKnowsTheAnswersIsFoundAndWhoAlwaysSaysAIsAtTheLevelOfChance(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{})
	want(t, ask(t, of, &tasktest.Subject{Answer: right}), 40, map[string]float64{"accuracy": 1, "answered": 1, "by_likelihood": 0})
	for _, letter := range []string{"A", "B", "C", "D"} {
		want(t, ask(t, of, &tasktest.Subject{Answer: func(task.Prompt) string { return `{"answer":"` + letter + `"}` }}), 40, map[string]float64{"accuracy": 0.25, "answered": 1})
	}
	want(t, ask(t, of, &tasktest.Subject{Answer: func(task.Prompt) string { return "Не знаю." }}), 40, map[string]float64{"accuracy": 0, "answered": 0})
}

func TestWithoutLogLikelihoodTheReportIsTold(t *testing.T) {
	t.Parallel()
	r := ask(t, loaded(t, suite.Choice{}), &tasktest.Subject{Answer: right})
	if r.Missing("accuracy_norm")["no log-likelihood: the answer was generated"] != 40 {
		t.Errorf("%v", r.Missing("accuracy_norm"))
	}
	if r.Scores[0].Words != "generation" {
		t.Errorf("%+v", r.Scores[0])
	}
}

const question = `{"id":"1","question":"Кто мяукает?","choices":["кот","большая собака"],"answer":"A"}`

func TestTheLikeliestChoiceIsTakenBySumAndByLength(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{Items: folder(t, "i.jsonl", question)})
	for _, tt := range []struct {
		name      string
		cat, dog  float64 // mean log-probability of a token
		catTokens int64
		dogTokens int64
		acc, norm float64
		words     string
	}{
		{"the right one by both", -1, -3, 2, 4, 1, 1, "log-likelihood: A -2.00, B -12.00"},
		// Sums −2 and −4; by byte −2/6 and −4/27.
		{"the short one by its sum, the long one by its length", -1, -1, 2, 4, 1, 0, "log-likelihood: A -2.00, B -4.00"},
		{"the wrong one", -9, -1, 2, 4, 0, 0, "log-likelihood: A -18.00, B -4.00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &tasktest.Subject{
				Score: func(p task.Prompt) string {
					if !strings.HasSuffix(p.Messages[0].Content, "Вопрос: Кто мяукает?\nОтвет:") || !strings.HasPrefix(p.Scored, " ") {
						t.Errorf("asked %q after %q", p.Scored, p.Messages)
					}
					if p.Scored == " кот" {
						return strconv.FormatFloat(tt.cat, 'g', -1, 64)
					}
					return strconv.FormatFloat(tt.dog, 'g', -1, 64)
				},
				Tokens: func(text string) int64 {
					if text == " кот" {
						return tt.catTokens
					}
					return tt.dogTokens
				},
			}
			r := ask(t, of, s)
			want(t, r, 1, map[string]float64{"accuracy": tt.acc, "accuracy_norm": tt.norm, "by_likelihood": 1, "answered": 1})
			if len(r.Samples) != 1 || r.Samples[0].ReplyTokens != 6 || r.Scores[0].Words != tt.words {
				t.Errorf("%+v %+v", r.Samples, r.Scores[0])
			}
		})
	}
}

// The server finds words likely that stood there before.
func TestAServerOfOpenAIsKindIsAskedForLogProbabilities(t *testing.T) {
	t.Parallel()
	const item = `{"id":"1","question":"Рыжий кот спит. Кто спит?","choices":["большой серый волк","рыжий кот"],"answer":"B"}`
	of := loaded(t, suite.Choice{Items: folder(t, "i.jsonl", item)})
	for without, words := range map[bool]string{false: "log-likelihood: A -12.00, B -1.00", true: "generation"} {
		server := llmtest.Start(llmtest.Options{NoLogProbs: without})
		t.Cleanup(server.Close)
		client, err := openai.New(server.URL+"/v1", "")
		if err != nil {
			t.Fatal(err)
		}
		r := tasktest.Ask(t, of, tasktest.Scoring(client))
		tasktest.Sound(t, choice.Kind{}.Measures(t.Context(), nil), r)
		if r.Scores[0].Words != words {
			t.Errorf("%+v", r.Scores[0])
		}
		if !without {
			want(t, r, 1, map[string]float64{"accuracy": 1, "accuracy_norm": 1, "by_likelihood": 1})
		}
	}
}

func TestAServerThatGivesNoLogProbabilitiesIsAskedInWords(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{Items: folder(t, "i.jsonl", question)})
	s := &tasktest.Subject{Answer: right, Score: func(task.Prompt) string { return llm.Unscored }}
	want(t, ask(t, of, s), 1, map[string]float64{"accuracy": 1, "by_likelihood": 0})
	if n := s.Asked.Load(); n != 2 {
		t.Errorf("%d questions: one choice is enough to know", n)
	}
}

func TestABrokenReplyIsMissing(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{Items: folder(t, "i.jsonl", question)})
	r := ask(t, of, &tasktest.Subject{Answer: right, Fails: func(p task.Prompt) string {
		if p.Scored == "" {
			return "no JSON"
		}
		return ""
	}})
	if len(r.Missing("accuracy")) != 1 || r.Missing("accuracy")["no reply: no JSON"] != 1 {
		t.Errorf("%v", r.Missing("accuracy"))
	}
}

func TestExamplesAreOtherItemsSolved(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{Shots: 3})
	seen := 0
	r := ask(t, of, &tasktest.Subject{Answer: func(p task.Prompt) string {
		asked := p.Messages[len(p.Messages)-1].Content
		for _, m := range p.Messages[:len(p.Messages)-1] {
			if m.Content == asked {
				t.Errorf("an item is its own example: %s", asked)
			}
			if m.Role == "assistant" && strings.HasPrefix(m.Content, `{"answer":"`) {
				seen++
			}
		}
		return p.Reference
	}})
	if want(t, r, 40, map[string]float64{"accuracy": 1}); seen != 120 {
		t.Errorf("%d examples", seen)
	}
	// As one text where likelihoods are asked for.
	ask(t, of, &tasktest.Subject{Score: func(p task.Prompt) string {
		if n := strings.Count(p.Messages[0].Content, "Вопрос: "); n != 4 {
			t.Errorf("%d questions", n)
		}
		return "-1"
	}})
	if _, err := load(t, suite.Choice{Items: folder(t, "i.jsonl", question), Shots: 1}); err == nil || !strings.Contains(err.Error(), "there are 0 other items") {
		t.Errorf("%v", err)
	}
}

func TestTheReferenceProviderAnswersTheSameTwice(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{})
	first, again := tasktest.Ask(t, of, tasktest.Reference(1)), tasktest.Ask(t, loaded(t, suite.Choice{}), tasktest.Reference(1))
	if !reflect.DeepEqual(first, again) {
		t.Error("another time, other scores")
	}
	tasktest.Sound(t, choice.Kind{}.Measures(t.Context(), nil), first)
	want(t, first, 40, map[string]float64{"answered": 1})
}

func TestBadItemsAreRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "i.jsonl:1:1: no items",
		question + "\n" + `{"id":"2","question":"?","answer":"A"}`: "i.jsonl:2:1: field choices is missing",
		strings.Replace(question, `"A"`, `"мышь"`, 1):              "i.jsonl:1:1: answer мышь is none of 2 choices",
		strings.Replace(question, `,"большая собака"`, "", 1):      "1 choices: a question has 2 to 26",
		question + "\n" + question:                                 `i.jsonl:2:1: id "1" twice`,
		"{\"id\":\"\xcf\"}":                                        "i.jsonl:1:8: not UTF-8",
	} {
		if _, err := load(t, suite.Choice{Items: folder(t, "i.jsonl", text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

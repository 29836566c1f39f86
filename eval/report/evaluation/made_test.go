package evaluation_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// attack is a text that tries to be more than text.
const attack = `</script><script>alert(1)</script> | *x* \input{/etc/passwd} $ & # ^ _ ~ % " ` + "`rm`" + ` <img src=x onerror=alert(1)> =1+1 😀 é`

// measures are those of the tasks in these tests.
func measures(t *suite.Task) []task.Measure {
	title := func(ru, en string) map[string]string { return map[string]string{"ru": ru, "en": en} }
	switch t.Name {
	case "dialogue":
		return []task.Measure{
			{Name: "ok", Title: title("Годный ответ", "Usable reply"), High: 1, Better: 1, Binary: true, Per: task.PerItem},
			{Name: "quality", Title: title("Качество", "Quality"), Low: 1, High: 5, Better: 1, Judged: true, Per: task.PerItem},
			{Name: "win", Title: title("Лучший из двух", "The better of two"), High: 1, Better: 1, Judged: true, Per: task.PerItem},
			{Name: "length", Title: title("Длина", "Length"), Unit: "chars", Per: task.PerItem},
		}
	case "persona":
		return []task.Measure{{Name: "adherence", Title: title("Верность персоне", "Adherence to the persona"), High: 1, Better: 1, Per: task.PerItem}}
	case "town":
		return []task.Measure{{Name: "posts", Title: title("Записей", "Posts"), Per: task.PerRun}}
	}
	return nil
}

// family is a suite with two subjects of one model and one of another.
func family(language string) *suite.Suite {
	s := &suite.Suite{
		Name: "proba", Title: "Кто говорит живее", About: "Проба.\n\nВторой абзац.", Language: language, Seed: 7, Repeats: 1,
		Subjects: []suite.Subject{{Name: "base", Model: "small"}, {Name: "tuned", Model: "tuned"}, {Name: "подсказка", Model: "small", System: "Пиши коротко"}},
		Tasks: []suite.Task{
			{Name: "dialogue", Dialogue: &suite.Dialogue{}}, {Name: "persona", Persona: &suite.Persona{}}, {Name: "town", Society: &suite.Society{}},
		},
		Judges: []suite.Judge{{Name: "строгий", Model: "small", Mode: "rubric"}, {Name: "мягкий", Model: "judge", Mode: "pairwise"}},
		Comparisons: []suite.Comparison{
			{Task: "dialogue", Measure: "win", A: "tuned", B: "base"}, {Task: "dialogue", Measure: "quality", A: "tuned", B: "base"},
			{Name: "годность", Task: "dialogue", Measure: "ok", A: "tuned", B: "base"}, {Task: "persona", Measure: "adherence", A: "tuned", B: "base"},
			{Task: "town", Measure: "posts", A: "чат", B: "лента"},
		},
	}
	s.Analysis.Alpha, s.Analysis.Resamples, s.Analysis.Power = 0.05, 999, 0.8
	return s
}

// skill is how good a subject of these tests is.
func skill(subject string) float64 {
	return map[string]float64{"base": 0.4, "tuned": 0.7, "подсказка": 0.5}[subject]
}

// scores are those of n items of dialogues of two, and of what else there is.
func scores(n int) (out []sample.Score) {
	random := rand.New(rand.NewPCG(1, 2))
	subjects := []string{"base", "tuned", "подсказка"}
	for i := range n {
		item, cluster := fmt.Sprintf("i%04d", i), fmt.Sprintf("c%04d", i/2)
		hard := random.NormFloat64() * 0.15
		for _, s := range subjects {
			row := sample.Score{Sample: fmt.Sprintf("s-%s-%s", s, item), Task: "dialogue", Subject: s, Item: item, Cluster: cluster}
			add := func(measure, by string, value float64) {
				r := row
				r.Measure, r.By, r.Value = measure, by, value
				out = append(out, r)
			}
			ok := 0.0
			if random.Float64() < skill(s)+hard {
				ok = 1
			}
			add("ok", "", ok)
			add("length", "", math.Round(80+30*random.NormFloat64()))
			mark := min(5, max(1, math.Round(1+4*(skill(s)+hard)+random.NormFloat64()*0.4)))
			add("quality", "строгий", mark)
			add("quality", "мягкий", min(5, mark+float64(random.IntN(2))))
			if i%4 == 0 {
				add("quality", sample.Human, max(1, mark-float64(random.IntN(2))))
			}
			if i%9 == 0 {
				r := row
				r.Measure, r.Missing = "ok", "отказ отвечать"
				r.Item = item + "-missing"
				out = append(out, r)
			}
			if s != "base" {
				out = append(out, verdicts(random, row, hard)...)
			}
		}
		out = append(out, probes(random, i)...)
	}
	return append(out, runs(random)...)
}

// verdicts are those of a judge in both orders, who likes what comes first.
func verdicts(random *rand.Rand, row sample.Score, hard float64) (out []sample.Score) {
	for _, first := range []bool{true, false} {
		r := row
		r.Measure, r.By, r.Other, r.First, r.Length = "win", "мягкий", "base", first, int32(random.IntN(41)-20)
		odds := skill(r.Subject) - skill("base") + hard/2 + 0.5
		if first {
			odds += 0.1
		}
		switch x := random.Float64(); {
		case x < odds-0.1:
			r.Value = 1
		case x < odds+0.1:
			r.Value = 0.5
		}
		out = append(out, r)
	}
	return out
}

func probes(random *rand.Rand, i int) (out []sample.Score) {
	for _, s := range []string{"base", "tuned"} {
		for _, turn := range []int32{1, 8, 16, 32} {
			out = append(out, sample.Score{
				Sample: fmt.Sprintf("p-%s-%d-%d", s, i, turn), Task: "persona", Subject: s, Item: fmt.Sprintf("p%d", i%12), Cluster: fmt.Sprintf("p%d", i%12), Repeat: int32(i / 12),
				Turn: turn, Measure: "adherence", Value: min(1, max(0, skill(s)+0.2-float64(turn)/100+0.05*random.NormFloat64())),
			})
		}
	}
	return out
}

func runs(random *rand.Rand) (out []sample.Score) {
	for seed := range 6 {
		for i, s := range []string{"лента", "чат"} {
			out = append(out, sample.Score{Sample: fmt.Sprintf("run-%d-%d", i, seed), Task: "town", Subject: s, Item: fmt.Sprint(seed), Cluster: fmt.Sprint(seed), Measure: "posts",
				Value: math.Round(120 + 40*float64(i) + 10*random.NormFloat64())})
		}
	}
	return out
}

// analysed is an evaluation of scores.
func analysed(t testing.TB, s *suite.Suite, rows []sample.Score) evaluation.Evaluation {
	t.Helper()
	result, err := analysis.Analyse(t.Context(), analysis.Input{Suite: s, Measures: measures, Scores: func(each func([]sample.Score) error) error { return each(rows) }})
	if err != nil {
		t.Fatal(err)
	}
	in := evaluation.Evaluation{
		Suite: s, Result: result, Generated: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), GorodVersion: "test", Replies: evaluation.Replies{All: 300, Errors: 3},
		Models: []evaluation.Model{{Entry: "small", Provider: "ollama", Model: "qwen2.5:3b", Digest: "sha256:0123456789abcdef"}}, Samples: map[string]sample.Sample{},
	}
	for id := range result.Picked() {
		in.Samples[id] = sample.Sample{ID: id, Item: "i", Subject: "base", Messages: []sample.Message{{Role: "user", Content: "Как дела? " + attack}}, Reply: "Хорошо. " + attack, Reference: "Да"}
	}
	return in
}

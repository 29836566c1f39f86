package judge_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/suite"
)

const warmth = `name: warm
criteria:
  - name: warmth
    asks: Тепло ли это сказано?
    marks: [зло, холодно, ровно, тепло, очень тепло]
  - name: brevity
    asks: Коротко ли?
    marks: [a, b, c, d, e]
`

func TestARubricOfOnesOwnIsMarkedBy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "warm.yaml")
	if err := os.WriteFile(file, []byte(warmth), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := made(t, suite.Judge{Name: "j", Rubric: file}, "ru", reference.New()).Rubric(t.Context(), question(1), judge.Reply{Text: "да"})
	if err != nil || len(got) != 2 || got[0].Measure != "warmth" || got[1].Measure != "brevity" || got[0].Value < 1 || got[0].Value > 5 {
		t.Errorf("%+v, %v", got, err)
	}
	s := &suite.Suite{Judges: []suite.Judge{{Rubric: file}, {Rubric: file + ".none"}, {}}}
	if problems := judge.Check(s); len(problems) != 1 || !strings.Contains(problems.Error(), "warm.yaml.none: the rubric cannot be read") {
		t.Errorf("%v", problems)
	}
}

func TestABadRubricSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, now, says string }{
		{"[a, b, c, d, e]", "[a, b, c]", "r.yaml:8:12: 3 meanings of marks"},
		{"[a, b, c, d, e]", "[a, b, '', d, e]", "r.yaml:8:12: 5 meanings of marks"},
		{"name: brevity", "name: Краткость", `r.yaml:6:11: criterion "Краткость"`},
		{"name: brevity", "name: warmth", "r.yaml:6:11: criterion warmth twice"},
		{"name: brevity", "name: own", "criterion own: verdicts on pairs are called so"},
		{"name: brevity", "name: win", "r.yaml:6:11: criterion win"},
		{"asks: Коротко ли?", "asks: ' '", "asks nothing"},
		{"asks: Коротко ли?", "ask: Коротко ли?", "r.yaml:7:5: "},
		{"criteria:", "criterions:", "r.yaml:2:1: "},
		{warmth[strings.Index(warmth, "criteria:"):], "criteria: []\n", "r.yaml:2:11: "},
		{"marks: [зло", "marks: [[зло", "r.yaml:6:3: malformed YAML"},
	} {
		_, err := judge.ParseRubric("r.yaml", []byte(strings.Replace(warmth, c.old, c.now, 1)))
		if _, ok := errors.AsType[spec.Problems](err); !ok || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

func FuzzARubricIsReadOrRefused(f *testing.F) {
	f.Add([]byte(warmth))
	f.Add([]byte("name: x\ncriteria: [{name: a, asks: b, marks: [1, 2, 3, 4, 5]}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := judge.ParseRubric("r.yaml", text)
		if err == nil && (len(r.Criteria) == 0 || len(r.Criteria[0].Marks) != 5) {
			t.Errorf("%+v", r)
		}
	})
}

// What a kind is said to be scored by is what a judge scores.
func TestMeasuresAreWhatJudgesScore(t *testing.T) {
	t.Parallel()
	for kind, of := range map[string]suite.Task{
		"dialogue": {Dialogue: &suite.Dialogue{}}, "language": {Language: &suite.Language{}}, "persona": {Persona: &suite.Persona{}}, "mood": {Mood: &suite.Mood{}},
	} {
		s := &suite.Suite{Language: "ru", Judges: []suite.Judge{{Name: "pairs", Mode: suite.Pairwise}, {Name: "marks", Mode: suite.Rubric}}}
		of.Judges = []string{"pairs", "marks"}
		scored := judge.Scores(s, &of)
		var said []string
		for _, m := range judge.Measures(kind) {
			said = append(said, m.Name)
			if m.Title["ru"] == "" || m.Title["en"] == "" || !m.Judged || m.Better != 1 || (m.High == 1) != (m.Name == judge.Win) {
				t.Errorf("%+v", m)
			}
		}
		slices.Sort(said)
		if !slices.Equal(said, scored) {
			t.Errorf("%s: %v, but judges score %v", kind, said, scored)
		}
		if of.Judges = []string{"pairs"}; !slices.Equal(judge.Scores(s, &of), []string{judge.Win}) {
			t.Errorf("%v", judge.Scores(s, &of))
		}
	}
	if m := judge.Measure("warmth"); m.Name != "warmth" || m.Title != nil || m.Judged {
		t.Errorf("%+v", m)
	}
}

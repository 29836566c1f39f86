package suite_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/suite"
)

const whole = `apiVersion: gorod/v1
kind: Evaluation
name: models
models:
  default: {provider: reference}
  big: {provider: openai, model: big, endpoints: [http://127.0.0.1:8000/v1]}
subjects:
  - {name: base, model: default}
  - {name: tuned, model: big, system: "Ты — Ася.", retrieve: {dataset: data}}
  - {name: lexicon, plugin: {plugin: sentiment/lexicon, config: {a: 1}}}
tasks:
  - language: {}
    judges: [marks, pairs]
  - name: диалог
    dialogue: {dataset: data}
    subjects: [base]
  - sentiment: {data: texts.csv}
  - persona: {}
  - retention:
judges:
  - {name: marks, model: big, rubric: marks.yaml}
  - {name: pairs, model: big, mode: pairwise, baseline: base}
comparisons:
  - {task: language, measure: cyrillic, a: tuned, b: base}
  - {name: by-lexicon, task: sentiment, measure: accuracy, a: lexicon, b: base}
`

func parse(t *testing.T, text string, set ...string) (*suite.Suite, error) {
	t.Helper()
	return suite.Parse("/eval/suite.yaml", []byte(text), set...)
}

func TestASuiteIsFilledInAndItsPathsAreWhole(t *testing.T) {
	t.Parallel()
	s, err := parse(t, whole, "tasks[0].language.prompts=own.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Abs("own.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if s.Subjects[1].Retrieve.Dataset != "/eval/data" || s.Tasks[2].Sentiment.Data != "/eval/texts.csv" || s.Judges[0].Rubric != "/eval/marks.yaml" || s.Tasks[0].Language.Prompts != own {
		t.Errorf("%+v", s)
	}
	if s.Tasks[0].Name != "language" || s.Tasks[1].Name != "диалог" || s.Tasks[4].Kind() != "retention" || s.Comparisons[0].Name != "language-cyrillic-tuned-base" {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"base", "tuned"}, s.Tasks[0].Subjects); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"base", "tuned", "lexicon"}, s.Tasks[2].Subjects); diff != "" {
		t.Error(diff)
	}
	if s.Repeats != 1 || s.Analysis.Resamples != 10000 || s.Cassette != "record" || len(s.Tasks[3].Persona.Probes) != 4 {
		t.Errorf("%+v", s)
	}
}

func TestASuiteComesBackFromItsYAML(t *testing.T) {
	t.Parallel()
	want, err := parse(t, whole)
	if err != nil {
		t.Fatal(err)
	}
	text, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := suite.Parse("/elsewhere/suite.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(suite.Suite{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	again, err := got.Marshal()
	if err != nil || suite.Digest(text) != suite.Digest(again) {
		t.Errorf("%v\n%s", err, again)
	}
}

func TestWhatCannotBeIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	change := func(old, with string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(whole, old, with, 1)
	}
	for text, says := range map[string]string{
		change("name: models", "name: Модели"):                                                          "3:7: name cannot be",
		change("model: default}", "model: defualt}"):                                                    `8:25: no model "defualt": models: has no such entry; did you mean "default"?`,
		change("name: tuned", "name: base"):                                                             `9:12: subjects: "base" twice`,
		change("name: tuned", "name: BASE"):                                                             `9:12: subjects: "BASE" twice: another differs from it by case`,
		change("{name: marks, model: big", "{name: Human, model: big"):                                  `no judge can be called "Human"`,
		change("name: tuned", "name: a/b"):                                                              `9:12: subjects[1].name cannot be "a/b"`,
		change(", model: default}", "}"):                                                                "subjects[0] has neither model nor plugin",
		change("  - language: {}\n", "  - language: {}\n    choice: {}\n"):                              "must be of exactly one kind: it has language and choice",
		change("  - retention:\n", "  - name: empty\n"):                                                 "tasks[4] must be of exactly one kind",
		change("subjects: [base]", "subjects: [bsae]"):                                                  `no subject "bsae": subjects: has no such name; did you mean "base"?`,
		change("subjects: [base]", "subjects: [lexicon]"):                                               `"lexicon" cannot be asked: a sentiment plugin`,
		change("subjects: [base]", "subjects: [base, base]"):                                            `subject "base" twice`,
		change("  - sentiment: {data: texts.csv}\n", ""):                                                `nobody asks "lexicon"`,
		change("name: диалог", "name: language"):                                                        `tasks: "language" twice`,
		change("judges: [marks, pairs]", "judges: [marks]"):                                             `the judge "pairs" judges nothing`,
		change("judges: [marks, pairs]", "judges: [marks, pairs, nobody]"):                              `no judge "nobody"`,
		change("baseline: base", "baseline: nobody"):                                                    `22:57: no subject "nobody"`,
		change("baseline: base", "baseline: lexicon"):                                                   `the baseline of "pairs" is not asked here`,
		change("mode: pairwise, baseline", "baseline"):                                                  "baseline with mode: rubric",
		change("{name: marks, model: big, rubric", "{name: marks, model: bgi, rubric"):                  `no model "bgi"`,
		change("{task: language, ", "{task: langage, "):                                                 `no task "langage": tasks: has no such name; did you mean "language"?`,
		change("a: tuned, b: base", "a: tuned, b: lexicon"):                                             `"lexicon" is not asked in language`,
		change("a: tuned, b: base", "a: base, b: base"):                                                 `"base" is compared with itself`,
		whole + "  - {task: language, measure: cyrillic, a: base, b: tuned}\n":                          "compares the same twice: comparisons[0]",
		change("persona: {}", "persona: {probes: [1, 1]}"):                                              "turns count from 1 to 1000 and must grow",
		change("persona: {}", "persona: {probes: []}"):                                                  "probes is empty",
		change("retention:", "society: {runs: [x]}\n    subjects: [base]"):                              "subjects of a society task",
		change("endpoints: [http://127.0.0.1:8000/v1]", "endpoints: ['http://me:secret@127.0.0.1/v1']"): "has a password",
		change("dialogue: {dataset: data}", "dialogue: {}"):                                             "tasks[1].dialogue.dataset is missing",
		change("kind: Evaluation", "kind: Evaluation\ncassette: off\nbudget: {max_calls: 3}"):           "cassette: off cannot have a budget",
		change("{name: base, model: default}", "{name: base, model: default, temprature: 0}"):           `unknown key "temprature"`,
	} {
		_, err := parse(t, text)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%v\ndoes not say %q", err, says)
		}
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse(t, strings.NewReplacer("model: default}", "model: x}", "subjects: [base]", "subjects: [y]", "task: language,", "task: z,").Replace(whole))
	problems, ok := err.(spec.Problems) //nolint:errorlint // it is what Parse gives
	if !ok || len(problems) != 3 || problems[0].Line != 8 || problems[1].Line != 16 || problems[2].Line != 24 {
		t.Errorf("%v", err)
	}
}

func TestOneSubjectCannotBeCompared(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: gorod/v1\nkind: Evaluation\nname: one\n"
	_, err := parse(t, head+"subjects: [{name: base, model: default}]\ntasks: [{language: {}}]\ncomparisons: [{task: language, measure: m, a: base, b: other}]\n")
	if err == nil || !strings.Contains(err.Error(), "comparisons with one subject only") {
		t.Error(err)
	}
	if _, err = parse(t, head+"tasks: [{language: {}}]\n"); err == nil || !strings.Contains(err.Error(), "subjects is missing") {
		t.Error(err)
	}
	if _, err = parse(t, head+"tasks: [{society: {runs: [runs/*]}}]\ncomparisons: [{task: society, measure: m, a: one, b: two}]\n"); err != nil {
		t.Error(err)
	}
}

func TestInputsAreFilesThatAreThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := []string{put("data/data/train.parquet"), put("data/manifest.json"), put("p/a.yaml"), put("p/b.yaml")}
	put("data/figures/x.json")
	put("data/README.md")
	text := `apiVersion: gorod/v1
kind: Evaluation
name: files
subjects: [{name: base, model: default}]
tasks: [{dialogue: {dataset: data}}, {persona: {personas: ["p/*.yaml"]}}]
`
	s, err := suite.Parse(filepath.Join(dir, "suite.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := s.Inputs()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, in := range inputs {
		got = append(got, in.Path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.Tasks[0].Dialogue.Dataset = os.DevNull // as endless as /dev/zero, for all that is known
	if _, err := s.Inputs(); err == nil || !strings.Contains(err.Error(), "neither a file nor a folder") {
		t.Error(err)
	}
	s.Tasks[0].Dialogue.Dataset = filepath.Join(dir, "gone")
	if _, err := s.Inputs(); err == nil || !strings.Contains(err.Error(), "suite.yaml:5:30: tasks[0].dialogue.dataset cannot be read") || !strings.Contains(err.Error(), "gorod dataset build") {
		t.Error(err)
	}
}

func TestTheSchemaIsThatOfTheStructs(t *testing.T) {
	t.Parallel()
	var schema struct {
		Title      string
		Properties map[string]any
	}
	if err := json.Unmarshal(suite.JSONSchema(), &schema); err != nil || schema.Title != "gorod evaluation" || schema.Properties["comparisons"] == nil {
		t.Error(err, schema)
	}
}

func FuzzASuiteIsReadOrRefused(f *testing.F) {
	f.Add(whole)
	f.Add("kind: Evaluation\ntasks: [{}]\nsubjects:\n  - {plugin: {config: 1}}\n")
	f.Add("tasks: [{persona: {probes: [0]}, judges: [a, a]}]\njudges: [{}]\ncomparisons: [{}]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := suite.Parse("suite.yaml", []byte(text))
		if err != nil {
			return
		}
		again, err := s.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := suite.Parse("suite.yaml", again); err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
	})
}

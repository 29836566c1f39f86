package runner_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/plugins/sdk"
)

// judge says what it was asked.
type judge struct {
	of       suite.Judge
	provider llm.Provider
}

func (j *judge) ask(ctx context.Context, q *runner.Question) (string, string, error) {
	resp, err := j.provider.Generate(ctx, llm.Request{Messages: []sdk.Message{{Role: "user", Content: fmt.Sprint(q.Messages)}}, Sampling: llm.Sampling{Seed: q.Seed}})
	return resp.Text, resp.Key, err
}

func (j *judge) Rubric(ctx context.Context, q runner.Question, r runner.Reply) ([]sample.Score, error) {
	_, key, err := j.ask(ctx, &q)
	return []sample.Score{{Measure: "quality", Value: 3, Words: fmt.Sprint(q.Task, q.Kind, q.Item, q.Criteria, len(q.Messages), q.Messages[0].Role, r.Text), Call: key}}, err
}

func (j *judge) Pair(ctx context.Context, q runner.Question, a, b runner.Reply) ([]sample.Score, error) {
	_, key, err := j.ask(ctx, &q)
	return []sample.Score{
		{Measure: "better", Subject: a.Subject, Other: b.Subject, Value: 1, First: true, Call: key},
		{Measure: "better", Subject: b.Subject, Other: a.Subject, Value: 0, First: true, Call: key},
	}, err
}

const three = here + `subjects:
  - {name: a, model: default}
  - {name: b, model: default}
  - {name: c, model: default}
tasks: [{language: {}, judges: [marks, pairs, all]}]
judges:
  - {name: marks, model: other}
  - {name: pairs, model: other, mode: pairwise, baseline: b}
  - {name: all, model: other, mode: pairwise}
`

func TestJudgesSeeRepliesOfOneItem(t *testing.T) {
	t.Parallel()
	got := done(t, options(load(t, three)))
	count := map[string]int{}
	for i, x := range got.scores {
		if x.By == "" {
			continue
		}
		count[x.By+" "+x.Subject+" "+x.Other]++
		if x.Turn != 2 || x.Cluster == "" || x.Call == "" || x.Task != "language" || !strings.HasPrefix(x.Sample, "language/"+x.Subject+"/"+x.Item+"/0/1") {
			t.Errorf("%d: %+v", i, x)
		}
		if x.By == "marks" {
			at := slices.IndexFunc(got.samples, func(s sample.Sample) bool { return s.ID == x.Sample })
			if want := fmt.Sprint("language", "language", x.Item, "кто говорит", 3, "user", got.samples[at].Reply); x.Words != want {
				t.Errorf("%q, not %q", x.Words, want)
			}
		}
	}
	want := map[string]int{"marks a ": 6, "marks b ": 6, "marks c ": 6}
	for _, pair := range []string{"a b", "b a", "c b", "b c"} {
		want["pairs "+pair] = 6
	}
	for _, pair := range []string{"a b", "b a", "c b", "b c", "a c", "c a"} {
		want["all "+pair] = 6
	}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("%v", count)
	}
}

// mute is b, who says nothing to i2.
type mute struct{ chains }

func (m mute) Load(context.Context, task.Setup) (task.Task, error) {
	return &muteTask{chainTask(m)}, nil
}

type muteTask struct{ chainTask }

func (m *muteTask) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	out, err := m.chainTask.Ask(ctx, s, item)
	if s.Name() == "b" && item.ID == "i2" {
		out.Judged, out.Unjudged = nil, map[int]string{1: "empty reply"}
	}
	return out, err
}

func TestWhatNoJudgeSeesIsCountedAsMissing(t *testing.T) {
	t.Parallel()
	got := done(t, options(load(t, three), mute{chains{items: 6}}))
	lost := map[string]int{}
	for _, x := range got.scores {
		if x.Item == "i2" && x.Missing != "" {
			lost[fmt.Sprintf("%s %s %s: %s, by %q", x.Measure, x.Subject, x.Other, x.Missing, x.By)]++
		}
		if x.Item == "i2" && x.By != "" && (x.Subject == "b" || x.Other == "b") {
			t.Errorf("judged: %+v", x)
		}
	}
	want := map[string]int{
		`grammar b : empty reply, by ""`: 1,
		`win a b: b: empty reply, by ""`: 2, `win c b: b: empty reply, by ""`: 1, `win b c: b: empty reply, by ""`: 1, // of two judges
	}
	if fmt.Sprint(lost) != fmt.Sprint(want) {
		t.Errorf("%v", lost)
	}
}

// measured has its rows already.
type measured struct{ chains }

func (measured) Name() string { return "society" }

func (measured) Load(context.Context, task.Setup) (task.Task, error) {
	return &ready{chainTask{chains{}}}, nil
}

type ready struct{ chainTask }

func (*ready) Rows(context.Context) (task.Outcome, error) {
	return task.Outcome{
		Samples: []sample.Sample{{Subject: "день", Item: "s1", Cluster: "s1", Repeat: 1}, {Subject: "ночь", Item: "s1", Cluster: "s1"}},
		Scores:  []sample.Score{{Sample: "1", Measure: "mood", Value: 0.5}, {Sample: "0", Measure: "mood", Missing: "нет"}},
	}, nil
}

func TestATaskMayHaveItsRowsAlready(t *testing.T) {
	t.Parallel()
	run := filepath.Join(t.TempDir(), "run.db")
	if err := os.WriteFile(run, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := done(t, options(load(t, "tasks: [{society: {runs: ["+run+"]}}]\n"), measured{}))
	if len(got.samples) != 2 || got.samples[0].ID != "society/день/s1/1/0" || got.scores[0].Subject != "ночь" || got.scores[0].Task != "society" || got.scores[1].Repeat != 1 || got.scores[1].Missing != "нет" {
		t.Errorf("%+v", got)
	}
}

func TestMeasuresAndKindsAreChecked(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		subjects + "comparisons: [{task: language, measure: lenght, a: base, b: tuned}]\n":  `no measure "lenght" in language: tasks of the kind language do not score it; did you mean "length"?`,
		subjects + "comparisons: [{task: language, measure: quality, a: base, b: tuned}]\n": "nobody judges quality of language",
		strings.Replace(subjects, "language: {}", "mood: {}", 1):                            "this gorod has no tasks of the kind mood",
	} {
		s := load(t, here+text)
		if err := runner.Check(t.Context(), s, []task.Kind{chains{}}, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %s", err, says)
		}
	}
	s := load(t, three+"comparisons: [{task: language, measure: win, a: a, b: b}]\n")
	if err := runner.Check(t.Context(), s, []task.Kind{chains{}}, nil); err != nil {
		t.Errorf("what a judge of pairs scores: %v", err)
	}
	if _, err := runner.Prepare(t.Context(), options(load(t, here+subjects), chains{})); err == nil || !strings.Contains(err.Error(), "suite.yaml:8:10: the task language has no items") {
		t.Error(err)
	}
}

func TestACriterionCannotBeCalledAsWhatIsComputed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rubric.yaml")
	if err := os.WriteFile(path, []byte("name: own\ncriteria: [{name: length, asks: how long, marks: [a, b, c, d, e]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := load(t, strings.Replace(three, "{name: marks, model: other}", "{name: marks, model: other, rubric: "+path+"}", 1))
	if err := runner.Check(t.Context(), s, []task.Kind{chains{}}, nil); err == nil || !strings.Contains(err.Error(), `the judge "marks" has a criterion length: a computed measure of language is called so`) {
		t.Error(err)
	}
}

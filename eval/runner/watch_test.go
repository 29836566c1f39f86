package runner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// exam is a kind of tasks whose items are answered rightly or not.
type exam struct{ items int }

func (exam) Name() string { return "choice" }

func (exam) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{{Name: "correct", High: 1, Binary: true, Per: task.PerItem}, {Name: "free", Per: task.PerItem}}
}

func (e exam) Load(context.Context, task.Setup) (task.Task, error) { return &examTask{e}, nil }

type examTask struct{ exam }

func (e *examTask) Items() (out []task.Item) {
	for i := range e.items {
		out = append(out, task.Item{ID: fmt.Sprint("i", i), Cluster: fmt.Sprint("c", i/2)})
	}
	return out
}

func (e *examTask) Ask(ctx context.Context, s task.Subject, item task.Item) (out task.Outcome, err error) {
	x, err := s.Ask(ctx, task.Prompt{Which: "q", Messages: []sample.Message{{Role: "user", Content: item.ID}}})
	out.Samples = []sample.Sample{x}
	right := 0.0
	if strings.Contains(x.Reply, "верно") {
		right = 1
	}
	out.Scores = []sample.Score{{Sample: "0", Measure: "correct", Value: right}}
	return out, err
}

func (*examTask) Whole(context.Context, string, []sample.Sample) ([]sample.Score, error) {
	return nil, nil
}

const sequentially = `subjects:
  - {name: good, model: default, system: good}
  - {name: bad, model: default, system: bad}
  - {name: worse, model: default, system: worse}
tasks: [{choice: {}}]
comparisons:
  - {task: choice, measure: correct, a: good, b: bad}
  - {task: choice, measure: correct, a: good, b: worse}
analysis: {sequential: true}
`

func examined(r llmtest.Request) string {
	if strings.Contains(fmt.Sprint(r.Messages), "good") {
		return "верно"
	}
	return "нет"
}

func TestAskingEndsWhenAllIsDecidedWhereverRepliesCome(t *testing.T) {
	t.Parallel()
	var first rows
	for i, slots := range []int{1, 8, 3} {
		server := start(t, llmtest.Options{Slots: slots, Mean: time.Millisecond, Sigma: 1.5, Seed: uint64(i), Reply: examined})
		what, dir := load(t, served(server.URL, slots)+sequentially), t.TempDir()
		if slots == 3 { // stopped on the way
			o := options(what, exam{400})
			s := &stopper{after: 20}
			o.Observer, o.Stop = s, s.stop
			if _, err := evaluated(t, dir, o); !errors.Is(err, runner.ErrStopped) {
				t.Fatal(err)
			}
		}
		result, err := evaluated(t, dir, options(what, exam{400}))
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, dir)
		asked := result.Manifest.Tasks[0].Asked
		if asked < 6 || asked > 60 || asked%2 != 0 || len(got.samples) != 3*asked || server.Stats().Requests > 3*asked+60 {
			t.Errorf("%d items were asked by %d requests: %d samples", asked, server.Stats().Requests, len(got.samples))
		}
		if got.samples[0].Item == "i0" && got.samples[3].Item == "i1" && got.samples[6].Item == "i2" {
			t.Error("items come in the order of the file")
		}
		if i == 0 {
			first = got
		} else if got.text() != first.text() {
			t.Errorf("with %d slots it ended elsewhere: %d and %d samples", slots, len(got.samples), len(first.samples))
		}
	}
}

func TestWithoutADifferenceAllIsAsked(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 8, Reply: func(llmtest.Request) string { return "верно" }})
	got := done(t, options(load(t, served(server.URL, 8)+sequentially), exam{60}))
	if len(got.samples) != 180 {
		t.Errorf("%d samples", len(got.samples))
	}
}

func TestWhatCannotBeDecidedOnTheWayIsRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		strings.Replace(sequentially, "measure: correct, a: good, b: worse", "measure: free, a: good, b: worse", 1): "suite.yaml:12:29: free cannot be decided on the way: analysis.sequential needs",
		sequentially[:strings.Index(sequentially, "comparisons")] + "analysis: {sequential: true}\n":                "suite.yaml:10:24: sequential without comparisons",
	} {
		if err := runner.Check(t.Context(), load(t, here+text), []task.Kind{exam{}}, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

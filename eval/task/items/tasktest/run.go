package tasktest

import (
	"context"
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Setup is that of the only task of a suite in Russian.
func Setup(t suite.Task) task.Setup {
	return task.Setup{Suite: &suite.Suite{Name: "test", Language: "ru", Seed: 1}, Task: &t, Path: "tasks[0]"}
}

// Run loads a task, asks a subject all of it, and checks that what came of it is
// Sound.
func Run(t testing.TB, kind task.Kind, setup task.Setup, s task.Subject) Result {
	t.Helper()
	loaded, err := kind.Load(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	r := Ask(t, loaded, s)
	Sound(t, kind.Measures(t.Context(), setup.Task), r)
	return r
}

// Values are those of a measure, in the order of the scores.
func (r Result) Values(measure string) []float64 {
	var out []float64
	for _, s := range r.Scores {
		if s.Measure == measure && s.Missing == "" {
			out = append(out, s.Value)
		}
	}
	return out
}

// Recorder keeps what a subject is asked.
type Recorder struct {
	task.Subject
	Prompts []task.Prompt
}

// Ask implements task.Subject.
func (r *Recorder) Ask(ctx context.Context, p task.Prompt) (sample.Sample, error) {
	kept := p
	kept.Messages = slices.Clone(p.Messages)
	r.Prompts = append(r.Prompts, kept)
	return r.Subject.Ask(ctx, p)
}

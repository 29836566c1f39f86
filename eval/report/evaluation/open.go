package evaluation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/society"
)

// HumanFile has the scores that people gave, as rows like those of scores.parquet.
// An evaluation without one was judged by nobody.
const HumanFile = "human.parquet"

// ErrNotDone says that an evaluation has no rows yet.
var ErrNotDone = errors.New("its rows are not written yet")

// Open reads an evaluation's folder and analyses its scores. Generated and
// GorodVersion are left to the caller.
func Open(ctx context.Context, dir string, kinds []task.Kind) (Evaluation, error) {
	m, err := runner.ReadManifest(dir)
	if err != nil {
		return Evaluation{}, err
	}
	if !m.Done() {
		return Evaluation{}, fmt.Errorf("%s: %w; go on with: gorod eval run --resume %[1]s", dir, ErrNotDone)
	}
	s, err := runner.Load(dir)
	if err != nil {
		return Evaluation{}, err
	}
	in := Evaluation{Suite: s, Models: models(m), Samples: map[string]sample.Sample{}}
	in.Result, err = analysis.Analyse(ctx, analysis.Input{Suite: s, Measures: Measures(ctx, s, kinds), Scores: Scores(dir)})
	if err != nil {
		return Evaluation{}, err
	}
	for _, model := range in.Models {
		in.Replies.Reference = in.Replies.Reference || model.Provider == "reference"
	}
	return in, in.look(ctx, dir)
}

// Scores hands over those of an evaluation's folder, people's too.
func Scores(dir string) func(each func([]sample.Score) error) error {
	return func(each func([]sample.Score) error) error {
		if err := sample.Read(filepath.Join(dir, sample.ScoresFile), each); err != nil {
			return err
		}
		path := filepath.Join(dir, HumanFile)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return sample.Read(path, each)
	}
}

// Measures are those of tasks, as their kinds and judges describe them, and what
// people are asked of any reply.
func Measures(ctx context.Context, s *suite.Suite, kinds []task.Kind) func(t *suite.Task) []task.Measure {
	return func(t *suite.Task) (out []task.Measure) {
		for _, k := range kinds {
			if k.Name() == t.Kind() {
				out = k.Measures(ctx, t)
			}
		}
		for _, name := range append(judge.Scores(s, t), judge.Own) {
			if slices.ContainsFunc(out, func(m task.Measure) bool { return m.Name == name }) {
				continue
			}
			m := judge.Measure(name)
			if !m.Judged { // a criterion of the suite's own rubric: marks from 1 to 5
				m.Low, m.High, m.Better, m.Judged = 1, 5, 1, true
			}
			out = append(out, m)
		}
		return out
	}
}

func models(m runner.Manifest) (out []Model) {
	for _, name := range slices.Sorted(maps.Keys(m.Models)) {
		x := m.Models[name]
		out = append(out, Model{Entry: name, Provider: x.Provider, Model: x.Model, Digest: x.Digest})
	}
	return out
}

// look counts the samples, and keeps those to be shown.
func (in *Evaluation) look(ctx context.Context, dir string) error {
	picked := in.Result.Picked()
	return sample.Read(filepath.Join(dir, sample.SamplesFile), func(rows []sample.Sample) error {
		for i := range rows {
			in.Replies.All++
			in.Replies.Reference = in.Replies.Reference || society.StandIn(rows[i].Model)
			if rows[i].Error != "" {
				in.Replies.Errors++
			}
			if rows[i].Truncated {
				in.Replies.Truncated++
			}
			if picked[rows[i].ID] {
				in.Samples[rows[i].ID] = rows[i]
			}
		}
		return ctx.Err()
	})
}

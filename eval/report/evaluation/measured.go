package evaluation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Measured are the scores of a suite whose only task asks nobody: what runs have
// measured.
func Measured(ctx context.Context, s *suite.Suite, kinds []task.Kind) ([]sample.Score, error) {
	of := &s.Tasks[0]
	at := slices.IndexFunc(kinds, func(k task.Kind) bool { return k.Name() == of.Kind() })
	if at < 0 {
		return nil, fmt.Errorf("this gorod has no tasks of the kind %s", of.Kind())
	}
	loaded, err := kinds[at].Load(ctx, task.Setup{Suite: s, Task: of, Path: "tasks[0]"})
	if err != nil {
		return nil, err
	}
	measured, ok := loaded.(task.Measured)
	if !ok {
		return nil, fmt.Errorf("tasks of the kind %s have nothing measured yet", of.Kind())
	}
	out, err := measured.Rows(ctx)
	if err != nil {
		return nil, err
	}
	for i := range out.Scores {
		x := &out.Scores[i]
		x.Task = of.Name
		at, err := strconv.Atoi(x.Sample)
		if err != nil || at < 0 || at >= len(out.Samples) {
			return nil, fmt.Errorf("score %d is of no sample: %q", i, x.Sample)
		}
		from := &out.Samples[at]
		x.Subject, x.Item, x.Cluster, x.Repeat = from.Subject, from.Item, from.Cluster, from.Repeat
	}
	return out.Scores, nil
}

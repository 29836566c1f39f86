package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/suite"
)

func TestAnEvaluationSaysToGoOnOnlyWhereItCan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		code int
		next bool
	}{
		"changed":   {fmt.Errorf("e %w:\nprompts.jsonl has changed", runner.ErrChanged), exitUsage, false},
		"busy":      {fmt.Errorf("e: %w", core.ErrBusy), exitFailed, false},
		"stopped":   {runner.ErrStopped, exitInterrupted, true},
		"any other": {errors.New("the disk is full"), exitFailed, true},
	} {
		err := evalVerdict("e", c.err)
		if exitCode(err) != c.code || strings.Contains(err.Error(), "--resume e") != c.next {
			t.Errorf("%s: %d, %v", name, exitCode(err), err)
		}
	}
}

func TestAJudgeOfItsOwnRepliesIsWarnedOf(t *testing.T) {
	t.Parallel()
	what := &suite.Suite{
		Subjects: []suite.Subject{{Name: "hot", Model: "hot"}, {Name: "cold", Model: "cold"}},
		Judges:   []suite.Judge{{Name: "strict", Model: "hot"}, {Name: "idle", Model: "cold"}},
		Tasks:    []suite.Task{{Name: "all", Judges: []string{"strict"}}, {Name: "cold-only", Judges: []string{"strict"}, Subjects: []string{"cold"}}},
	}
	if got := judgedByThemselves(what); len(got) != 1 || !strings.HasPrefix(got[0], "in all the judge strict is the model of hot,") {
		t.Errorf("%q", got)
	}
}

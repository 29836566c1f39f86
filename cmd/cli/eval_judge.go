package cli

import (
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/eval/judge"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/suite"
)

// newJudge makes the judges of an evaluation.
func newJudge(of suite.Judge, provider llm.Provider, language string) (runner.Judge, error) {
	return judge.New(of, provider, language)
}

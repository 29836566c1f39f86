// Package runner does an evaluation: it asks every subject every item of every
// task, as many at once as the models' servers take, has judges judge the
// replies, and writes all of it down in the order of the suite, whatever the
// order of the answers. What a model said is in a cassette: an evaluation that
// was stopped or killed is done again, and asks only for what is missing.
package runner

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// ErrStopped says that an evaluation was stopped before its end.
var ErrStopped = core.ErrStopped

// Names of files in an evaluation's folder, beside those of package sample.
const (
	SuiteFile    = "suite.yaml"
	ManifestFile = "manifest.json"
	CassetteFile = "llm.db"
	ReportDir    = "report"
)

// Options are what an evaluation is done with. All fields but Stop and Observer
// are required.
type Options struct {
	Suite    *suite.Suite
	Kinds    []task.Kind
	NewJudge NewJudge
	Catalog  *host.Catalog
	Getenv   func(string) string // for the API keys that models name
	Version  string
	Now      func() time.Time
	Log      *slog.Logger
	Observer Observer
	// Stop is asked before each question; true ends the evaluation when the
	// answers under way are in.
	Stop func() bool
}

func (o *Options) stopped() bool { return o.Stop != nil && o.Stop() }

// Observer is told how an evaluation goes on. Methods are called from several
// goroutines.
type Observer interface {
	Progress(p Progress)
}

// Progress is how far an evaluation is.
type Progress struct {
	Done, Total  int   // items, each for a subject and a repeat, and what judges say of them
	Replies      int64 // of models, in this session
	Hits         int64 // replies that the cassette had
	Unusable     int64 // replies that are no use, of subjects
	PromptTokens int64 // asked in this session
	ReplyTokens  int64
}

// Result is what an evaluation came to.
type Result struct {
	Dir      string   `json:"dir"`
	Manifest Manifest `json:"manifest"`
}

// calm reports whether questions under way may be answered after an error: what
// is paid for is recorded.
func calm(err error) bool { return llm.IsKind(err, llm.BudgetSpent) || errors.Is(err, ErrStopped) }

// Run does what is left of an evaluation in dir, which exists, and writes its
// rows there. An error of the kind llm.BudgetSpent or ErrStopped leaves an
// evaluation that goes on when it is run again.
func (e *Evaluation) Run(ctx context.Context, dir string) (result Result, err error) {
	unlock, err := core.Lock(dir)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if e.digests == nil {
		if err := e.identify(ctx, true); err != nil {
			return result, err
		}
	}
	manifest, err := e.record(dir)
	if err != nil {
		return result, err
	}
	s, err := e.open(ctx, dir)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.ask(ctx); err != nil {
		return result, stopCause(ctx, err)
	}
	all, err := s.rows(ctx)
	if err != nil {
		return result, err
	}
	if err := s.calls.Flush(ctx); err != nil {
		return result, err
	}
	err = manifest.finish(dir, all, e.options.Now())
	return Result{dir, manifest}, err
}

// stopCause is ErrStopped for whatever went wrong because of it.
func stopCause(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), ErrStopped) {
		return ErrStopped
	}
	return err
}

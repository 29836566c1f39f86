package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/build"
	rows "github.com/llm-city/gorod/dataset/table"
	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/live"
)

func TestErrorsBecomeExitCodes(t *testing.T) {
	t.Parallel()
	for want, errs := range map[int][]error{
		exitOK: {nil},
		exitUsage: {
			usagef("no such flag"), spec.Problems{{}}, &host.NotFoundError{Ref: "planner/none"}, &host.ConfigError{Plugin: "p"},
			runner.ErrNoStudy, runner.ErrInUse, &telegram.Error{Kind: telegram.Truncated, Err: io.ErrUnexpectedEOF},
			&rows.Error{Kind: rows.BadValue, Err: errors.New("x")}, &build.SourceError{Err: os.ErrNotExist}, build.ErrExists, build.ErrEmpty, live.ErrNoChat,
		},
		exitInterrupted: {stopped{"budget spent", "gorod run --resume d"}, runner.ErrStopped},
		exitFailed: {
			errors.New("x"), context.Canceled, runner.ErrBusy, &host.StartError{}, &host.ChecksumError{}, &host.CrashError{Err: errors.New("x")},
			&llm.Error{Kind: llm.Unavailable},
		},
	} {
		for _, err := range errs {
			wrapped := err
			if err != nil {
				wrapped = errors.Join(fmt.Errorf("run: %w", err))
			}
			if got := exitCode(wrapped); got != want {
				t.Errorf("%T %v: exit %d, want %d", err, err, got, want)
			}
		}
	}
}

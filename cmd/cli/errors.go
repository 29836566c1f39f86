package cli

import (
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/batch"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/build"
	"github.com/llm-city/gorod/dataset/manifest"
	rows "github.com/llm-city/gorod/dataset/table"
	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/live"
)

// Exit codes of gorod.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2 // usage or bad input
	exitInterrupted = 3 // stopped at a tick; can be resumed
)

// usageError is a mistake of whoever typed the command.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// stopped says that a run ended early and how to go on.
type stopped struct {
	why  string
	next string // command that goes on
}

func (e stopped) Error() string { return e.why + "; go on with: " + e.next }

// exitCode maps an error to gorod's exit codes.
func exitCode(err error) int {
	var (
		usage    usageError
		problems spec.Problems
		missing  *host.NotFoundError
		config   *host.ConfigError
		stop     stopped
		restart  again
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.As(err, &problems), errors.As(err, &missing), errors.As(err, &config),
		errors.Is(err, runner.ErrInUse), errors.Is(err, runner.ErrNoStudy), errors.Is(err, errNoInput),
		errors.Is(err, runner.ErrNoRun), errors.Is(err, batch.ErrElsewhere), badSource(err):
		return exitUsage
	case errors.As(err, &restart):
		return cluster.Again
	case errors.As(err, &stop), errors.Is(err, runner.ErrStopped):
		return exitInterrupted
	default:
		return exitFailed
	}
}

// badSource reports whether an error is a fault of the chats that a command was
// given, or of where it was told to put what it makes of them.
func badSource(err error) bool {
	var (
		export *telegram.Error
		table  *rows.Error
		source *build.SourceError
	)
	if errors.As(err, &export) || errors.As(err, &table) || errors.As(err, &source) {
		return true
	}
	for _, bad := range []error{manifest.ErrNone, build.ErrExists, build.ErrEmpty, live.ErrDamaged, live.ErrNoChat, live.ErrNotLoggedIn, live.ErrOtherAccount, live.ErrExposed, live.ErrBusy} {
		if errors.Is(err, bad) {
			return true
		}
	}
	return false
}

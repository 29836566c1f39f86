// Package logs opens gorod's log: lines for people on standard error, and JSON
// lines in a file that changes daily and is kept for 30 days.
package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Options say where the log goes.
type Options struct {
	Dir    string // of the daily files; empty writes none
	Level  string // debug, info, warn or error
	Stderr io.Writer
	Now    func() time.Time
}

// Open makes a logger and a function that closes its file.
func Open(opts Options) (*slog.Logger, func() error, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(opts.Level)); err != nil {
		return nil, nil, fmt.Errorf("log level %q: want debug, info, warn or error", opts.Level)
	}
	terminal := newPeople(opts.Stderr, level)
	if opts.Dir == "" {
		return slog.New(terminal), func() error { return nil }, nil
	}
	file, err := openDaily(opts.Dir, opts.Now)
	if err != nil {
		return nil, nil, err
	}
	machines := slog.NewJSONHandler(file, &slog.HandlerOptions{Level: min(level, slog.LevelInfo)})
	return slog.New(both{terminal, machines}), file.Close, nil
}

// both hands every record to two handlers.
type both struct{ a, b slog.Handler }

func (h both) Enabled(ctx context.Context, l slog.Level) bool {
	return h.a.Enabled(ctx, l) || h.b.Enabled(ctx, l)
}

func (h both) Handle(ctx context.Context, r slog.Record) error {
	var errs []error
	for _, x := range []slog.Handler{h.a, h.b} {
		if x.Enabled(ctx, r.Level) {
			errs = append(errs, x.Handle(ctx, r.Clone()))
		}
	}
	return errors.Join(errs...)
}

func (h both) WithAttrs(attrs []slog.Attr) slog.Handler {
	return both{h.a.WithAttrs(attrs), h.b.WithAttrs(attrs)}
}

func (h both) WithGroup(name string) slog.Handler {
	return both{h.a.WithGroup(name), h.b.WithGroup(name)}
}

package logs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"unicode"
)

// people is a handler of lines for a terminal. What has lines of its own, such
// as a stack, stands below its record, as it was written.
type people struct {
	slog.Handler
	mu  *sync.Mutex // of out, shared by all handlers made from one
	out io.Writer
}

func newPeople(out io.Writer, level slog.Level) people {
	return people{
		slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutTime}), &sync.Mutex{}, out,
	}
}

// Handle writes one record.
func (h people) Handle(ctx context.Context, r slog.Record) error {
	short := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	var below strings.Builder
	r.Attrs(func(a slog.Attr) bool {
		if text, ok := a.Value.Any().(string); ok && strings.Contains(strings.TrimSpace(text), "\n") {
			fmt.Fprintf(&below, "  %s:\n    %s\n", a.Key, strings.ReplaceAll(plain(strings.TrimSpace(text)), "\n", "\n    "))
		} else {
			short.AddAttrs(a)
		}
		return true
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.Handler.Handle(ctx, short); err != nil {
		return err
	}
	_, err := io.WriteString(h.out, below.String())
	return err
}

// plain is a text that a terminal shows and does not obey.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// WithAttrs implements slog.Handler.
func (h people) WithAttrs(attrs []slog.Attr) slog.Handler {
	return people{h.Handler.WithAttrs(attrs), h.mu, h.out}
}

// WithGroup implements slog.Handler.
func (h people) WithGroup(name string) slog.Handler {
	return people{h.Handler.WithGroup(name), h.mu, h.out}
}

// withoutTime drops the time: a person at a terminal sees when it is.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

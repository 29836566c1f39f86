package host

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
)

const (
	maxLine  = 64 << 10 // bytes of a line that go to the log
	tailSize = 64 << 10 // bytes kept for error messages
)

// tail keeps the end of what is written to it. It may be used by several
// goroutines.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p[max(0, len(p)-tailSize):]...)
	if len(t.buf) > 2*tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf[max(0, len(t.buf)-tailSize):])
}

// lineLog writes the lines of one stream of a plugin to the log. Of a line that
// is too long the log gets the beginning.
type lineLog struct {
	log    *slog.Logger
	stream string

	mu   sync.Mutex
	line []byte
	full bool // the line has gone to the log, its rest is dropped
}

// Write implements io.Writer.
func (l *lineLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte("\n"))
		if !l.full {
			l.line = append(l.line, part[:min(len(part), maxLine-len(l.line))]...)
		}
		if !l.full && (ended || len(l.line) == maxLine) {
			l.emit(l.line)
			l.line, l.full = l.line[:0], true
		}
		if ended {
			l.full = false
		}
		rest = after
	}
	return len(p), nil
}

// flush ends a line that the plugin did not.
func (l *lineLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.full {
		l.emit(l.line)
	}
	l.line = l.line[:0]
}

// emit logs a line: one of go-plugin's JSON lines as what it says, any other
// as it is.
func (l *lineLog) emit(line []byte) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return
	}
	var fields map[string]any
	if line[0] == '{' && json.Unmarshal(line, &fields) == nil {
		if message, ok := fields["@message"].(string); ok {
			l.log.LogAttrs(context.Background(), levelOf(fields["@level"]), message, attrs(fields)...)
			return
		}
	}
	l.log.Info(strings.ToValidUTF8(string(line), "\uFFFD"), "stream", l.stream)
}

func attrs(fields map[string]any) []slog.Attr {
	var out []slog.Attr
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !strings.HasPrefix(key, "@") {
			out = append(out, slog.Any(key, fields[key]))
		}
	}
	return out
}

func levelOf(level any) slog.Level {
	switch level {
	case "trace", "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

package sdk

import (
	"io"
	"log/slog"
	"strings"
)

// newLogger writes lines that the host reads back into its own log: JSON with
// the keys of go-plugin.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) > 0 {
				return a
			}
			switch a.Key {
			case slog.TimeKey:
				return slog.String("@timestamp", a.Value.Time().Format("2006-01-02T15:04:05.000000Z07:00"))
			case slog.MessageKey:
				a.Key = "@message"
			case slog.LevelKey:
				return slog.String("@level", strings.ToLower(a.Value.String()))
			}
			return a
		},
	}))
}

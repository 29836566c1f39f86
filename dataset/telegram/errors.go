package telegram

import (
	"errors"
	"fmt"
)

// ErrorKind classifies an Error.
type ErrorKind string

// The kinds.
const (
	NotExport  ErrorKind = "not a Telegram export"
	Truncated  ErrorKind = "the file ends too early"
	Malformed  ErrorKind = "malformed"
	TooDeep    ErrorKind = "nested too deep"
	Unreadable ErrorKind = "cannot be read"
)

// Error says what is wrong with an export and where.
type Error struct {
	Kind   ErrorKind
	Offset int64 // in bytes from the start of the file
	Err    error // what was expected there, or why reading failed
}

// Error never quotes the file: it holds people's messages.
func (e *Error) Error() string {
	return fmt.Sprintf("telegram export: %s at byte %d: %v", e.Kind, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

func (s *scanner) malformed(format string, args ...any) error {
	return &Error{Kind: Malformed, Offset: s.offset(), Err: fmt.Errorf(format, args...)}
}

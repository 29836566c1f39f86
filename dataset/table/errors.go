package table

import (
	"errors"
	"fmt"
)

// ErrorKind classifies an Error.
type ErrorKind string

// The kinds.
const (
	BadHeader  ErrorKind = "bad header"
	Malformed  ErrorKind = "malformed"
	BadValue   ErrorKind = "bad value"
	TooLong    ErrorKind = "too long"
	Unreadable ErrorKind = "cannot be read"
)

// Error says what is wrong with a table and where.
type Error struct {
	Kind   ErrorKind
	Line   int64  // 1 is the first of the file; 0 where it could not be opened
	Column string // empty where it is not of one
	Err    error
}

// Error never quotes the table: it holds people's messages.
func (e *Error) Error() string {
	where := fmt.Sprintf("table: %s in line %d", e.Kind, e.Line)
	if e.Column != "" {
		where += ", column " + e.Column
	}
	return where + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

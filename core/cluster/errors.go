package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// ErrorKind classifies an Error.
type ErrorKind string

// The kinds. Only Unreachable is worth a retry.
const (
	Rejected     ErrorKind = "rejected"       // the scheduler or the job's own limits say no
	Unreachable  ErrorKind = "unreachable"    // nobody answers, for now
	NotFound     ErrorKind = "not found"      // no such job, or it is forgotten
	Unauthorized ErrorKind = "not authorised" // a key, a token or an account is refused
	NoSpace      ErrorKind = "no space"       // the disk or the quota there is full
	Failed       ErrorKind = "failed"         // anything else, such as an answer that makes no sense
)

// Error is a failure of a cluster.
type Error struct {
	Kind  ErrorKind
	Op    string // what was tried: submit, status, stage, …
	Where string // which cluster: a host, a URL or a folder; may be empty
	Hint  string // what the user can do; may be empty
	Err   error
}

// Error says what failed, where and why.
func (e *Error) Error() string {
	s := fmt.Sprintf("cluster: %s: %s", e.Op, e.Kind)
	if e.Where != "" {
		s = fmt.Sprintf("cluster %s: %s: %s", e.Where, e.Op, e.Kind)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of an error; Failed for one that is no *Error.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Failed
}

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind ErrorKind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == kind
}

// FileError makes an *Error out of what went wrong with a file there.
func FileError(op, where string, err error) error {
	if _, ok := errors.AsType[*Error](err); ok || err == nil {
		return err
	}
	e := &Error{Kind: Failed, Op: op, Where: where, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = NotFound
	case errors.Is(err, fs.ErrPermission):
		e.Kind = Unauthorized
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Kind, e.Hint = NoSpace, "make room on the cluster's disk or raise the quota, and try again: what was uploaded is kept"
	}
	return e
}

// Package gguf writes the GGUF file that Ollama loads from the safetensors that
// a trainer wrote, and reads what a GGUF file says of itself.
package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// Kind is what went wrong.
type Kind string

// The kinds of errors.
const (
	Corrupt     Kind = "corrupt"     // a file is not what it says it is
	Missing     Kind = "missing"     // a file or tensor is not there
	Unsupported Kind = "unsupported" // a sound model that this cannot convert
	Full        Kind = "full"        // no space, or no more of the quota
	Failed      Kind = "failed"      // reading or writing failed otherwise
)

// Error is a failure, with the file and the tensor that it is about.
type Error struct {
	Kind   Kind
	File   string // base name of the file, or its path where it was named so
	Tensor string // empty: the file as a whole
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Tensor != "" {
		return fmt.Sprintf("%s: tensor %s: %v", e.File, e.Tensor, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.File, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsKind tells whether an error is of a kind.
func IsKind(err error, kind Kind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == kind
}

func fail(kind Kind, file, tensor, format string, args ...any) error {
	return &Error{Kind: kind, File: filepath.Base(file), Tensor: tensor, Err: fmt.Errorf(format, args...)}
}

// failedIO gives an error of the system its kind.
func failedIO(file, tensor string, err error) error {
	kind := Failed
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = Missing
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		kind = Full
	}
	return &Error{Kind: kind, File: filepath.Base(file), Tensor: tensor, Err: err}
}

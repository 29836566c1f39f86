package llm

import (
	"errors"
	"fmt"
	"time"
)

// Error is a failure of a model server or of its reply.
type Error struct {
	Kind     ErrorKind
	Endpoint string // who failed: a URL, or the provider's name
	Model    string
	Status   int           // HTTP status, 0 if there was none
	After    time.Duration // the server's Retry-After, 0 if it gave none
	Hint     string        // what the user can do; may be empty
	Err      error
}

// ErrorKind classifies an Error.
type ErrorKind string

// The kinds. Unavailable, RateLimited, Server and Timeout are worth a retry.
const (
	Unavailable   ErrorKind = "unavailable"     // nobody listens there
	RateLimited   ErrorKind = "rate limited"    // HTTP 429
	ServerError   ErrorKind = "server error"    // HTTP 5xx
	Timeout       ErrorKind = "timed out"       // no answer in time
	ModelMissing  ErrorKind = "model not found" // the server has no such model
	Unauthorized  ErrorKind = "not authorised"  // HTTP 401 and 403
	BadRequest    ErrorKind = "bad request"     // any other refusal
	BadReply      ErrorKind = "bad reply"       // the reply broke its schema, also after a repair
	BudgetSpent   ErrorKind = "budget spent"    // max_calls or max_tokens is reached
	NotInCassette ErrorKind = "not in cassette" // a replay asked for a call that was not recorded
)

// Retryable reports whether the same request may succeed later.
func (k ErrorKind) Retryable() bool {
	return k == Unavailable || k == RateLimited || k == ServerError || k == Timeout
}

// Error says what failed, where and why.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Model != "" {
		s = fmt.Sprintf("model %s: %s", e.Model, s)
	}
	if e.Endpoint != "" {
		s = e.Endpoint + ": " + s
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

// IsKind reports whether err is an Error of a kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

package sdk

import "fmt"

// Kinds of Error.
const (
	ErrInvalidConfig = "invalid_config" // the config is well-formed but makes no sense
	ErrInvalidInput  = "invalid_input"  // the request makes no sense
	ErrModel         = "model"          // a language model answered badly, also after a repair
	ErrBudget        = "budget"         // the run's budget is spent
	ErrUnsupported   = "unsupported"    // the study's model or server cannot do this
	ErrInternal      = "internal"       // a fault of the plugin's own
)

// Error is a domain error: the plugin is well and says no. It crosses the wire
// with its kind. Any other error that a plugin returns crosses as ErrInternal.
type Error struct {
	Kind      string
	Message   string
	Retryable bool // the same call may succeed later
}

// Error returns "kind: message".
func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// Errorf makes an Error of a kind.
func Errorf(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

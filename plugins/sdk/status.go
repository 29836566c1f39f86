package sdk

import (
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
)

// maxErrorMessage bounds an error on the wire, in bytes: it travels in headers,
// of which some peers take no more than 8 KB.
const maxErrorMessage = 4 << 10

// ToStatus makes an error ready for the wire: an Error keeps its kind, any other
// becomes one of kind ErrInternal.
func ToStatus(err error) error {
	if err == nil {
		return nil
	}
	e := domain(err)
	st, detailErr := status.New(codes.Unknown, e.Kind).WithDetails(
		&basev1.ErrorDetail{Kind: e.Kind, Message: e.Message, Retryable: e.Retryable})
	if detailErr != nil {
		return status.Error(codes.Internal, detailErr.Error())
	}
	return st.Err()
}

// FromStatus gives back the Error that crossed the wire in err. An error that
// is none, a failure of the process or the transport, stays as it is.
func FromStatus(err error) error {
	st, ok := status.FromError(err)
	if err == nil || !ok {
		return err
	}
	for _, d := range st.Details() {
		if e, ok := d.(*basev1.ErrorDetail); ok {
			return &Error{Kind: e.GetKind(), Message: e.GetMessage(), Retryable: e.GetRetryable()}
		}
	}
	return err
}

// domain is err as an Error, with what wraps it in the message.
func domain(err error) *Error {
	e := &Error{Kind: ErrInternal}
	text := err.Error()
	if inner := (*Error)(nil); errors.As(err, &inner) {
		e.Kind, e.Retryable = inner.Kind, inner.Retryable
		text = strings.Replace(text, inner.Error(), inner.Message, 1)
	}
	e.Message = strings.ToValidUTF8(text[:min(len(text), maxErrorMessage)], "")
	return e
}

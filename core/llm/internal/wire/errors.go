package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/llm-city/gorod/core/llm"
)

// KindOf classifies an HTTP status of 400 and above.
func KindOf(status int) llm.ErrorKind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return llm.Unauthorized
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return llm.Timeout
	case status == http.StatusTooManyRequests || status == http.StatusTooEarly:
		return llm.RateLimited
	case status >= http.StatusInternalServerError:
		return llm.ServerError
	default:
		return llm.BadRequest
	}
}

// Broken classifies an error of the connection: nobody listens, the time is
// over, the answer broke off or had no end.
func Broken(err error) llm.ErrorKind {
	var op *net.OpError
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrTooLong):
		return llm.BadReply
	case errors.As(err, &op) && op.Op == "dial", errors.As(err, &dns):
		return llm.Unavailable
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return llm.Timeout
	default:
		return llm.ServerError
	}
}

// RetryAfter reads the header: seconds, or a date. Nonsense counts as absent.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds > 0 && seconds < 1e8 {
			return time.Duration(seconds * float64(time.Second))
		}
		return 0
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// Clip makes what a server says fit for an error and a terminal: one line of at
// most 500 bytes, without control characters.
func Clip(text string) string {
	printable := func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}
	text = strings.Join(strings.Fields(strings.Map(printable, text)), " ")
	if len(text) > 500 {
		return strings.ToValidUTF8(text[:500], "") + "…"
	}
	return text
}

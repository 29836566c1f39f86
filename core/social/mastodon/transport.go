package mastodon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Bounds of what a server may answer.
const (
	maxAnswer = 4 << 20 // bytes
	maxHeader = 64 << 10
)

var (
	errTooLarge = fmt.Errorf("the server answers more than %d MiB", maxAnswer>>20)
	errSentOn   = errors.New("the server sends elsewhere: give the address that it sends to")
)

type keyName struct{}

// withKey lets a server know that a request is one that was made before, if it
// cares.
func withKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyName{}, key)
}

// limited says that the server takes no more requests for a while.
type limited struct{ until time.Time }

// Error implements error.
func (e *limited) Error() string {
	return "the server takes no more requests until " + e.until.UTC().Format(time.TimeOnly)
}

// allowance is what a server's headers say of its limits.
type allowance struct {
	left  int
	reset time.Time
	ok    bool
}

// transport adds the key of the context to requests, bounds answers, and turns
// a refusal for the number of requests into an error: the client would try again
// by itself for an hour.
type transport struct {
	base  http.RoundTripper
	now   func() time.Time
	heard func(ctx context.Context, a allowance)
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if key, ok := r.Context().Value(keyName{}).(string); ok {
		r = r.Clone(r.Context())
		r.Header.Set("Idempotency-Key", key)
		r.GetBody = nil // net/http would send a request with a key again by itself, and not every server minds the key
	}
	answer, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Header.Del("Link") // pages are asked for by id: a broken one would spoil a good answer
	now := t.now()
	a := allowed(answer.Header, now)
	t.heard(r.Context(), a)
	if answer.StatusCode == http.StatusTooManyRequests {
		answer.Body.Close()
		return nil, &limited{until(answer.Header, a, now)}
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		answer.Body = &bounded{answer.Body, maxAnswer}
	}
	return answer, nil
}

// bounded is a body that fails when it is too large.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// allowed reads X-RateLimit-Remaining and X-RateLimit-Reset.
func allowed(h http.Header, now time.Time) allowance {
	left, err := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	reset, ok := moment(h.Get("X-Ratelimit-Reset"), now)
	return allowance{left, reset, err == nil && ok}
}

// patience bounds how long a server may make us wait.
const patience = 6 * time.Hour

// moment is a time as servers write it: RFC 3339, or seconds since 1970 or from
// now.
func moment(text string, now time.Time) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil || n < 0:
			return now, false
		case n < 1e9:
			t = now.Add(time.Duration(n) * time.Second)
		default:
			t = time.Unix(min(n, 1<<40), 0)
		}
	}
	if most := now.Add(patience); t.After(most) {
		t = most
	}
	return t, true
}

// until is when a server that was asked too much may be asked again: now, where
// the time that it names has passed on the way.
func until(h http.Header, a allowance, now time.Time) time.Time {
	if t, ok := moment(h.Get("Retry-After"), now); ok {
		return t
	}
	if t, err := http.ParseTime(h.Get("Retry-After")); err == nil && t.Before(now.Add(patience)) {
		return t
	}
	if a.ok {
		return a.reset
	}
	return now.Add(time.Minute)
}

package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0.5": 500 * time.Millisecond, "-3": 0, "soon": 0, "1e300": 0, "NaN": 0,
		"Mon, 02 Mar 2026 08:01:00 GMT": time.Minute, "Mon, 02 Mar 2026 07:00:00 GMT": 0,
	} {
		if got := wire.RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestBrokenConnectionsHaveKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		kind llm.ErrorKind
	}{
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, llm.Unavailable},
		{fmt.Errorf("get: %w", &net.DNSError{Name: "nosuch"}), llm.Unavailable},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, llm.ServerError},
		{context.DeadlineExceeded, llm.Timeout}, {io.ErrUnexpectedEOF, llm.ServerError},
	} {
		if got := wire.Broken(c.err); got != c.kind {
			t.Errorf("%v is %q, want %q", c.err, got, c.kind)
		}
	}
}

func TestRepliesAreBounded(t *testing.T) {
	t.Parallel()
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat("x", 1<<20))
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endless.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := wire.NewClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if n != wire.MaxReply || !errors.Is(err, wire.ErrTooLong) || wire.Broken(err) != llm.BadReply {
		t.Errorf("%d bytes, %v", n, err)
	}
	resp.Body.Close()
}

func TestWhatServersSayIsOneShortLine(t *testing.T) {
	t.Parallel()
	got := wire.Clip("a\n\tb\x00\x1b[31m\xff " + strings.Repeat("я", 1000))
	if strings.ContainsAny(got, "\n\t\x00\x1b") || len(got) > 510 || !strings.HasPrefix(got, "a b") {
		t.Errorf("%q", got)
	}
}

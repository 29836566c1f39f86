package openai

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// extra is what the client's types have no place for: it travels with the
// request's context.
type extra struct {
	// zeros are JSON members of the request whose value is 0. The client leaves
	// them out, and the server would take its default.
	zeros []string
	after time.Duration // the answer's Retry-After
}

type extraKey struct{}

func withExtra(ctx context.Context) (context.Context, *extra) {
	e := &extra{}
	return context.WithValue(ctx, extraKey{}, e), e
}

// doer sends the client's requests.
type doer struct{ next *http.Client }

// Do implements the client's HTTPDoer.
func (d doer) Do(req *http.Request) (*http.Response, error) {
	e, ok := req.Context().Value(extraKey{}).(*extra)
	if !ok {
		return d.next.Do(req)
	}
	if len(e.zeros) > 0 {
		if err := addZeros(req, e.zeros); err != nil {
			return nil, err
		}
	}
	resp, err := d.next.Do(req)
	if err == nil {
		e.after = wire.RetryAfter(resp.Header, time.Now())
	}
	return resp, err
}

// addZeros puts members with the value 0 in front of a JSON object.
func addZeros(req *http.Request, names []string) error {
	data, err := io.ReadAll(req.Body)
	if err != nil || len(data) < 2 || data[0] != '{' {
		return fmt.Errorf("write the request: not a JSON object (%w)", err)
	}
	out := []byte("{")
	for _, name := range names {
		out = fmt.Appendf(out, "%q:0,", name)
	}
	out = append(out, data[1:]...)
	req.ContentLength = int64(len(out))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out)), nil }
	req.Body, err = req.GetBody()
	return err
}

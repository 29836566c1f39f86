package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// desk asks a server for what the client cannot: what is asked before there is
// an account, and what is told of why it is refused.
type desk struct {
	clock
	server string
	client http.Client
}

func newDesk(server string, c clock, base http.RoundTripper) *desk {
	silent := func(context.Context, allowance) {}
	return &desk{c, strings.TrimSuffix(server, "/"), *newClient(&transport{base, c.now, silent})}
}

// newClient is a client that goes nowhere but where it is sent.
func newClient(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return errSentOn }}
}

// refusalJSON is how servers refuse: the API's way, and that of OAuth.
type refusalJSON struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Details     map[string][]struct {
		Error       string `json:"error"`
		Description string `json:"description"`
	} `json:"details"`
}

// why is what a refusal says.
func (r refusalJSON) why() string {
	why := r.Error
	if r.Description != "" {
		why += ": " + r.Description
	}
	return clip(why, maxWhy)
}

// has reports whether a field is refused for a reason.
func (r refusalJSON) has(field string, reasons ...string) bool {
	for _, d := range r.Details[field] {
		if slices.Contains(reasons, d.Error) {
			return true
		}
	}
	return false
}

// ask makes one request. The error is a *Refusal, with what was said in no, a
// *limited, or one after which the server may have done it.
func (d *desk) ask(ctx context.Context, method, path string, token Token, form url.Values, into any) (no refusalJSON, err error) {
	ctx, cancel := context.WithTimeout(ctx, maxCall)
	defer cancel()
	r, err := d.prepare(ctx, method, path, token, form)
	if err != nil {
		return no, err
	}
	answer, err := d.client.Do(r)
	if err != nil {
		return no, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	switch code := answer.StatusCode; {
	case code >= 400 && code < 500 && code != http.StatusRequestTimeout:
		said := hide(string(data), string(token), form.Get("password"), form.Get("client_secret"))
		_ = json.Unmarshal([]byte(said), &no) // whatever else it says
		return no, &Refusal{code, no.why()}
	case code >= 300 && code < 400:
		return no, errSentOn
	case err != nil:
		return no, err
	case code != http.StatusOK && code != http.StatusAccepted:
		return no, fmt.Errorf("the server answers %d", code)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return no, errors.New("the server answers with what is no JSON of the kind") // that may hold a secret
	}
	return no, nil
}

// prepare makes a request.
func (d *desk) prepare(ctx context.Context, method, path string, token Token, form url.Values) (*http.Request, error) {
	address, body := d.server+path, io.Reader(nil)
	if method == http.MethodGet {
		address = strings.TrimSuffix(address+"?"+form.Encode(), "?")
	} else {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	r.GetBody = nil // net/http would send it again by itself
	r.Header.Set("User-Agent", "gorod")
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+string(token))
	}
	return r, nil
}

// Bounds of the patience with a server that is asked while somebody waits.
const (
	tries   = 6
	longest = 2 * time.Minute // that a server may make one wait
)

// insist asks until there is an answer. Unsure is set where the server may have
// done it before it answered.
func (d *desk) insist(ctx context.Context, retry time.Duration, method, path string, token Token, form url.Values, into any) (unsure bool, no refusalJSON, err error) {
	for fails := 1; ; fails++ {
		no, err = d.ask(ctx, method, path, token, form, into)
		span := pause(retry, fails, d.jitter())
		if slow, ok := errors.AsType[*limited](err); ok {
			if span = max(span, slow.until.Sub(d.now())); span > longest {
				return unsure, no, err
			}
		} else if _, refused := asRefusal(err); err == nil || refused {
			return unsure, no, err
		} else {
			unsure = true
		}
		if errors.Is(err, errSentOn) || fails >= tries || ctx.Err() != nil {
			return unsure, no, err
		}
		if err := d.wait(ctx, span); err != nil {
			return unsure, no, err
		}
	}
}

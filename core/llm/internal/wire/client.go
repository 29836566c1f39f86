// Package wire is what the adapters of model servers have in common: an HTTP
// client that bounds replies, and names for what goes wrong.
package wire

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// MaxReply bounds a server's reply in bytes: 64 embeddings of 4,096 dimensions
// take 6 MB, and no reply to a prompt takes that.
const MaxReply = 16 << 20

// ErrTooLong says that a server went on answering past MaxReply.
var ErrTooLong = fmt.Errorf("the answer is longer than %d MB", MaxReply>>20)

// idle is how many connections are kept open to one server: more than any
// server answers at once.
const idle = 256

// NewClient makes a client for one server. It has no time-out of its own: a
// model may think for minutes, and callers' contexts end.
func NewClient() *http.Client {
	return &http.Client{Transport: &bounded{&http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:          idle,
		MaxIdleConnsPerHost:   idle,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
	}}}
}

// bounded ends replies at MaxReply, with an error.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if err == nil {
		resp.Body = &body{resp.Body, MaxReply}
	}
	return resp, err
}

type body struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// ParseURL reads a server's base URL.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil:
		// The text may hold a password, and the error holds the text.
		return nil, fmt.Errorf("not a URL: write it as http://host:port")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("%s is not the URL of a server: write it as http://host:port", Name(u))
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s: a base URL has no ? and no #", Name(u))
	}
	return u, nil
}

// Name is a URL as it may be shown: without a password in it, and without what
// follows a question mark.
func Name(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return shown.String()
}

package slurm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// REST is a Scheduler over slurmrestd, v0.0.38 and later. It asks the daemon once
// which versions it speaks, and takes the newest.
type REST struct {
	options RESTOptions
	base    string
	client  *http.Client

	mu      sync.Mutex
	version version
}

var (
	_ cluster.Scheduler = (*REST)(nil)
	_ cluster.Finder    = (*REST)(nil)
)

// RESTOptions of NewREST.
type RESTOptions struct {
	URL  string // http(s)://host:port, or unix:/path of a socket
	User string // X-SLURM-USER-NAME
	// Token gives a JWT, X-SLURM-USER-TOKEN. It is asked before each call, since
	// tokens run out. Nil on a socket whose peer the daemon knows by itself.
	Token   func(ctx context.Context) (string, error)
	Timeout time.Duration // of calls that only ask; default 8 s
}

// maxAnswer bounds what a daemon may answer.
const maxAnswer = 64 << 20

// NewREST prepares a client; nothing is sent yet.
func NewREST(o RESTOptions) (*REST, error) {
	if o.Timeout <= 0 {
		o.Timeout = readTimeout
	}
	r := &REST{options: o, base: strings.TrimSuffix(o.URL, "/")}
	// A redirect would carry the token elsewhere.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r.client = &http.Client{CheckRedirect: stay}
	if path, ok := strings.CutPrefix(o.URL, "unix:"); ok {
		path = "/" + strings.TrimLeft(path, "/")
		r.base = "http://slurmrestd"
		r.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}}
		return r, nil
	}
	if u, err := url.Parse(o.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &cluster.Error{Kind: cluster.Rejected, Op: "connect", Err: fmt.Errorf("%q is neither http(s)://host:port nor unix:/path", o.URL)}
	}
	r.client.Transport = http.DefaultTransport.(*http.Transport).Clone()
	return r, nil
}

func (r *REST) fail(op string, kind cluster.ErrorKind, hint string, err error) error {
	return &cluster.Error{Kind: kind, Op: op, Where: r.options.URL, Hint: hint, Err: err}
}

// send sends one request and gives the status with the whole body.
func (r *REST) send(ctx context.Context, op, method, path string, body any) (int, []byte, error) {
	limit := r.options.Timeout
	if method != http.MethodGet {
		limit = max(limit, writeTimeout)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := r.request(bounded, method, path, body)
	if err != nil {
		return 0, nil, r.fail(op, cluster.Failed, "", err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return 0, nil, ctx.Err()
		}
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // the URL is in Where
		}
		return 0, nil, r.fail(op, cluster.Unreachable, "", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		return 0, nil, r.fail(op, cluster.Failed, "", fmt.Errorf("the answer is longer than %d bytes", maxAnswer))
	}
	if err != nil {
		return 0, nil, r.fail(op, cluster.Unreachable, "", err)
	}
	return resp.StatusCode, data, nil
}

func (r *REST) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var text io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		text = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, text)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if r.options.User != "" {
		req.Header.Set("X-SLURM-USER-NAME", r.options.User)
	}
	if r.options.Token != nil {
		token, err := r.options.Token(ctx)
		if err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
		req.Header.Set("X-SLURM-USER-TOKEN", token)
	}
	return req, nil
}

// call sends a request and reads the answer and its errors, whatever the status
// says: slurmrestd answers 500 to what is the caller's fault.
func (r *REST) call(ctx context.Context, op, method, path string, body any) (answer, error) {
	status, data, err := r.send(ctx, op, method, path, body)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return a, r.fail(op, cluster.Unauthorized, "renew the token, and look whether it is of this user", errors.New(tidy(string(data))))
	}
	if err := json.Unmarshal(data, &a); err != nil {
		kind := cluster.Failed
		if status >= http.StatusBadGateway { // of a proxy before it
			kind = cluster.Unreachable
		}
		return a, r.fail(op, kind, "", fmt.Errorf("HTTP %d and no JSON of slurmrestd: %s", status, tidy(string(data))))
	}
	if a.JobID.Number > 0 || a.Result.JobID.Number > 0 {
		return a, nil // what else it says are warnings
	}
	if len(a.Errors) > 0 {
		return a, r.explain(ctx, op, a.Errors)
	}
	if status >= http.StatusBadRequest {
		return a, r.fail(op, cluster.Failed, "", fmt.Errorf("HTTP %d without a reason", status))
	}
	return a, nil
}

// Error numbers of Slurm.
const (
	unspecified = -1
	zeroBytes   = 5005 // how slurmctld refuses a token
)

// explain makes an error of what slurmrestd says.
func (r *REST) explain(ctx context.Context, op string, all []restError) error {
	number, message := 0, ""
	for _, e := range all {
		if number == 0 {
			number = e.number()
		}
		message += e.text() + "; "
	}
	message = tidy(strings.TrimSuffix(message, "; "))
	kind, hint := classify(op, message)
	if number == unspecified && op != "probe" {
		return r.unspecified(ctx, op, message)
	}
	if number == zeroBytes && r.options.Token != nil {
		kind, hint = cluster.Unauthorized, "the token is wrong or has run out: renew it"
	}
	return r.fail(op, kind, hint, errors.New(message))
}

// unspecified tells why reading failed, for which slurmrestd has one word: a
// refused token and a controller that is down differ when something is to be
// changed, such as a job that is not there.
func (r *REST) unspecified(ctx context.Context, op, message string) error {
	v, err := r.probe(ctx, op)
	if err == nil {
		_, err = r.call(ctx, "probe", http.MethodDelete, v.path("job/4294967000?signal=CONT"), nil)
	}
	kind, hint := cluster.KindOf(err), ""
	switch {
	case kind == cluster.Unreachable:
		hint = "slurmctld is down or cannot be reached"
	case kind == cluster.Unauthorized:
		hint = "the token is wrong or has run out: renew it"
	case strings.Contains(message, "Unable to find"):
		kind = cluster.NotFound
	default:
		kind = cluster.Failed
	}
	return r.fail(op, kind, hint, errors.New(message))
}

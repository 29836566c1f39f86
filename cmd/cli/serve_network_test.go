package cli

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/panel"
	"github.com/llm-city/gorod/core/social/api"
)

// oneClient is a listener to which one client comes.
type oneClient struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *oneClient) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *oneClient) Close() error {
	close(l.done)
	return nil
}

func (*oneClient) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// Who sends the headers of a request one by one, or asks for nothing more, keeps
// its connection no longer than it may.
func TestTheNetworkWaitsForNoSlowClient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says string
		most time.Duration
	}{
		"headers": {"GET /public HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", headerTime},
		"nothing": {"", headerTime},
		"idle":    {"GET /public HTTP/1.1\r\nHost: localhost\r\n\r\n", idleTime},
		"a body":  {"POST /public HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx", idleTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				log := slog.New(slog.DiscardHandler)
				site, err := api.OpenSite(t.Context(), api.SiteOptions{Dir: dir, Version: "test", Now: time.Now, Log: log})
				if err != nil {
					t.Fatal(err)
				}
				l := &oneClient{make(chan net.Conn), make(chan struct{})}
				stop := (&networkServer{site, l, log}).start(context.WithoutCancel(t.Context()))
				begun := time.Now()
				client, server := net.Pipe()
				l.conn <- server
				go func() { _, _ = io.Copy(client, strings.NewReader(c.says)) }()
				_, _ = io.Copy(io.Discard, client) // until it is cut off
				if took := time.Since(begun); took > c.most+time.Second {
					t.Errorf("it is cut off after %s", took)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestTheNetworkAnswersForTheNamesThatWereGiven(t *testing.T) {
	t.Parallel()
	s := &State{Stdout: io.Discard, Now: time.Now, log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		listen string
		known  map[string]bool
	}{
		{"127.0.0.1:0", map[string]bool{"127.0.0.1:1": true, "town.example": true, "lab.example": true, "192.0.2.1": false, "evil.example": false}},
		{"0.0.0.0:0", map[string]bool{"127.0.0.1:1": true, "town.example": true, "lab.example": true, "192.0.2.1": true, "evil.example": false}},
	} {
		n, err := s.openNetwork(t.Context(), []panel.Run{{Dir: t.TempDir()}}, serveOptions{
			network: c.listen, networkURL: "https://town.example/net", hosts: []string{"lab.example"}, insecure: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		for host, known := range c.known {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/public", nil)
			r.Host = host
			n.site.ServeHTTP(w, r)
			if (w.Code != http.StatusMisdirectedRequest) != known || w.Header().Get("Content-Security-Policy") == "" {
				t.Errorf("at %s, for %s: %d %v", c.listen, host, w.Code, w.Header())
			}
		}
		if err := n.start(t.Context())(); err != nil {
			t.Error(err)
		}
	}
}

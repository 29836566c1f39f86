package cli

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a listener with one client.
type wire struct {
	once chan net.Conn
	gone chan struct{}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.once:
		return c, nil
	case <-w.gone:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { close(w.gone); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{} }

func TestSlowAndGreedyClientsAreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sends   string
		deaf    bool // reads nothing
		within  time.Duration
		answers string
	}{
		"headers that do not end":  {"GET / HTTP/1.1\r\nHost: x\r\n", false, headerTime, ""},
		"a body that does not end": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx", false, bodyTime, "read 1"},
		"an answer not read":       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true, writeTime, ""},
		"nothing after an answer":  {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", false, idleTime, "read 0"},
		"huge headers":             {"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("x", 2*mostHeader) + "\r\n\r\n", false, time.Second, "431 "},
	} {
		synctest.Test(t, func(t *testing.T) {
			pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // cut off where the client is too slow
				_, _ = io.WriteString(w, "read "+string(rune('0'+len(body))))
			})
			web := pageServer(t.Context(), pages, slog.New(slog.DiscardHandler))
			l := &wire{make(chan net.Conn, 1), make(chan struct{})}
			client, server := net.Pipe()
			l.once <- server
			go func() { _ = web.Serve(l) }()
			go func() { _, _ = io.WriteString(client, c.sends) }()
			answer := make(chan string, 1)
			began := time.Now()
			go func() {
				if c.deaf {
					time.Sleep(c.within + time.Second)
				}
				data, _ := io.ReadAll(client)
				answer <- string(data)
			}()
			got := <-answer
			if took := time.Since(began); took > c.within+5*time.Second || !strings.Contains(got, c.answers) || c.deaf && got != "" {
				t.Errorf("%s: let go after %s, %q", name, took, got)
			}
			if err := web.Close(); err != nil {
				t.Error(err)
			}
			client.Close()
		})
	}
}

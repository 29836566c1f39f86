//go:build components

package export_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/finetune/export"
	"github.com/llm-city/gorod/finetune/export/internal/tiny"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// wire carries connections to a server, and does something once so many bytes
// of all that clients said have been carried.
type wire struct {
	url    string
	after  atomic.Int64
	once   sync.Once
	strike func()
}

// between puts a wire before a server.
func between(t *testing.T, real *ollamatest.Server, after int64, strike func()) *wire {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{url: "http://" + l.Addr().String(), strike: strike}
	w.after.Store(after)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c, strings.TrimPrefix(real.URL, "http://"))
		}
	}()
	return w
}

func (w *wire) carry(client net.Conn, to string) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", to)
	if err != nil {
		return // as a server that is not there refuses
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		client.Close() // what ends one way ends the other
	}()
	buf := make([]byte, 16<<10)
	for {
		n, err := client.Read(buf)
		if _, sent := server.Write(buf[:n]); err != nil || sent != nil {
			return
		}
		if w.after.Add(-int64(n)) < 0 {
			w.once.Do(w.strike)
		}
	}
}

// importing has a model that is larger than what is lost in sockets.
func importing(t *testing.T, name string) export.Options {
	t.Helper()
	return export.Options{Run: job(t, tiny.New("LlamaForCausalLM", "BF16", 2, 512), "chatml"), Name: name, Quantize: []string{"q8_0"}}
}

func TestARealOllamaThatIsKilledAndComesBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bytes  int64  // that are carried before it is killed
		status string // or what is told then
	}{
		"in mid-upload":             {bytes: 2 << 20},
		"while it makes the model":  {status: "quantizing"},
		"while it loads the model":  {status: "loading it"},
		"while it shows prompts":    {status: "proving the template"},
		"before it makes the model": {status: "parsing GGUF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			real := ollamatest.Start(t)
			kill, restart := sync.OnceFunc(func() { real.Kill(t) }), sync.OnceFunc(func() { real.Restart(t) })
			w := between(t, real, max(test.bytes, 1<<40*int64(len(test.status))), kill)
			client, err := ollama.New(w.url)
			if err != nil {
				t.Fatal(err)
			}
			o := importing(t, "masha")
			waited := false
			o.Progress = func(status string, _, _ int64) {
				switch {
				case strings.Contains(status, "waiting for it"):
					waited = true
					restart()
				case test.status != "" && strings.HasPrefix(status, test.status):
					kill()
				}
			}
			res, err := export.Import(t.Context(), client, o)
			if err != nil {
				t.Fatalf("%v\n%s", err, tail(real.Log()))
			}
			if !waited || res.Proof != export.ByServer {
				t.Errorf("waited %v: %+v", waited, res)
			}
			if got := names(t, real.URL); got != "masha:latest tiny:latest" {
				t.Errorf("there are %s", got)
			}
			if reply, err := client.Chat(t.Context(), "masha", []template.Message{{Role: "user", Content: "Привет"}}, 1); err != nil || reply.PromptTokens == 0 {
				t.Errorf("%+v, %v", reply, err)
			}
		})
	}
}

func TestARealOllamaThatIsKilledForGood(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bytes  int64
		status string
	}{
		"in mid-upload":            {bytes: 2 << 20},
		"while it makes the model": {status: "quantizing"},
		"while it shows prompts":   {status: "proving the template"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			real := ollamatest.Start(t)
			kill := sync.OnceFunc(func() { real.Kill(t) })
			w := between(t, real, max(test.bytes, 1<<40*int64(len(test.status))), kill)
			client, err := ollama.New(w.url, ollama.Patience(2*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			o := importing(t, "masha")
			o.Progress = func(status string, _, _ int64) {
				if test.status != "" && strings.HasPrefix(status, test.status) {
					kill()
				}
			}
			_, err = export.Import(t.Context(), client, o)
			if !llm.IsKind(err, llm.Unavailable) || !strings.Contains(err.Error(), "given up after 3 attempts") || !strings.Contains(err.Error(), "ollama serve") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%v", err)
			}
			t.Log(err)
			real.Restart(t)
			if got := names(t, real.URL); strings.Contains(got, "masha:latest") {
				t.Errorf("there are %s", got)
			}
			o.Progress = nil
			if _, err := export.Import(t.Context(), client, o); err != nil {
				t.Fatalf("later: %v", err)
			}
			if got := names(t, real.URL); got != "masha:latest tiny:latest" {
				t.Errorf("later there are %s", got)
			}
		})
	}
}

// names of the models that a server has.
func names(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/tags", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct{ Models []struct{ Name string } }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range list.Models {
		found = append(found, m.Name)
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}

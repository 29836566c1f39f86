package ollama_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// server keeps blobs as Ollama does.
type server struct {
	mu    sync.Mutex
	blobs map[string]int
	posts int
	// cut ends so many uploads in the middle, and refuses the next probe.
	cut  int
	down bool
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	digest := strings.TrimPrefix(r.URL.Path, "/api/blobs/")
	switch {
	case s.down:
		s.down = false
		panic(http.ErrAbortHandler)
	case r.Method == http.MethodHead:
		if _, ok := s.blobs[digest]; !ok {
			w.WriteHeader(http.StatusNotFound)
		}
	case s.cut > 0:
		s.cut--
		s.down = true
		s.posts++
		_, _ = io.CopyN(io.Discard, r.Body, 1000)
		panic(http.ErrAbortHandler)
	default:
		s.posts++
		raw, err := io.ReadAll(r.Body)
		if got := fmt.Sprintf("sha256:%x", sha256.Sum256(raw)); err != nil || got != digest {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"digest mismatch, expected %q, got %q"}`, digest, got)
			return
		}
		s.blobs[digest] = len(raw)
		w.WriteHeader(http.StatusCreated)
	}
}

// start gives a client of a server that does not wait between attempts.
func start(t *testing.T, h http.Handler) *ollama.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := ollama.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ollama.NoPauses(c)
	return c
}

func file(t *testing.T, name string, size int) ollama.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Repeat(name[:1], size)), 0o600); err != nil {
		t.Fatal(err)
	}
	return ollama.File{Path: path}
}

func TestAServerThatRestartsInMidUploadGetsTheFile(t *testing.T) {
	t.Parallel()
	s := &server{blobs: map[string]int{}, cut: 2}
	waited := false
	blobs, err := start(t, s).Upload(t.Context(), []ollama.File{file(t, "a.gguf", 1<<20), file(t, "b.json", 10)}, func(status string, done, total int64) {
		waited = waited || strings.Contains(status, "waiting")
		if done > total && total > 0 {
			t.Errorf("%d of %d", done, total)
		}
	})
	if err != nil || len(blobs) != 2 || !blobs[0].Sent || blobs[0].Size != 1<<20 || s.blobs[blobs[0].Digest] != 1<<20 || s.blobs[blobs[1].Digest] != 10 {
		t.Fatalf("%+v, %v", blobs, err)
	}
	if s.posts != 4 || !waited {
		t.Errorf("%d uploads, waited %v", s.posts, waited)
	}
}

func TestWhatTheServerHasIsNotSent(t *testing.T) {
	t.Parallel()
	s := &server{blobs: map[string]int{}}
	c, f := start(t, s), file(t, "a.gguf", 100)
	for i := range 2 {
		blobs, err := c.Upload(t.Context(), []ollama.File{f}, nil)
		if err != nil || blobs[0].Sent != (i == 0) {
			t.Fatalf("%+v, %v", blobs, err)
		}
	}
	if s.posts != 1 {
		t.Errorf("%d uploads", s.posts)
	}
}

func TestAnUploadThatCannotSucceedEnds(t *testing.T) {
	t.Parallel()
	s := &server{blobs: map[string]int{}}
	wrong := file(t, "a.gguf", 100)
	wrong.Digest = "sha256:" + strings.Repeat("0", 64)
	_, err := start(t, s).Upload(t.Context(), []ollama.File{wrong}, nil)
	if !llm.IsKind(err, llm.BadRequest) || !strings.Contains(err.Error(), "digest mismatch") || s.posts != 1 {
		t.Errorf("another digest: %v after %d", err, s.posts)
	}
	s = &server{blobs: map[string]int{}, cut: 100}
	_, err = start(t, s).Upload(t.Context(), []ollama.File{file(t, "a.gguf", 1<<20)}, nil)
	if !llm.IsKind(err, llm.Unavailable) || !strings.Contains(err.Error(), "given up") {
		t.Errorf("a server that stays away: %v", err)
	}
	if _, err = start(t, s).Upload(t.Context(), []ollama.File{{Path: "/no/such/file"}}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = start(t, s).Upload(ctx, []ollama.File{file(t, "a.gguf", 10)}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestACreationThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ reply, want string }{
		"an error in the stream": {`{"status":"parsing"}` + "\n" + `{"error":"quantization is only supported for F16 and F32 models"}`, "only supported"},
		"no end":                 {`{"status":"parsing"}`, `broke off at "parsing"`},
		"nothing":                {"", `broke off at "nothing"`},
		"no JSON":                {"<html>", "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, test.reply) }))
			err := c.Create(t.Context(), ollama.Model{Name: "m"}, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestPromptsAreShownWhereTheServerCan(t *testing.T) {
	t.Parallel()
	ask := []template.Message{{Role: "user", Content: "а"}}
	for reply, want := range map[string]bool{
		`{"_debug_info":{"rendered_template":"[INST]а[/INST]"}}`: true,
		`{"message":{"role":"assistant","content":"б"}}`:         false,
	} {
		var body string
		c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			body = string(raw)
			io.WriteString(w, reply)
		}))
		text, ok, err := c.Rendered(t.Context(), "m", ask)
		if err != nil || ok != want || ok && text != "[INST]а[/INST]" || !strings.Contains(body, `"_debug_render_only":true`) {
			t.Errorf("%q, %v, %v: %s", text, ok, err, body)
		}
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "localhost:11434", "ftp://host", "http://", "http://host/?a=b"} {
		if _, err := ollama.New(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

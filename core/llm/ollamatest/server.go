// Package ollamatest starts a real Ollama with a tiny model, for tests with the
// build tag components.
package ollamatest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/llm-city/gorod/core/servertest"
)

// Server is a running Ollama of its own, with its own folder of models.
type Server struct {
	URL   string
	Model string // the tiny model's name
	// Log is what the server wrote until now.
	Log func() string

	binary, dir string
	log         *servertest.Output

	mu  sync.Mutex // whoever restarts it waits until it is dead
	cmd *exec.Cmd
}

// Start starts an Ollama on a free loopback port, with the tiny model in it. It
// ends with the test. GOROD_TEST_OLLAMA may name the executable; else the version
// of go.mod is built once and kept in the user's cache folder.
func Start(t testing.TB) *Server {
	t.Helper()
	log := &servertest.Output{}
	s := &Server{URL: "http://" + servertest.Address(t), Model: "tiny", Log: log.String, binary: executable(t), dir: t.TempDir(), log: log}
	s.Restart(t)
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		stop(t, s.cmd)
	})
	if err := create(t.Context(), s.client(t), s.dir, s.Model); err != nil {
		t.Fatalf("give Ollama the tiny model: %v\n%s", err, log.String())
	}
	return s
}

// Restart starts a server that was killed, at its address and with its models.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), s.binary, "serve") // stop ends it in order
	cmd.WaitDelay = 5 * time.Second                                                   // runners may outlive it and hold its output
	path, _ := os.LookupEnv("PATH")
	cmd.Env = []string{
		"PATH=" + path, "HOME=" + s.dir, "OLLAMA_HOST=" + strings.TrimPrefix(s.URL, "http://"), "OLLAMA_MODELS=" + s.Models(),
		"OLLAMA_NOPRUNE=1", "OLLAMA_KEEP_ALIVE=10m",
	}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	servertest.Group(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", s.binary, err)
	}
	s.cmd = cmd
	if err := wait(t.Context(), s.client(t)); err != nil {
		t.Fatalf("%s does not answer: %v\n%s", s.binary, err, s.log.String())
	}
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := servertest.Kill(s.cmd); err != nil {
		t.Fatalf("kill Ollama: %v", err)
	}
	_ = s.cmd.Wait() // it reports the signal
}

// Models is the server's folder of models.
func (s *Server) Models() string { return filepath.Join(s.dir, "models") }

func (s *Server) client(t testing.TB) *api.Client {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return api.NewClient(u, http.DefaultClient)
}

// wait until the server answers.
func wait(ctx context.Context, client *api.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := client.Heartbeat(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// create writes the tiny model and has the server take it in.
func create(ctx context.Context, client *api.Client, dir, name string) error {
	path := filepath.Join(dir, name+".gguf")
	if err := WriteModel(path); err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data))
	if err := client.CreateBlob(ctx, digest, bytes.NewReader(data)); err != nil {
		return err
	}
	return client.Create(ctx, &api.CreateRequest{
		Model: name, Files: map[string]string{name + ".gguf": digest},
		Template: "{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}assistant: ",
		// Threads spin while they wait for each other: on a busy machine two are far slower than one.
		Parameters: map[string]any{"num_thread": 1},
	}, func(api.ProgressResponse) error { return nil })
}

// stop asks the server to end, which ends its model runners, and then makes it.
func stop(t testing.TB, cmd *exec.Cmd) {
	if cmd.ProcessState != nil {
		return // it was killed
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // a server that is stopped reports the signal
	}()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Logf("stop Ollama: %v", err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill() // it may have ended just now
		<-ended
	}
}

// Package gotosocialtest starts a real GoToSocial, a server of somebody else's
// that speaks Mastodon, for tests with the build tag components.
package gotosocialtest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/servertest"
)

// Server is a running GoToSocial of its own, with its own database.
type Server struct {
	URL string

	binary string
	env    []string
	log    *servertest.Output
	cmd    *exec.Cmd
}

// Start starts a server on a free loopback port. It ends with the test. It is
// built once and kept in the user's cache folder.
func Start(t testing.TB) *Server {
	t.Helper()
	binary, web := executable(t)
	at, dir := servertest.Address(t), t.TempDir()
	host, port, _ := strings.Cut(at, ":")
	for _, name := range []string{"ffmpeg", "ffprobe"} { // which it looks for at its start, and needs for pictures alone
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
	}
	s := &Server{URL: "http://" + at, binary: binary, log: &servertest.Output{}, env: []string{
		"HOME=" + dir, "PATH=" + dir, "GTS_HOST=" + at, "GTS_PROTOCOL=http", "GTS_BIND_ADDRESS=" + host, "GTS_PORT=" + port,
		"GTS_DB_TYPE=sqlite", "GTS_DB_ADDRESS=" + filepath.Join(dir, "sqlite.db"), "GTS_DB_SQLITE_SYNCHRONOUS=OFF",
		"GTS_STORAGE_LOCAL_BASE_PATH=" + filepath.Join(dir, "storage"), "GTS_LETSENCRYPT_ENABLED=false", "GTS_LOG_LEVEL=warn",
		"GTS_WEB_TEMPLATE_BASE_DIR=" + filepath.Join(web, "template") + "/", "GTS_WEB_ASSET_BASE_DIR=" + filepath.Join(web, "assets") + "/",
		"GTS_ADVANCED_RATE_LIMIT_REQUESTS=0", "GTS_ADVANCED_THROTTLING_MULTIPLIER=0", "GTS_INSTANCE_EXPOSE_PUBLIC_TIMELINE=true",
		"GTS_ACCOUNTS_REGISTRATION_OPEN=true", "GTS_ACCOUNTS_REASON_REQUIRED=true",
	}}
	s.admin(t, "account", "list") // makes the database
	s.begin(t)
	t.Cleanup(func() {
		s.end(t)
		if t.Failed() {
			t.Logf("GoToSocial:\n%s", s.log)
		}
	})
	return s
}

func (s *Server) begin(t testing.TB) {
	t.Helper()
	s.cmd = s.command(context.WithoutCancel(t.Context()), "server", "start")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	servertest.Group(s.cmd)
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", s.binary, err)
	}
	s.wait(t)
}

func (s *Server) end(t testing.TB) {
	t.Helper()
	if err := servertest.Kill(s.cmd); err != nil {
		t.Errorf("kill GoToSocial: %v", err)
	}
	_ = s.cmd.Wait() // it reports the signal
}

func (s *Server) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Env = s.env
	return cmd
}

// admin runs a command of the administrator's.
func (s *Server) admin(t testing.TB, args ...string) {
	t.Helper()
	if out, err := s.command(t.Context(), append([]string{"admin"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("gotosocial admin %s: %v\n%s", args[0], err, out)
	}
}

// wait until the server answers.
func (s *Server) wait(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/instance", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("GoToSocial does not answer: %v\n%s", err, s.log)
		}
	}
}

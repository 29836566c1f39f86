package ollamatest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// version is the newest that `go install` builds.
const version = "0.11.4"

// executable finds Ollama, or builds it.
func executable(t testing.TB) string {
	t.Helper()
	if named, ok := os.LookupEnv("GOROD_TEST_OLLAMA"); ok && named != "" {
		return named
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "gorod-test", "ollama-"+version)
	binary := filepath.Join(dir, "ollama")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if _, err := os.Stat(binary); err != nil {
		t.Logf("building Ollama %s in %s: this takes minutes, once", version, dir)
		if err := install(t.Context(), dir); err != nil {
			t.Fatalf("build Ollama %s: %v", version, err)
		}
	}
	return binary
}

// install builds Ollama into a folder of this process and moves it to its
// place: tests of several packages may do so at once.
func install(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	own, err := os.MkdirTemp(dir, ".build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(own)
	cmd := exec.CommandContext(ctx, "go", "install", "github.com/ollama/ollama@v"+version)
	cmd.Dir = own // outside any module
	cmd.Env = append(cmd.Environ(), "GOBIN="+own, "CGO_ENABLED=1", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	found, err := os.ReadDir(own)
	if err != nil || len(found) == 0 {
		return fmt.Errorf("go install made nothing: %w", err)
	}
	return os.Rename(filepath.Join(own, found[0].Name()), filepath.Join(dir, found[0].Name()))
}

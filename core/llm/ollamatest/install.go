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

	"github.com/llm-city/gorod/core/servertest"
)

// version is that of the client library in go.mod.
const version = "0.22.0"

// borrowed are the C headers that the module of this version lacks, as folders
// named vendor are left out of modules: by the name they are included by, where
// another module has them.
func borrowed() map[string]header {
	const older = "github.com/ollama/ollama@v0.11.4"
	return map[string]header{
		"nlohmann/json.hpp":     {older, "llama/llama.cpp/common/json.hpp"},
		"nlohmann/json_fwd.hpp": {older, "llama/llama.cpp/common/json.hpp"}, // which declares it all
		"stb/stb_image.h":       {older, "llama/llama.cpp/common/stb_image.h"},
		"miniaudio/miniaudio.h": {"github.com/gen2brain/malgo@v0.11.24", "miniaudio.h"},
	}
}

type header struct{ module, path string }

// executable finds Ollama, or builds it.
func executable(t testing.TB) string {
	t.Helper()
	if named, ok := os.LookupEnv("GOROD_TEST_OLLAMA"); ok && named != "" {
		return named
	}
	dir := servertest.Cache(t, "ollama-"+version)
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
	built, headers := filepath.Join(own, "bin"), filepath.Join(dir, "include")
	if err := borrow(ctx, headers); err != nil {
		return err
	}
	const module = "github.com/ollama/ollama"
	cmd := exec.CommandContext(ctx, "go", "install", "-ldflags=-s -w -X="+module+"/version.Version="+version, module+"@v"+version)
	cmd.Dir = own                                                                // outside any module
	cmd.Env = append(cmd.Environ(), "GOBIN="+built, "CGO_ENABLED=1", "GOFLAGS=", // and no debug information, which takes long to write
		"CGO_CPPFLAGS=-I"+headers, "CGO_CFLAGS=-O2", "CGO_CXXFLAGS=-O2")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	found, err := os.ReadDir(built)
	if err != nil || len(found) == 0 {
		return fmt.Errorf("go install made nothing: %w", err)
	}
	return os.Rename(filepath.Join(built, found[0].Name()), filepath.Join(dir, found[0].Name()))
}

// borrow writes a folder of headers that include those of other modules.
func borrow(ctx context.Context, dir string) error {
	at := map[string]string{}
	for name, h := range borrowed() {
		if at[h.module] == "" {
			var err error
			if at[h.module], err = servertest.Module(ctx, h.module, ""); err != nil {
				return err
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		text := fmt.Sprintf("#include %q\n", filepath.ToSlash(filepath.Join(at[h.module], h.path)))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

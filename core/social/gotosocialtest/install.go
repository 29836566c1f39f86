package gotosocialtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/servertest"
)

const (
	version = "v0.18.3"
	module  = "github.com/superseriousbusiness/gotosocial@" + version
	hash    = "h1:xSptoQ8fGg/d+itJWXHpKDpoc3N0Ls6fNX36l1860Hw="
)

// executable finds GoToSocial, or builds it: the binary, and the folder of its
// pages.
func executable(t testing.TB) (binary, web string) {
	t.Helper()
	dir := servertest.Cache(t, "gotosocial-"+version)
	unlock, err := servertest.Lock(dir + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(dir); err != nil {
		t.Logf("building GoToSocial %s in %s: this takes minutes, once", version, dir)
		if err := install(t.Context(), dir); err != nil {
			t.Fatalf("build GoToSocial %s: %v", version, err)
		}
	}
	return filepath.Join(dir, "gotosocial"), filepath.Join(dir, "web")
}

// install builds GoToSocial beside its place and moves it there whole.
func install(ctx context.Context, dir string) error {
	from, err := servertest.Module(ctx, module, hash)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	own, err := os.MkdirTemp(filepath.Dir(dir), ".build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(own)
	if err := build(ctx, from, own); err != nil {
		return err
	}
	made := filepath.Join(own, "made")
	if err := os.CopyFS(filepath.Join(made, "web"), os.DirFS(filepath.Join(from, "web"))); err != nil {
		return err
	}
	return os.Rename(made, dir)
}

// build compiles the module in a copy of it, since a module with replacements
// cannot be installed by its name.
func build(ctx context.Context, from, own string) error {
	source := filepath.Join(own, "source")
	if err := os.CopyFS(source, os.DirFS(from)); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(source, "vendor")); err != nil { // it holds but a list
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "nootel nowasm", "-ldflags=-s -w -X main.Version="+version, "-o", filepath.Join(own, "made")+"/", "./cmd/gotosocial")
	cmd.Dir = source
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GONOSUMDB=*") // its go.sum vouches for the rest
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

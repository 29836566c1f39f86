// Package servertest is what packages share that start a real server for tests:
// where it is kept, where it listens, what it writes and how it is killed.
package servertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Cache is the folder in the user's cache where a component is kept between
// tests. It need not be there yet.
func Cache(t testing.TB, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "gorod-test", name)
}

// Address is a loopback address that nobody uses now.
func Address(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// Module fetches a module of an exact version, PATH@VERSION, and tells where it
// lies. Sum is what it must hash to, as in a go.sum; without one the checksum
// database vouches for it.
func Module(ctx context.Context, module, sum string) (dir string, err error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = os.TempDir() // outside any module
	if sum != "" {
		cmd.Env = append(cmd.Environ(), "GONOSUMDB=*")
	}
	out, err := cmd.Output()
	var said struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(out, &said); err != nil || jsonErr != nil || said.Dir == "" {
		return "", fmt.Errorf("download %s: %s %w", module, said.Error, err)
	}
	if sum != "" && said.Sum != sum {
		return "", fmt.Errorf("download %s: it hashes to %s, not to %s", module, said.Sum, sum)
	}
	return said.Dir, nil
}

package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	goplugin "github.com/hashicorp/go-plugin"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Entry is a plugin that can be started.
type Entry struct {
	ID      string   // kind/name
	Path    string   // of the executable, absolute
	Args    []string // for a built-in: those that make gorod the plugin
	SHA256  string   // of the executable, in hex
	Builtin bool
	Info    sdk.Info
	Schema  json.RawMessage // JSON Schema of the config; empty takes none

	stamp stamp // of the executable when it was hashed
}

// stamp tells a file that was changed from one that was not, for what it costs
// to look at it.
type stamp struct {
	size  int64
	mtime time.Time
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

func sumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("hash %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// verify reports whether the executable is still the one found, and the one
// pinned where pin is not empty. A built-in is gorod itself, which is hashed
// again only when the file has changed.
func (e *Entry) verify(pin string) error {
	want := strings.ToLower(pin)
	if want == "" {
		want = e.SHA256
	}
	if want != e.SHA256 {
		return &ChecksumError{e.Path, want, e.SHA256}
	}
	if e.Builtin {
		if now, err := stampOf(e.Path); err == nil && now == e.stamp {
			return nil
		}
	}
	sum, err := hex.DecodeString(want)
	if err != nil {
		return fmt.Errorf("the SHA-256 pinned for %s is not hexadecimal: %w", e.ID, err)
	}
	ok, err := (&goplugin.SecureConfig{Checksum: sum, Hash: sha256.New()}).Check(e.Path)
	if err != nil {
		return fmt.Errorf("check %s: %w", e.Path, err)
	}
	if !ok {
		got, err := sumFile(e.Path)
		if err != nil {
			return err
		}
		return &ChecksumError{e.Path, want, got}
	}
	return nil
}

package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	// maxSocketPath is the shortest limit of the systems gorod runs on (macOS:
	// 104 bytes with the final zero).
	maxSocketPath = 103
	// socketName is as long as what go-plugin adds to a folder.
	socketName = "/plugin-dir4294967295/plugin4294967295"
)

// newSocketDir makes a folder for the sockets of one process that only its user
// can enter. The paths of sockets are short, and TMPDIR may be long (on
// clusters it often is), so /tmp goes first.
func newSocketDir(temps ...string) (string, error) {
	var problems []error
	for _, temp := range temps {
		dir, err := os.MkdirTemp(temp, "gorod-")
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if path := filepath.Join(dir, socketName); len(path) > maxSocketPath {
			problems = append(problems, fmt.Errorf("%s is too long for a socket: %d bytes, at most %d", path, len(path), maxSocketPath), os.Remove(dir))
			continue
		}
		return dir, nil
	}
	return "", fmt.Errorf("make a folder for sockets: %w; make /tmp writable or set TMPDIR to a short path", errors.Join(problems...))
}

package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const (
	shortTemp = "/tmp"
	// maxSocketPath is the shortest limit of the systems gorod runs on (macOS:
	// 104 bytes with the final zero).
	maxSocketPath = 103
	// socketName is as long as what go-plugin adds to a folder.
	socketName = "/plugin-dir4294967295/plugin4294967295"
	socketDirs = "gorod-"
	lockName   = "lock"
)

// socketDir is a folder for the sockets of one process that only its user can
// enter. A lock on a file in it says that its host lives.
type socketDir struct {
	path string
	lock *os.File
}

// newSocketDir makes a folder in the first of temps that will do. The paths of
// sockets must be short, and TMPDIR may be long (on clusters it often is).
func newSocketDir(temps ...string) (*socketDir, error) {
	var problems []error
	for _, temp := range temps {
		path, err := os.MkdirTemp(temp, socketDirs)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		d := &socketDir{path: path}
		if socket := path + socketName; len(socket) > maxSocketPath {
			err = fmt.Errorf("%s is too long for a socket: %d bytes, at most %d", socket, len(socket), maxSocketPath)
		} else if d.lock, err = lockIn(path); err == nil {
			return d, nil
		}
		problems = append(problems, err, os.RemoveAll(path))
	}
	return nil, fmt.Errorf("make a folder for sockets: %w; make /tmp writable or set TMPDIR to a short path", errors.Join(problems...))
}

// lockIn makes the lock of a folder. The file gets its name when it is locked:
// a name without a lock means that the host is dead.
func lockIn(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "new")
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, lockName))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (d *socketDir) remove() error {
	err := os.RemoveAll(d.path)
	d.lock.Close()
	return err
}

// sweepSockets removes the folders of hosts that were killed.
func sweepSockets(temp string) {
	locks, err := filepath.Glob(filepath.Join(temp, socketDirs+"*", lockName))
	if err != nil {
		return
	}
	for _, path := range locks {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			continue // another user's
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(filepath.Dir(path))
		}
		f.Close()
	}
}

package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrBusy says that another process runs the study.
var ErrBusy = errors.New("another gorod is running this study")

const lockFile = ".lock"

// lock keeps a second process out of a run directory. The system lets go of it
// when the process ends, however it ends.
func lock(dir string) (unlock func() error, err error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the run directory: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w: wait for it, or stop it first", dir, ErrBusy)
		}
		return nil, fmt.Errorf("lock the run directory: %w", err)
	}
	return file.Close, nil
}

package local

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// launch starts a supervisor unless one lives, after prepare, which may be nil.
// It is given the lock, so that there is no moment at which nobody holds it.
func (s *scheduler) launch(dir string, prepare func() error) error {
	lock, err := lockJob(dir)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	if prepare != nil {
		if err := prepare(); err != nil {
			return err
		}
	}
	log, err := os.OpenFile(filepath.Join(dir, logFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	// No context: it is to outlive the caller.
	cmd := exec.Command(s.Supervisor[0], append(s.Supervisor[1:len(s.Supervisor):len(s.Supervisor)], dir)...) //nolint:noctx // detached
	cmd.Env = append([]string{}, s.Env...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // so that it leaves no zombie while we live
	return nil
}

// lockJob takes the lock of a job, or gives EWOULDBLOCK.
func lockJob(dir string) (*os.File, error) {
	return takeLock(filepath.Join(dir, lockFile))
}

// takeLock takes the lock of a file, which is made if missing, or gives
// EWOULDBLOCK.
func takeLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// supervised reports whether a supervisor lives.
func supervised(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

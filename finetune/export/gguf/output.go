package gguf

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// output is where a file is written.
type output interface {
	Name() string
	// Reserve takes the space of the whole file.
	Reserve(size int64) error
	WriteAt(p []byte, at int64) (int, error)
	// Written tells that all up to a byte is written.
	Written(upTo int64)
	Sync() error
}

// flushBytes are written before the disk is told to begin.
const flushBytes = 32 << 20

// disk is a file on a disk, which begins to write while the conversion goes on.
type disk struct {
	*os.File
	path    string // that it has in the end
	flushed int64
	parts   chan int64
	done    chan struct{}
}

func newDisk(f *os.File, path string) *disk {
	d := &disk{File: f, path: path, parts: make(chan int64, 1), done: make(chan struct{})}
	go func() {
		defer close(d.done)
		for upTo := range d.parts {
			startWriting(f, d.flushed, upTo-d.flushed)
			d.flushed = upTo
		}
	}()
	return d
}

// Name implements output.
func (d *disk) Name() string { return d.path }

// close ends the writing, which must be over.
func (d *disk) close() {
	close(d.parts)
	<-d.done
}

// Reserve implements output.
func (d *disk) Reserve(size int64) error { return reserve(d.File, size) }

// Written implements output. Where the disk is busy, the part is left to the
// next time.
func (d *disk) Written(upTo int64) {
	select {
	case d.parts <- upTo:
	default:
	}
}

// unfinished ends the name of a file that is being written.
const unfinished = ".part"

// sweep removes what conversions to a path have left that were killed. One that
// goes on holds the lock of its file.
func sweep(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "."+filepath.Base(path)+".") || !strings.HasSuffix(e.Name(), unfinished) || !e.Type().IsRegular() {
			continue
		}
		f, err := os.Open(filepath.Join(filepath.Dir(path), e.Name()))
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.Remove(f.Name())
		}
		_ = f.Close()
	}
}

// atomically writes a file beside its place and moves it there when it is
// whole.
func atomically(path string, write func(f *os.File) error) (err error) {
	sweep(path)
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"+unfinished)
	if err != nil {
		return failedIO(path, "", err)
	}
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // where it cannot be locked it is only not told apart
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return failedIO(path, "", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return failedIO(path, "", err)
	}
	return nil
}

package gguf

import (
	"errors"
	"os"
	"syscall"
)

// reserve takes a file's space on the disk, so that a full disk is known before
// anything is converted.
func reserve(f *os.File, size int64) error {
	err := syscall.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return nil
	}
	return err
}

const syncFileRangeWrite = 2

// startWriting has the system begin to write a part of a file to the disk: the
// sync at the end has less to wait for. It is no more than a hint.
func startWriting(f *os.File, from, n int64) {
	_ = syscall.SyncFileRange(int(f.Fd()), from, n, syncFileRangeWrite)
}

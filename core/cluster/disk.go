package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Disk is the FS of this machine, for clusters whose folders are mounted here.
type Disk struct{}

var _ FS = Disk{}

// Stat looks at a file.
func (Disk) Stat(_ context.Context, name string) (fs.FileInfo, error) { return os.Stat(name) }

// ReadDir lists a folder.
func (Disk) ReadDir(_ context.Context, name string) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

// Open opens a file for reading.
func (Disk) Open(_ context.Context, name string) (io.ReadSeekCloser, error) { return os.Open(name) }

// Write opens a file for writing from offset on.
func (Disk) Write(_ context.Context, name string, offset int64, mode fs.FileMode) (io.WriteCloser, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, mode)
	if err != nil {
		return nil, err
	}
	if err = f.Truncate(offset); err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Rename moves a file onto another name.
func (Disk) Rename(_ context.Context, from, to string) error { return os.Rename(from, to) }

// Remove removes a file.
func (Disk) Remove(_ context.Context, name string) error { return os.Remove(name) }

// MkdirAll makes a folder and those above it.
func (Disk) MkdirAll(_ context.Context, name string) error { return os.MkdirAll(name, 0o755) }

// Hash reads a file.
func (Disk) Hash(ctx context.Context, name string) (string, error) {
	return hashFile(ctx, filepath.FromSlash(name))
}

// Close does nothing.
func (Disk) Close() error { return nil }

func hashFile(ctx context.Context, name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, until(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reader is a function that reads.
type reader func(p []byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// until reads r until the context ends.
func until(ctx context.Context, r io.Reader) io.Reader {
	return reader(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

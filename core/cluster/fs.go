package cluster

import (
	"context"
	"io"
	"io/fs"
)

// FS is where a cluster's files are. Names are absolute slash paths. A file that
// is not there is fs.ErrNotExist; a connection that broke is an *Error of kind
// Unreachable, after which a call connects again.
type FS interface {
	Stat(ctx context.Context, name string) (fs.FileInfo, error)
	// ReadDir does not follow links.
	ReadDir(ctx context.Context, name string) ([]fs.FileInfo, error)
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Write opens a file, made if it is not there, cuts it at offset and writes on
	// from there. What one call of Write was given is stored before the next one
	// is begun, but within one call in any order.
	Write(ctx context.Context, name string, offset int64, mode fs.FileMode) (io.WriteCloser, error)
	// Rename replaces what is at to.
	Rename(ctx context.Context, from, to string) error
	Remove(ctx context.Context, name string) error
	MkdirAll(ctx context.Context, name string) error
	// Hash is the SHA-256 in hex of what is stored.
	Hash(ctx context.Context, name string) (string, error)
	Close() error
}

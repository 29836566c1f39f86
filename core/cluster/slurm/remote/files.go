package remote

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/pkg/sftp"

	"github.com/llm-city/gorod/core/cluster"
)

// call does something over SFTP. It does not wait longer than the context,
// though the call itself ends only with its connection.
func call[T any](ctx context.Context, c *Client, do func(*connection) (T, error)) (T, error) {
	var zero T
	conn, err := c.connect(ctx)
	if err != nil {
		return zero, err
	}
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := do(conn)
		done <- result{v, err}
	}()
	select {
	case <-ctx.Done():
		return zero, ctx.Err()
	case r := <-done:
		return r.v, c.mapped(conn, r.err)
	}
}

func do(ctx context.Context, c *Client, f func(*sftp.Client) error) error {
	_, err := call(ctx, c, func(conn *connection) (struct{}, error) { return struct{}{}, f(conn.sftp) })
	return err
}

// mapped tells a file's errors from those of the connection, which is given up.
func (c *Client) mapped(conn *connection, err error) error {
	if err == nil || errors.Is(err, io.EOF) && !over(conn) {
		return err
	}
	status, answered := errors.AsType[*sftp.StatusError](err)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrExist):
		return err
	case answered && (status.Code == 14 || status.Code == 15): // no space, quota exceeded
		return fmt.Errorf("%w: %w", syscall.ENOSPC, err)
	case answered && status.Code != uint32(sftp.ErrSSHFxConnectionLost) && status.Code != uint32(sftp.ErrSSHFxNoConnection):
		return err
	}
	_ = conn.ssh.Close()
	return c.unreachable(err)
}

func over(conn *connection) bool {
	select {
	case <-conn.dead:
		return true
	default:
		return false
	}
}

// Stat looks at a file.
func (c *Client) Stat(ctx context.Context, name string) (fs.FileInfo, error) {
	return call(ctx, c, func(conn *connection) (fs.FileInfo, error) { return conn.sftp.Stat(name) })
}

// ReadDir lists a folder.
func (c *Client) ReadDir(ctx context.Context, name string) ([]fs.FileInfo, error) {
	return call(ctx, c, func(conn *connection) ([]fs.FileInfo, error) { return conn.sftp.ReadDirContext(ctx, name) })
}

// Open opens a file for reading.
func (c *Client) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	f, err := call(ctx, c, func(conn *connection) (*file, error) {
		f, err := conn.sftp.Open(name)
		return &file{f, c, conn}, err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Write opens a file for writing from offset on.
func (c *Client) Write(ctx context.Context, name string, offset int64, mode fs.FileMode) (io.WriteCloser, error) {
	f, err := call(ctx, c, func(conn *connection) (*file, error) {
		f, err := conn.sftp.OpenFile(name, os.O_WRONLY|os.O_CREATE)
		if err != nil {
			return nil, err
		}
		if err = f.Chmod(mode); err == nil {
			err = f.Truncate(offset)
		}
		if err == nil {
			_, err = f.Seek(offset, io.SeekStart)
		}
		return &file{f, c, conn}, err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Rename replaces what is at to.
func (c *Client) Rename(ctx context.Context, from, to string) error {
	return do(ctx, c, func(s *sftp.Client) error { return s.PosixRename(from, to) })
}

// Remove removes a file.
func (c *Client) Remove(ctx context.Context, name string) error {
	return do(ctx, c, func(s *sftp.Client) error { return s.Remove(name) })
}

// MkdirAll makes a folder and those above it.
func (c *Client) MkdirAll(ctx context.Context, name string) error {
	return do(ctx, c, func(s *sftp.Client) error { return s.MkdirAll(name) })
}

// Hash has the node read the file.
func (c *Client) Hash(ctx context.Context, name string) (string, error) {
	out, err := c.Run(ctx, []string{"sha256sum", "--", name}, nil)
	if err != nil {
		return "", err
	}
	sum, _, _ := strings.Cut(strings.TrimPrefix(out.Stdout, `\`), " ")
	if raw, err := hex.DecodeString(sum); out.Code != 0 || err != nil || len(raw) != 32 {
		return "", &cluster.Error{
			Kind: cluster.Failed, Op: "hash", Where: c.Where(), Err: fmt.Errorf("sha256sum %s: %.200q", name, out.Stderr+out.Stdout),
		}
	}
	return sum, nil
}

// file is one that is open over SFTP.
type file struct {
	open   *sftp.File
	client *Client
	conn   *connection
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.open.Read(p)
	return n, f.client.mapped(f.conn, err)
}

func (f *file) Seek(offset int64, whence int) (int64, error) { return f.open.Seek(offset, whence) }

// Write takes a plain failure for a disk or a quota that is full: OpenSSH has no
// other word for it, and little else fails in a file that is open.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.open.Write(p)
	if status, ok := errors.AsType[*sftp.StatusError](err); ok && status.Code == uint32(sftp.ErrSSHFxFailure) {
		return n, fmt.Errorf("%w: %w", syscall.ENOSPC, err)
	}
	return n, f.client.mapped(f.conn, err)
}

func (f *file) Close() error { return f.client.mapped(f.conn, f.open.Close()) }

package cluster_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync/atomic"

	"github.com/llm-city/gorod/core/cluster"
)

var (
	errCut = &cluster.Error{Kind: cluster.Unreachable, Op: "connect", Err: errors.New("cut")}
)

// flaky is a disk that breaks down after so many bytes were written, and counts
// what is read back.
type flaky struct {
	cluster.Disk
	left   atomic.Int64
	cut    error // instead of writing more
	hashes atomic.Int32
	writes atomic.Int32
}

func (f *flaky) Write(ctx context.Context, name string, offset int64, mode fs.FileMode) (io.WriteCloser, error) {
	f.writes.Add(1)
	w, err := f.Disk.Write(ctx, name, offset, mode)
	return &flakyFile{w, f}, err
}

func (f *flaky) Hash(ctx context.Context, name string) (string, error) {
	f.hashes.Add(1)
	return f.Disk.Hash(ctx, name)
}

type flakyFile struct {
	io.WriteCloser
	fs *flaky
}

func (f *flakyFile) Write(p []byte) (int, error) {
	if f.fs.cut == nil {
		return f.WriteCloser.Write(p)
	}
	if left := f.fs.left.Load(); int64(len(p)) > left {
		n, _ := f.WriteCloser.Write(p[:left])
		f.fs.left.Store(1 << 40) // the next connection holds
		return n, f.fs.cut
	}
	f.fs.left.Add(-int64(len(p)))
	return f.WriteCloser.Write(p)
}

// scripted is a scheduler that answers one thing after another, and then the
// last again.
type scripted struct {
	cluster.Scheduler
	answers []reply
	asked   int
}

type reply struct {
	statuses []cluster.Status
	err      error
}

func (s *scripted) Status(context.Context, ...string) ([]cluster.Status, error) {
	r := s.answers[min(s.asked, len(s.answers)-1)]
	s.asked++
	return r.statuses, r.err
}

func (s *scripted) Submit(context.Context, cluster.Job) (cluster.Handle, error) {
	return cluster.Handle{ID: "1"}, nil
}

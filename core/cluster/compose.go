package cluster

import (
	"context"
	"errors"
	"io"
	"iter"
	"path"
	"time"
)

// Options of Compose.
type Options struct {
	Poll time.Duration // how often a watcher asks; default 2 s
	// Close lets go of what the scheduler holds; nil for nothing.
	Close func() error
}

// Compose makes a Cluster out of a scheduler and the files that its jobs see.
func Compose(s Scheduler, fsys FS, o Options) Cluster {
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	return &composed{Scheduler: s, fsys: fsys, options: o}
}

type composed struct {
	Scheduler
	fsys    FS
	options Options
}

// Submit stages the job's files and makes the folder of its output first.
func (c *composed) Submit(ctx context.Context, job Job) (Handle, error) {
	if err := job.Validate(); err != nil {
		return Handle{}, err
	}
	if _, err := c.Stage(ctx, job.Dir, job.Files); err != nil {
		return Handle{}, err
	}
	folder := path.Dir(job.OutputPattern())
	if err := persist(ctx, func() error { return c.fsys.MkdirAll(ctx, folder) }); err != nil {
		return Handle{}, FileError("submit", "", err)
	}
	return c.Scheduler.Submit(ctx, job)
}

func (c *composed) Watch(ctx context.Context, ids ...string) iter.Seq2[Status, error] {
	return watch(ctx, c.Scheduler, c.options.Poll, ids)
}

func (c *composed) Logs(ctx context.Context, w io.Writer, log Log) error {
	return logs(ctx, c.Scheduler, c.fsys, c.options.Poll, w, log)
}

func (c *composed) Read(ctx context.Context, name string, offset int64, limit int) (data []byte, size int64, err error) {
	err = persist(ctx, func() error {
		data, size, err = read(ctx, c.fsys, name, offset, limit)
		return err
	})
	return data, size, FileError("read", "", err)
}

func (c *composed) Stage(ctx context.Context, dir string, files []File) (Transfer, error) {
	if len(files) == 0 {
		return Transfer{}, nil
	}
	return stage(ctx, c.fsys, dir, files)
}

func (c *composed) Fetch(ctx context.Context, dir string, paths []string, to string) (Transfer, error) {
	return fetch(ctx, c.fsys, dir, paths, to)
}

func (c *composed) Close() error {
	err := c.fsys.Close()
	if c.options.Close != nil {
		err = errors.Join(err, c.options.Close())
	}
	return err
}

package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// logs copies a task's output; following it ends when the task has ended and
// all it printed was copied.
func logs(ctx context.Context, s Scheduler, fsys FS, poll time.Duration, w io.Writer, log Log) error {
	t := &tail{fsys: fsys, name: log.OutputPath(log.Task), skip: log.Tail}
	for over := false; ; {
		var err error
		if !log.Follow {
			over = true
		} else if over, err = finished(ctx, s, log); err != nil && !IsKind(err, Unreachable) {
			return err
		}
		err = t.copy(ctx, w)
		absent := errors.Is(err, fs.ErrNotExist)
		switch {
		case absent && !over, log.Follow && IsKind(err, Unreachable):
		case absent:
			return &Error{Kind: NotFound, Op: "logs", Err: err, Hint: "a job that never ran has no output; see its status"}
		case err != nil || over:
			return FileError("logs", "", err)
		}
		if err := pause(ctx, poll); err != nil {
			return err
		}
	}
}

// tail is a file of which what is new is copied.
type tail struct {
	fsys   FS
	name   string
	offset int64
	skip   int64 // begin this many bytes before the end; 0: at the beginning
}

// copy copies what came since the last time.
func (t *tail) copy(ctx context.Context, w io.Writer) error {
	if t.skip > 0 {
		info, err := t.fsys.Stat(ctx, t.name)
		if err != nil {
			return err
		}
		t.offset, t.skip = max(0, info.Size()-t.skip), 0
	}
	n, err := copyFrom(ctx, t.fsys, t.name, t.offset, w)
	t.offset += n
	return err
}

// finished reports whether the task prints no more.
func finished(ctx context.Context, s Scheduler, log Log) (bool, error) {
	id := log.ID
	if log.Task != NoTask {
		id = fmt.Sprintf("%s_%d", id, log.Task)
	}
	statuses, err := s.Status(ctx, id)
	if IsKind(err, NotFound) { // forgotten: it ended long ago
		return true, nil
	}
	return err == nil && ended(statuses), err
}

func copyFrom(ctx context.Context, fsys FS, name string, offset int64, w io.Writer) (int64, error) {
	info, err := fsys.Stat(ctx, name)
	if err != nil || info.Size() <= offset {
		return 0, err
	}
	f, err := fsys.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(w, until(ctx, f))
}

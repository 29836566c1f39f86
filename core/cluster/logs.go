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
	name, offset, first := log.OutputPath(log.Task), int64(0), true
	for {
		over := !log.Follow
		if log.Follow {
			var err error
			if over, err = finished(ctx, s, log); err != nil && !IsKind(err, Unreachable) {
				return err
			}
		}
		if first && log.Tail > 0 {
			if info, err := fsys.Stat(ctx, name); err == nil {
				offset = max(0, info.Size()-log.Tail)
			}
		}
		n, err := copyFrom(ctx, fsys, name, offset, w)
		offset += n
		first = first && n == 0
		switch {
		case errors.Is(err, fs.ErrNotExist) && !over, log.Follow && IsKind(err, Unreachable):
		case errors.Is(err, fs.ErrNotExist):
			return &Error{Kind: NotFound, Op: "logs", Err: err, Hint: "a job that never ran has no output; see its status"}
		case err != nil:
			return FileError("logs", "", err)
		case over:
			return nil
		}
		if err := pause(ctx, poll); err != nil {
			return err
		}
	}
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

package cluster

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// read reads a part of a file that may be written to.
func read(ctx context.Context, fsys FS, name string, offset int64, limit int) (data []byte, size int64, err error) {
	info, err := fsys.Stat(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if info.Size() <= offset {
		return nil, info.Size(), nil
	}
	f, err := fsys.Open(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, 0, err
	}
	data, err = io.ReadAll(until(ctx, io.LimitReader(f, min(int64(limit), info.Size()-offset))))
	return data, info.Size(), err
}

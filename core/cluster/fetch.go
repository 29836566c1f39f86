package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxDepth bounds the folders that a fetch goes into.
const maxDepth = 32

// fetcher downloads from one folder.
type fetcher struct {
	fsys FS
	done Transfer
}

// fetch downloads what changed: a file here of the same size and time is left.
func fetch(ctx context.Context, fsys FS, dir string, paths []string, to string) (Transfer, error) {
	f := &fetcher{fsys: fsys}
	for _, p := range paths {
		if !local(p) {
			return f.done, &Error{Kind: Rejected, Op: "fetch", Err: fmt.Errorf("%q leaves the folder", p)}
		}
		err := f.tree(ctx, path.Join(dir, p), filepath.Join(to, filepath.FromSlash(p)), 0)
		if err != nil {
			return f.done, FileError("fetch", "", fmt.Errorf("%s: %w", p, err))
		}
	}
	return f.done, nil
}

func (f *fetcher) tree(ctx context.Context, from, to string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("folders are more than %d deep", maxDepth)
	}
	var info fs.FileInfo
	err := persist(ctx, func() (err error) { info, err = f.fsys.Stat(ctx, from); return err })
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return persist(ctx, func() error { return f.file(ctx, from, to, info) })
	}
	var entries []fs.FileInfo
	if err := persist(ctx, func() (err error) { entries, err = f.fsys.ReadDir(ctx, from); return err }); err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && !e.Mode().IsRegular() || strings.Contains(name, ".part-") {
			continue // links and the like stay there, and so does what is being uploaded
		}
		if name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") {
			return fmt.Errorf("the server lists a file %.80q", name)
		}
		if err := f.tree(ctx, path.Join(from, name), filepath.Join(to, name), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// file downloads one into a part, and moves that to its place. The part's name
// has the time of the file there, so that only the same file is resumed.
func (f *fetcher) file(ctx context.Context, from, to string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", from)
	}
	if here, err := os.Stat(to); err == nil && here.Size() == info.Size() && here.ModTime().Equal(info.ModTime()) {
		f.done.Files++
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	part := fmt.Sprintf("%s.part-%x", to, info.ModTime().UnixNano())
	if err := f.download(ctx, from, part, info.Size()); err != nil {
		return err
	}
	if err := os.Chtimes(part, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	f.done.Files++
	f.done.Changed++
	return os.Rename(part, to)
}

func (f *fetcher) download(ctx context.Context, from, part string, size int64) error {
	offset := int64(0)
	if here, err := os.Stat(part); err == nil {
		offset = resumeAt(here.Size(), size)
	}
	r, err := f.fsys.Open(ctx, from)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	w, err := Disk{}.Write(ctx, part, offset, 0o644)
	if err != nil {
		return err
	}
	n, err := copyChunks(ctx, w, io.LimitReader(r, size-offset))
	f.done.Bytes += n
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if offset+n != size {
		return fmt.Errorf("%s: %d bytes came of %d: the file changed while it was downloaded", from, offset+n, size)
	}
	f.done.Resumed += offset
	return nil
}

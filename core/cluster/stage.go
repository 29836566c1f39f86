package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// item is one file to upload.
type item struct {
	from, rel string
	mode      fs.FileMode
	size      int64
	sum       string // SHA-256 in hex
}

// stager uploads into one folder.
type stager struct {
	fsys     FS
	dir      string
	manifest manifest
	done     Transfer
}

// stage uploads what changed. Files are hashed one ahead of the upload.
func stage(ctx context.Context, fsys FS, dir string, files []File) (Transfer, error) {
	items, err := expand(files)
	if err != nil {
		return Transfer{}, FileError("stage", "", err)
	}
	s := &stager{fsys: fsys, dir: dir}
	if err := persist(ctx, func() error { s.manifest, err = readManifest(ctx, fsys, dir); return err }); err != nil {
		return Transfer{}, FileError("stage", "", err)
	}
	err = s.all(ctx, items)
	if s.manifest.changed { // also after a failure: what was carried over is there
		err = errors.Join(err, persist(ctx, func() error { return s.manifest.write(ctx, fsys, dir) }))
	}
	return s.done, FileError("stage", "", err)
}

func (s *stager) all(ctx context.Context, items []item) error {
	group, ctx := errgroup.WithContext(ctx)
	hashed := make(chan item, 1)
	group.Go(func() (err error) {
		defer close(hashed)
		for _, it := range items {
			if it.sum, err = hashFile(ctx, it.from); err != nil {
				return err
			}
			select {
			case hashed <- it:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		for it := range hashed {
			if err := s.one(ctx, it); err != nil {
				return fmt.Errorf("%s: %w", it.rel, err)
			}
		}
		return nil
	})
	return group.Wait()
}

// one uploads a file unless it is there.
func (s *stager) one(ctx context.Context, it item) error {
	s.done.Files++
	target := path.Join(s.dir, it.rel)
	return persist(ctx, func() error {
		there, err := s.present(ctx, target, it)
		if err != nil || there {
			return err
		}
		if err := s.fsys.MkdirAll(ctx, path.Dir(target)); err != nil {
			return err
		}
		part := target + ".part-" + it.sum[:16]
		err = s.upload(ctx, part, it)
		if errors.Is(err, errChanged) { // the rest of an older attempt, or a file that is being written
			if err = s.fsys.Remove(ctx, part); err == nil {
				err = s.upload(ctx, part, it)
			}
		}
		if err != nil {
			return err
		}
		if err := s.fsys.Rename(ctx, part, target); err != nil {
			return err
		}
		s.done.Changed++
		return s.remember(ctx, target, it)
	})
}

// present reports whether the file is there as it should be.
func (s *stager) present(ctx context.Context, target string, it item) (bool, error) {
	info, err := s.fsys.Stat(ctx, target)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.Size() != it.size {
		return false, err
	}
	if was, ok := s.manifest.Files[it.rel]; ok && was.Time.Equal(info.ModTime()) && was.Size == info.Size() {
		return was.SHA256 == it.sum, nil
	}
	sum, err := s.fsys.Hash(ctx, target)
	if err != nil || sum != it.sum {
		return false, err
	}
	return true, s.remember(ctx, target, it)
}

func (s *stager) remember(ctx context.Context, target string, it item) error {
	info, err := s.fsys.Stat(ctx, target)
	if err != nil {
		return err
	}
	s.manifest.Files[it.rel] = staged{Size: it.size, SHA256: it.sum, Time: info.ModTime()}
	s.manifest.changed = true
	return nil
}

// errChanged: what arrived is not what was hashed.
var errChanged = errors.New("the file changed while it was uploaded")

// upload fills part from where it ends to the end, and proves it.
func (s *stager) upload(ctx context.Context, part string, it item) error {
	offset := int64(0)
	info, err := s.fsys.Stat(ctx, part)
	if err == nil {
		offset = resumeAt(info.Size(), it.size)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	from, err := os.Open(it.from)
	if err != nil {
		return err
	}
	defer from.Close()
	if _, err := from.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	w, err := s.fsys.Write(ctx, part, offset, it.mode)
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := copyChunks(ctx, w, io.TeeReader(from, hash))
	s.done.Bytes += n
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	s.done.Resumed += offset
	sum := hex.EncodeToString(hash.Sum(nil))
	if offset > 0 {
		if sum, err = s.fsys.Hash(ctx, part); err != nil {
			return err
		}
	}
	if sum != it.sum {
		return errChanged
	}
	return nil
}

// copyChunks writes whole chunks, one at a time.
func copyChunks(ctx context.Context, w io.Writer, r io.Reader) (written int64, err error) {
	buf := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			m, werr := w.Write(buf[:n])
			written += int64(m)
			if werr != nil {
				return written, werr
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return written, nil
		}
		if err != nil {
			return written, err
		}
	}
}

// expand finds the files, in order; folders are walked.
func expand(files []File) ([]item, error) {
	var items []item
	for _, f := range files {
		if !local(f.To) {
			return nil, &Error{Kind: Rejected, Op: "stage", Err: fmt.Errorf("file %q leaves the folder", f.To)}
		}
		err := filepath.WalkDir(f.From, func(name string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := os.Stat(name) // follows links to files
			if err != nil || !info.Mode().IsRegular() {
				return err
			}
			rel, err := filepath.Rel(f.From, name)
			items = append(items, item{
				from: name, rel: path.Join(f.To, filepath.ToSlash(rel)), mode: info.Mode().Perm(), size: info.Size(),
			})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

package ollama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/core/llm"
)

// File is a file that is uploaded.
type File struct {
	Path   string
	Digest string // sha256:… where it is known; else it is computed
}

// Blob is a file that the server has.
type Blob struct {
	Name   string // base name of the file
	Digest string
	Size   int64
	Sent   bool // false: the server had it
}

// Progress is told what an upload or a creation does; total is 0 where it is
// not known.
type Progress func(status string, done, total int64)

// Upload gives the server the files that it does not have. A file is hashed
// while the one before it is sent. When the server goes away in mid-upload, the
// file is sent again once it is back: Ollama takes blobs whole.
func (c *Client) Upload(ctx context.Context, files []File, progress Progress) ([]Blob, error) {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hashed := make(chan hashedFile, 1)
	go func() {
		defer close(hashed)
		for _, f := range files {
			digest, err := f.digest(ctx)
			select {
			case hashed <- hashedFile{f.Path, digest, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	var out []Blob
	for f := range hashed {
		if f.err != nil {
			return out, fmt.Errorf("upload %s: %w", f.path, f.err)
		}
		var b Blob
		err := c.Again(ctx, progress, func() (err error) {
			b, err = c.tryUpload(ctx, f.path, f.digest, progress)
			return err
		})
		if err != nil {
			return out, fmt.Errorf("upload %s: %w", f.path, err)
		}
		out = append(out, b)
	}
	if len(out) < len(files) {
		return out, fmt.Errorf("upload: %w", context.Cause(ctx))
	}
	return out, nil
}

type hashedFile struct {
	path, digest string
	err          error
}

func (f File) digest(ctx context.Context) (string, error) {
	if f.Digest != "" {
		return f.Digest, nil
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, &stopping{ctx, file}, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

// stopping ends reading with its context.
type stopping struct {
	ctx context.Context //nolint:containedctx // it is a reader of one call
	r   io.Reader
}

// Read implements io.Reader.
func (s *stopping) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.r.Read(p)
}

func (c *Client) tryUpload(ctx context.Context, path, digest string, progress Progress) (Blob, error) {
	file, err := os.Open(path)
	if err != nil {
		return Blob{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Blob{}, err
	}
	b := Blob{Name: filepath.Base(path), Digest: digest, Size: info.Size()}
	if has, err := c.has(ctx, digest); has || err != nil {
		return b, err
	}
	body := &counting{r: file, total: info.Size(), progress: progress, status: "uploading " + b.Name}
	resp, err := c.do(ctx, http.MethodPost, "api/blobs/"+digest, io.NopCloser(body), info.Size())
	if err != nil {
		return Blob{}, err
	}
	resp.Body.Close()
	b.Sent = true
	return b, nil
}

func (c *Client) has(ctx context.Context, digest string) (bool, error) {
	resp, err := c.do(ctx, http.MethodHead, "api/blobs/"+digest, nil, -1)
	if llm.IsKind(err, llm.ModelMissing) { // that is, the blob
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, resp.Body.Close()
}

// counting tells how much of a file was read.
type counting struct {
	r           io.Reader
	done, total int64
	progress    Progress
	status      string
}

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if n > 0 {
		c.progress(c.status, c.done, c.total)
	}
	return n, err
}

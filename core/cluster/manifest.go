package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"time"
)

// manifestName is where a folder says what was staged into it, so that nothing
// is read back to find out.
const manifestName = ".gorod/staged.json"

const maxManifest = 32 << 20

// manifest is what was staged into a folder.
type manifest struct {
	Files   map[string]staged `json:"files"` // by path in the folder
	changed bool
}

// staged is a file as it was when it had been uploaded. A file that somebody
// wrote since has another time, and is looked at again.
type staged struct {
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	Time   time.Time `json:"time"`
}

// readManifest: one that is not there or is damaged is empty, which only costs
// time.
func readManifest(ctx context.Context, fsys FS, dir string) (manifest, error) {
	m := manifest{Files: map[string]staged{}}
	f, err := fsys.Open(ctx, path.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return m, err
	}
	if json.Unmarshal(data, &m) != nil || m.Files == nil {
		m.Files = map[string]staged{}
	}
	return m, nil
}

func (m manifest) write(ctx context.Context, fsys FS, dir string) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	name := path.Join(dir, manifestName)
	if err := fsys.MkdirAll(ctx, path.Dir(name)); err != nil {
		return err
	}
	w, err := fsys.Write(ctx, name+".part", 0, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(data))
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	return fsys.Rename(ctx, name+".part", name)
}

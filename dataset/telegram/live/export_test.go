package live

import "os"

// What tests outside of the package need of its inside.

// WriteTo has a client write to a disk.
func (c *Client) WriteTo(d Hooked) { c.disk = d }

// Hooked is a disk whose writes pass through functions.
type Hooked struct {
	Write  func(f *os.File, b []byte, at int64) (int, error)
	Change func(do func() error) error // each sync, truncation, replacement
}

func (h Hooked) open(path string) (file, error) {
	f, err := osDisk{}.open(path)
	if err != nil {
		return nil, err
	}
	return hookedFile{f.(*os.File), h}, nil
}

func (h Hooked) replace(path string, content []byte) error {
	return h.Change(func() error { return osDisk{}.replace(path, content) })
}

type hookedFile struct {
	*os.File
	hooks Hooked
}

func (f hookedFile) WriteAt(b []byte, at int64) (int, error) { return f.hooks.Write(f.File, b, at) }
func (f hookedFile) Sync() error                             { return f.hooks.Change(func() error { return nil }) }
func (f hookedFile) Truncate(size int64) error {
	return f.hooks.Change(func() error { return f.File.Truncate(size) })
}

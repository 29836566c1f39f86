package gguf

import (
	"bytes"
	"context"
)

// Single and Half are for tests of this package.
func Single(h uint16) float32 { return single(h) }

// Half rounds.
func Half(x float32) uint16 { return half(x) }

// Disk has room for so many bytes.
type Disk struct {
	Room int64
	Err  error
}

// Name implements output.
func (d *Disk) Name() string { return "out.gguf" }

// Reserve implements output: this disk tells late that it is full.
func (d *Disk) Reserve(int64) error { return nil }

// WriteAt implements output.
func (d *Disk) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > d.Room {
		return 0, d.Err
	}
	return len(p), nil
}

// Written implements output.
func (d *Disk) Written(int64) {}

// Sync implements output.
func (d *Disk) Sync() error { return nil }

// WriteTo converts a model to a disk.
func WriteTo(ctx context.Context, dir string, d *Disk) error {
	c, err := readConfig(dir)
	if err != nil {
		return err
	}
	a, _ := architectureOf(c)
	return write(ctx, dir, d, a, c, Options{}, &Result{})
}

// InspectBytes inspects a file in memory.
func InspectBytes(raw []byte) (Info, error) { return inspect(bytes.NewReader(raw), int64(len(raw))) }

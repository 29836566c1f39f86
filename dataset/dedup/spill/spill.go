// Package spill groups records by key without holding them in memory: they are
// written in parts to one temporary file, and read back part by part.
package spill

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
)

// Record says that an item has a key. More and Rest go along: the rest of a
// longer key, or what is known of the item.
type Record struct {
	Key, More, Rest uint64
	Item            uint32
}

const (
	width       = 8 + 8 + 8 + 4 // of a record in the file
	writerBytes = 8 << 20       // that a writer gathers at most
	blockBytes  = 32 << 10      // of a part that are written at once, or less where there are many parts
)

// File holds records in parts. Its writers may be used at the same time; it is
// read when they have been flushed.
type File struct {
	file  *os.File
	mu    sync.Mutex
	end   int64
	parts []part
	block int // bytes
}

type part struct {
	blocks []block
	bytes  int64
}

type block struct {
	at   int64
	size int32
}

// Create makes a file for that many parts in a directory ("" for that of the
// system). Close removes it.
func Create(dir string, parts int) (*File, error) {
	f, err := os.CreateTemp(dir, "spill-*")
	if err != nil {
		return nil, fmt.Errorf("spill: %w", err)
	}
	block := max(1, min(blockBytes, writerBytes/parts)/width) * width
	return &File{file: f, parts: make([]part, parts), block: block}, nil
}

// Close removes the file.
func (f *File) Close() error {
	err := f.file.Close()
	if e := os.Remove(f.file.Name()); err == nil {
		err = e
	}
	return err
}

// Len is the number of records of a part.
func (f *File) Len(p int) int { return int(f.parts[p].bytes / width) }

// Bytes is the size of the file.
func (f *File) Bytes() int64 { return f.end }

func (f *File) append(p int, data []byte) error {
	f.mu.Lock()
	at := f.end
	f.end += int64(len(data))
	f.parts[p].blocks = append(f.parts[p].blocks, block{at, int32(len(data))})
	f.parts[p].bytes += int64(len(data))
	f.mu.Unlock()
	if _, err := f.file.WriteAt(data, at); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

// Each hands over the records of a part, in no certain order.
func (f *File) Each(p int, visit func(Record)) error {
	data := make([]byte, f.block)
	for _, b := range f.parts[p].blocks {
		if _, err := f.file.ReadAt(data[:b.size], b.at); err != nil {
			return fmt.Errorf("spill: read: %w", err)
		}
		for r := data[:b.size]; len(r) > 0; r = r[width:] {
			visit(Record{
				binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint64(r[8:]), binary.LittleEndian.Uint64(r[16:]),
				binary.LittleEndian.Uint32(r[24:]),
			})
		}
	}
	return nil
}

// Load is all the records of a part, in no certain order.
func (f *File) Load(p int) ([]Record, error) {
	into := make([]Record, 0, f.Len(p))
	err := f.Each(p, func(r Record) { into = append(into, r) })
	return into, err
}

// Writer gathers records of one goroutine.
type Writer struct {
	file  *File
	parts [][]byte
}

// Writer begins to write.
func (f *File) Writer() *Writer { return &Writer{file: f, parts: make([][]byte, len(f.parts))} }

// Put adds a record to a part.
func (w *Writer) Put(p int, r Record) error {
	data := w.parts[p]
	if data == nil {
		data = make([]byte, 0, w.file.block)
	}
	data = binary.LittleEndian.AppendUint64(data, r.Key)
	data = binary.LittleEndian.AppendUint64(data, r.More)
	data = binary.LittleEndian.AppendUint64(data, r.Rest)
	data = binary.LittleEndian.AppendUint32(data, r.Item)
	w.parts[p] = data
	if len(data) < w.file.block {
		return nil
	}
	w.parts[p] = data[:0]
	return w.file.append(p, data)
}

// Flush writes what is gathered; the Writer is not used after it.
func (w *Writer) Flush() error {
	for p, data := range w.parts {
		if len(data) == 0 {
			continue
		}
		if err := w.file.append(p, data); err != nil {
			return err
		}
	}
	w.parts = nil
	return nil
}

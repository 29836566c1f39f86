package parquet

import "github.com/parquet-go/parquet-go"

// rowsPerWrite is how many rows are handed to the vendor's writer at once.
const rowsPerWrite = 256

// Writer writes rows of a Go type, whose fields name their columns by tags.
type Writer[T any] struct {
	*File
	put     func([]T) (int, error)
	waiting []T
}

// Create makes a file of rows.
func Create[T any](path string, l *Layout) (*Writer[T], error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	w := parquet.NewGenericWriter[T](f.temp, l.options...)
	return newWriter(f, w, w.Write), nil
}

func newWriter[T any](f *File, vendor vendorWriter, put func([]T) (int, error)) *Writer[T] {
	w := &Writer[T]{File: f, put: put}
	f.writer, f.flush = vendor, w.flush
	return w
}

// Write adds rows.
func (w *Writer[T]) Write(rows []T) error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.write(rows)
}

// Add adds a row.
func (w *Writer[T]) Add(row T) error {
	w.waiting = append(w.waiting, row)
	if len(w.waiting) < rowsPerWrite {
		return nil
	}
	return w.flush()
}

func (w *Writer[T]) flush() error {
	if err := w.write(w.waiting); err != nil {
		return err
	}
	clear(w.waiting)
	w.waiting = w.waiting[:0]
	return nil
}

func (w *Writer[T]) write(rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := w.put(rows)
	return w.failed(err)
}

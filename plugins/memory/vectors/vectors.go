// Package vectors holds unit vectors by key and searches them exactly: every
// answer is that of a comparison with every row.
//
// A Table is not safe for concurrent use by writers; any number of readers may
// use it at once while nobody writes.
package vectors

import (
	"fmt"
	"math"
)

// Table holds vectors of one dimension, a row for each key. Rows are numbered
// from 0 without gaps; Remove moves the last row into the gap.
type Table struct {
	dim  int
	keys []string
	rows map[string]int
	data []float32 // row by row

	packed *packed // the same, for estimates; nil where there are few rows
}

// New makes an empty table. The first vector decides the dimension.
func New() *Table { return &Table{rows: map[string]int{}} }

// Len is the number of rows.
func (t *Table) Len() int { return len(t.keys) }

// Dim is the dimension of the vectors; 0 where there are none.
func (t *Table) Dim() int { return t.dim }

// Key is the key of a row from 0 to Len-1.
func (t *Table) Key(row int) string { return t.keys[row] }

// Row is where a key's vector is.
func (t *Table) Row(key string) (int, bool) {
	row, ok := t.rows[key]
	return row, ok
}

// Vector is a row's vector. It must not be changed, and is good until the next
// Put or Remove.
func (t *Table) Vector(row int) []float32 { return t.data[row*t.dim : (row+1)*t.dim : (row+1)*t.dim] }

// Put adds a vector or replaces the key's. It copies v. Vectors of no dimension
// or of another one than the table's, and those whose length is not 1, are
// refused.
func (t *Table) Put(key string, v []float32) error {
	if len(v) == 0 || len(t.keys) > 0 && len(v) != t.dim {
		return fmt.Errorf("vector of %q has %d dimensions, want %d", key, len(v), max(1, t.dim))
	}
	if !Unit(v) {
		return fmt.Errorf("vector of %q has length %.6g, want 1", key, math.Sqrt(square(v)))
	}
	t.dim = len(v)
	row, known := t.rows[key]
	if !known {
		row = len(t.keys)
		t.keys = append(t.keys, key)
		t.rows[key] = row
		t.data = append(t.data, v...)
	} else {
		copy(t.Vector(row), v)
	}
	t.pack(row)
	return nil
}

// Unit reports whether a vector is of length 1, or as near as float32 and
// servers come. One with a NaN is not.
func Unit(v []float32) bool { return math.Abs(math.Sqrt(square(v))-1) <= unitWithin }

// pack keeps the packed table in step with a row, once there is one.
func (t *Table) pack(row int) {
	if t.packed != nil {
		t.packed.set(row, t.Vector(row))
		return
	}
	if len(t.keys) != packedFrom {
		return
	}
	if t.packed = newPacked(t.dim); t.packed == nil {
		return
	}
	for row := range t.keys {
		t.packed.set(row, t.Vector(row))
	}
}

// Remove drops a key's row, if there is one. The last row takes its number. A
// table that is empty again takes vectors of any dimension.
func (t *Table) Remove(key string) {
	row, ok := t.rows[key]
	if !ok {
		return
	}
	end := len(t.keys) - 1
	copy(t.Vector(row), t.Vector(end))
	if t.packed != nil {
		t.packed.set(row, t.Vector(row))
		t.packed.truncate(end)
	}
	t.keys[row] = t.keys[end]
	t.rows[t.keys[row]] = row
	delete(t.rows, key)
	t.keys[end] = ""
	t.keys, t.data = t.keys[:end], t.data[:end*t.dim]
	if end == 0 {
		t.dim, t.packed = 0, nil
	}
}

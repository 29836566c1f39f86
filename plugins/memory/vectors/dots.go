package vectors

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Dots is the dot product of query with every row, by row: the cosines, where
// all are unit vectors. It reuses the memory of into, which may be nil. With a
// query of another dimension than the table's every product is 0.
func (t *Table) Dots(query, into []float32) []float32 {
	into = resize(into, t.Len())
	if len(query) != t.dim {
		clear(into)
		return into
	}
	split(t.Len(), t.dim, func(from, to int) {
		for row := from; row < to; row++ {
			into[row] = dot(query, t.Vector(row))
		}
	})
	return into
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// dot sums in eight lanes, in an order that is the same on every machine: the
// conversions forbid fused multiplication and addition.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	for len(a) >= 8 && len(b) >= 8 {
		x, y := (*[8]float32)(a), (*[8]float32)(b)
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		s4 += float32(x[4] * y[4])
		s5 += float32(x[5] * y[5])
		s6 += float32(x[6] * y[6])
		s7 += float32(x[7] * y[7])
		a, b = a[8:], b[8:]
	}
	for i := range a {
		s0 += float32(a[i] * b[i])
	}
	return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))
}

const (
	worthSplitting = 1 << 17 // multiplications that a goroutine is worth
	worthTaking    = 1 << 15 // multiplications that a goroutine takes at a time
)

// split has parts of the rows worked on at once, where that is worth it. Parts
// are handed out as they are done: where others keep a processor busy, its
// share goes to the rest.
func split(rows, dim int, work func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), rows*dim/worthSplitting)
	if workers < 2 {
		work(0, rows)
		return
	}
	part := max(1, worthTaking/dim)
	var wait sync.WaitGroup
	var next atomic.Int64
	for range workers {
		wait.Go(func() {
			for {
				to := int(next.Add(int64(part)))
				if to-part >= rows {
					return
				}
				work(to-part, min(to, rows))
			}
		})
	}
	wait.Wait()
}

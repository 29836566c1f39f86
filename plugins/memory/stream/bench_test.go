package stream

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

const (
	lifetime  = 100_000 // memories
	dimension = 256     // of the offline embedding
)

func direction(r *rand.Rand) []float32 {
	v := make([]float32, dimension)
	var sum float64
	for i := range v {
		x := r.NormFloat64()
		v[i] = float32(x)
		sum += x * x
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

// lived is a mind with many memories, accessed at different times.
func lived(tb testing.TB, form string, n int) *mind {
	tb.Helper()
	c, err := readConfig([]byte(`{"form":"` + form + `"}`))
	if err != nil {
		tb.Fatal(err)
	}
	m, r := newMind(&c), rand.New(rand.NewPCG(1, 1))
	for i := range int64(n) {
		e := &entry{Seq: i, Tick: i / 10, Time: i * 360, Used: i*360 + r.Int64N(3600*24*30), Kind: "post", Text: fmt.Sprint(i), Importance: 1 + r.IntN(10)}
		if err := m.hold(e, direction(r)); err != nil {
			tb.Fatal(err)
		}
	}
	m.cursor.Now = int64(n) * 360
	return m
}

func BenchmarkRecallOf100000(b *testing.B) {
	for _, form := range []string{formPaper, formCode} {
		b.Run(form, func(b *testing.B) {
			m, r := lived(b, form, lifetime), rand.New(rand.NewPCG(2, 2))
			p := probe{now: m.cursor.Now, before: math.MaxInt64, vector: direction(r), count: 20}
			buffers := &sync.Pool{}
			b.ReportAllocs()
			for b.Loop() {
				if len(m.search(p, buffers)) != 20 {
					b.Fatal("found too few")
				}
			}
		})
	}
}

// BenchmarkGemv is what the others are measured by: a plain matrix-vector
// product over the same data.
func BenchmarkGemv(b *testing.B) {
	m := lived(b, formPaper, lifetime)
	a := blas32.General{Rows: lifetime, Cols: dimension, Stride: dimension}
	for row := range lifetime {
		a.Data = append(a.Data, m.table.Vector(row)...)
	}
	x := blas32.Vector{N: dimension, Inc: 1, Data: slices.Clone(m.table.Vector(7))}
	y := blas32.Vector{N: lifetime, Inc: 1, Data: make([]float32, lifetime)}
	for b.Loop() {
		blas32.Gemv(blas.NoTrans, 1, a, x, 0, y)
	}
}

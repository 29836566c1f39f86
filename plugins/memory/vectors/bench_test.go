package vectors_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-city/gorod/plugins/memory/vectors"
)

const (
	memories  = 100_000
	dimension = 256 // of the offline embedding
)

func filled(b *testing.B, r *rand.Rand) *vectors.Table {
	table := vectors.New()
	for i := range memories {
		put(b, table, fmt.Sprint(i), unit(r, dimension))
	}
	return table
}

// BenchmarkGemv is what others are measured by: a plain matrix-vector product.
func BenchmarkGemv(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	a := blas32.General{Rows: memories, Cols: dimension, Stride: dimension}
	for range memories {
		a.Data = append(a.Data, unit(r, dimension)...)
	}
	x := blas32.Vector{N: dimension, Inc: 1, Data: unit(r, dimension)}
	y := blas32.Vector{N: memories, Inc: 1, Data: make([]float32, memories)}
	b.SetBytes(memories * dimension * 4)
	for b.Loop() {
		blas32.Gemv(blas.NoTrans, 1, a, x, 0, y)
	}
}

func BenchmarkDots(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	table, query := filled(b, r), unit(r, dimension)
	var into []float32
	b.SetBytes(memories * dimension * 4)
	for b.Loop() {
		into = table.Dots(query, into)
	}
}

func BenchmarkEstimate(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	table, query := filled(b, r), unit(r, dimension)
	var into []float32
	b.SetBytes(memories * dimension * 4)
	for b.Loop() {
		into, _ = table.Estimate(query, into)
	}
}

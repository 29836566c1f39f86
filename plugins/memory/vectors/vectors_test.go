package vectors_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/vectors"
)

// unit is a random unit vector.
func unit(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
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

// plain is the dot product as it is defined.
func plain(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func put(tb testing.TB, t *vectors.Table, key string, v []float32) {
	tb.Helper()
	if err := t.Put(key, v); err != nil {
		tb.Fatal(err)
	}
}

func TestATableHoldsWhatAMapWouldHold(t *testing.T) {
	t.Parallel()
	for _, dim := range []int{1, 3, 8, 13, 256} {
		r := rand.New(rand.NewPCG(1, uint64(dim)))
		table, want := vectors.New(), map[string][]float32{}
		for range 2000 {
			key := fmt.Sprint("k", r.IntN(60))
			if r.IntN(3) == 0 {
				table.Remove(key)
				delete(want, key)
				continue
			}
			v := unit(r, dim)
			put(t, table, key, v)
			want[key] = v
		}
		query := unit(r, dim)
		dots := table.Dots(query, nil)
		if table.Len() != len(want) || len(dots) != len(want) || table.Dim() != dim {
			t.Fatalf("dim %d: %d rows, %d products of %d", dim, table.Len(), len(dots), len(want))
		}
		for key, v := range want {
			row, ok := table.Row(key)
			if !ok || table.Key(row) != key {
				t.Fatalf("dim %d: %s is not in its row", dim, key)
			}
			if got := float64(dots[row]); math.Abs(got-plain(query, v)) > 1e-6 {
				t.Errorf("dim %d: product %v, want %v", dim, got, plain(query, v))
			}
		}
	}
}

func TestProductsDoNotDependOnHowWorkIsSplit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	table := vectors.New()
	for i := range 5000 {
		put(t, table, fmt.Sprint(i), unit(r, 100))
	}
	query := unit(r, 100)
	all := table.Dots(query, make([]float32, 0, 10))
	for i := range 5000 {
		one := vectors.New()
		put(t, one, "", table.Vector(i))
		if got := one.Dots(query, nil)[0]; got != all[i] {
			t.Fatalf("row %d: %v alone, %v among others", i, got, all[i])
		}
	}
}

func TestAnotherDimensionIsRefused(t *testing.T) {
	t.Parallel()
	table := vectors.New()
	for name, v := range map[string][]float32{"none": nil, "short": {0.5, 0.5}, "zero": {0, 0}, "nan": {float32(math.NaN()), 1}, "inf": {float32(math.Inf(1))}} {
		if table.Put(name, v) == nil {
			t.Errorf("took the vector %s", name)
		}
	}
	put(t, table, "a", []float32{1, 0})
	if table.Put("b", []float32{1, 0, 0}) == nil || table.Put("a", []float32{1}) == nil {
		t.Error("took a vector of another dimension")
	}
	if got := table.Dots([]float32{1, 2, 3}, []float32{7}); len(got) != 1 || got[0] != 0 {
		t.Errorf("products with a query of another dimension: %v", got)
	}
	if _, ok := table.Row("b"); ok || table.Len() != 1 {
		t.Error("keeps what it refused")
	}
	table.Remove("nobody")
	table.Remove("a")
	put(t, table, "b", []float32{1, 0, 0})
}

// words are vectors as the offline embedding makes them: few coordinates, alike
// or the same.
func words(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for range 1 + r.IntN(12) {
		v[r.IntN(min(dim, 30))] += float32(1 - 2*r.IntN(2))
	}
	v[dim-1]++
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		v[dim-1], sum = 1, 1
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func TestEstimatesStayWithinTheirBound(t *testing.T) {
	t.Parallel()
	for _, dim := range []int{2, 7, 64, 256, 1024} {
		r := rand.New(rand.NewPCG(7, uint64(dim)))
		for name, make := range map[string]func(*rand.Rand, int) []float32{"dense": unit, "sparse": words} {
			table := vectors.New()
			for i := range 2500 { // past where estimates begin, some replaced, some removed
				put(t, table, fmt.Sprint(i), make(r, dim))
				put(t, table, fmt.Sprint(r.IntN(i+1)), make(r, dim))
				if i%7 == 0 {
					table.Remove(fmt.Sprint(r.IntN(i + 1)))
				}
			}
			for scale := range 3 {
				query := make(r, dim)
				for i := range query {
					query[i] *= float32(scale) * 3
				}
				estimates, within := table.Estimate(query, nil)
				if len(estimates) != table.Len() || within > 0.05*3*float64(scale)+1e-12 {
					t.Fatalf("%s of %d: %d estimates within %v", name, dim, len(estimates), within)
				}
				for row, e := range estimates {
					exact := table.Dot(query, row)
					if math.Abs(exact-plain(query, table.Vector(row))) > 1e-12 {
						t.Fatalf("%s of %d: product %v", name, dim, exact)
					}
					if off := math.Abs(float64(e) - exact); off > within {
						t.Fatalf("%s of %d, row %d: %v off, said to be within %v", name, dim, row, off, within)
					}
				}
			}
		}
	}
}

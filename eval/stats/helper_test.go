package stats_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// near fails where a number is not the one expected, within a tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.8g, not %.8g ± %.2g", what, got, want, tolerance)
	}
}

// interval fails where the ends are not the ones expected.
func interval(t *testing.T, e stats.Estimate, low, high, tolerance float64) {
	t.Helper()
	if e.Why != "" || e.Open != "" {
		t.Fatalf("no interval: %q %q", e.Why, e.Open)
	}
	near(t, string(e.Method)+": the lower end", e.Low, low, tolerance)
	near(t, string(e.Method)+": the upper end", e.High, high, tolerance)
}

// pairsOf makes pairs of two rows of numbers, independent of each other.
func pairsOf(a, b []float64) []stats.Pair {
	out := make([]stats.Pair, len(a))
	for i := range a {
		out[i] = stats.Pair{ID: fmt.Sprintf("i%04d", i), A: a[i], B: b[i]}
	}
	return out
}

// against0 makes pairs of differences.
func against0(ds ...float64) []stats.Pair { return pairsOf(ds, make([]float64, len(ds))) }

func valuesOf(xs ...float64) []stats.Value {
	out := make([]stats.Value, len(xs))
	for i, x := range xs {
		out[i] = stats.Value{ID: fmt.Sprintf("i%04d", i), Value: x}
	}
	return out
}

func seeded(name string) stats.Options { return stats.Options{Rand: stats.Stream(1, name)} }

// finiteThroughout fails where a field, at any depth, is NaN or infinite.
func finiteThroughout(t *testing.T, what string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Float64:
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			t.Errorf("%s is %v", what, v.Float())
		}
	case reflect.Interface:
		finiteThroughout(t, what, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			finiteThroughout(t, what+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			finiteThroughout(t, fmt.Sprintf("%s[%d]", what, i), v.Index(i))
		}
	default:
	}
}

// darwin are the differences in height of Zea mays, crossed and self-fertilised,
// in eighths of an inch (Fisher 1935, The Design of Experiments, §17).
func darwin() []float64 {
	return []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}
}

// sleep is the extra sleep under two drugs (Student 1908; R's data set).
func sleep() (a, b []float64) {
	return []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
		[]float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
}

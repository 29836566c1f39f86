package stats_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// BenchmarkBCa is 10,000 resamples of 10,000 pairs; -cpu 1 gives what one core
// takes.
func BenchmarkBCa(b *testing.B) {
	for _, size := range []int{1, 5} {
		pairs := make([]stats.Pair, 10_000)
		draw := stats.Stream(1, "bench")
		for i := range pairs {
			pairs[i] = stats.Pair{ID: strconv.Itoa(i), Cluster: fmt.Sprint(i / size), A: draw.NormFloat64(), B: draw.NormFloat64()}
		}
		b.Run(fmt.Sprintf("cluster=%d", size), func(b *testing.B) {
			for b.Loop() {
				stats.MeanDifference(pairs, stats.Options{Rand: stats.Stream(1, "bca")})
			}
		})
	}
}

// BenchmarkCompare is everything that is said of a comparison of 10,000 items.
func BenchmarkCompare(b *testing.B) {
	draw := stats.Stream(1, "bench")
	x, y := make([]stats.Value, 10_000), make([]stats.Value, 10_000)
	for i := range x {
		x[i] = stats.Value{ID: strconv.Itoa(i), Value: draw.NormFloat64()}
		y[i] = stats.Value{ID: strconv.Itoa(i), Value: draw.NormFloat64()}
	}
	for b.Loop() {
		stats.Compare(x, y, false, stats.Options{Rand: stats.Stream(1, "compare")})
	}
}

// BenchmarkRank is eight subjects and 5,600 verdicts with 10,000 refits.
func BenchmarkRank(b *testing.B) {
	verdicts := played(8, 100, 0.3, 0, stats.Stream(1, "bench"))
	for b.Loop() {
		stats.Rank(verdicts, false, stats.Options{Rand: stats.Stream(1, "rank")})
	}
}

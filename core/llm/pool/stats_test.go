package pool

import (
	"testing"
	"time"
)

func TestQuantilesAreExactToAQuarter(t *testing.T) {
	t.Parallel()
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Count() != 0 {
		t.Error("an empty histogram has a median")
	}
	for ms := range 1000 {
		h.add(time.Duration(ms+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0.1: 100 * time.Millisecond, 0.5: 500 * time.Millisecond, 0.99: 990 * time.Millisecond, 1: time.Second} {
		if got := h.Quantile(q); got < want || float64(got) > 1.26*float64(want) {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}

func TestEveryDurationHasItsBucket(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{-1, 0, 1, time.Microsecond, 3 * time.Microsecond, 4 * time.Microsecond, time.Millisecond, time.Hour, 1 << 62} {
		i := bucketOf(d)
		if whole := max(d, 0).Truncate(time.Microsecond); floor(i) > whole || floor(i+1) <= whole && i+1 < len(Histogram{}.buckets) {
			t.Errorf("%v is in bucket %d: %v…%v", d, i, floor(i), floor(i+1))
		}
	}
}

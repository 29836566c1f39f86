package encoder

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBatchesAreOfLikeLengthsAndPaddedLittle(t *testing.T) {
	t.Parallel()
	counts := paddedCounts(16)
	if diff := cmp.Diff([]int{1, 4, 16}, counts); diff != "" {
		t.Error(diff)
	}
	lengths := paddedLengths(100)
	if diff := cmp.Diff([]int{16, 24, 32, 48, 64, 96, 100}, lengths); diff != "" {
		t.Error(diff)
	}
	var encoded [][]uint32
	for _, n := range []int{90, 3, 2, 100, 16, 17, 2, 92, 4, 5} {
		encoded = append(encoded, make([]uint32, n))
	}
	want := [][]int{{1, 4, 8, 9}, {5}, {0}, {7}, {3}}
	if diff := cmp.Diff(want, slices.Collect(batches(encoded, lengths, counts))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for n, size := range map[int]int{1: 1, 2: 1, 3: 3, 4: 4, 11: 4, 12: 12, 15: 15, 40: 16} {
		if got := fitting(n, counts); got != size {
			t.Errorf("%d of %d texts in a batch, want %d", got, n, size)
		}
	}
	for range batches(encoded, lengths, counts) {
		break // whoever is no longer interested may stop
	}
}

//go:build !race

package parquet_test

import (
	"bytes"
	"testing"
)

// Not with the race detector: what it adds ends the program where the library
// would panic, which is turned into an error.

// The vendor's reader panics where bytes of a file contradict each other.
func TestAByteThatWasChangedIsToldOfAndNoMore(t *testing.T) {
	t.Parallel()
	good, told := whole(t), 0
	for at := range good {
		content := bytes.Clone(good)
		content[at] ^= 0x80
		if _, err := read(file(t, content)); err != nil {
			told++
		}
	}
	if told < len(good)/3 {
		t.Errorf("%d of %d changes are told of", told, len(good))
	}
}

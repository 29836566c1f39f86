package cassette

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
)

func number(i int) Key { return sha256.Sum256(binary.AppendVarint(nil, int64(i))) }

func TestKnownKeysAreNeverMissedAndOthersSeldomFound(t *testing.T) {
	t.Parallel()
	const n = 200_000
	var k known
	if k.maybe(number(0)) {
		t.Error("an empty filter knows a key")
	}
	for i := range n {
		k.add(number(i))
	}
	for i := range n {
		if !k.maybe(number(i)) {
			t.Fatalf("key %d is missed", i)
		}
	}
	wrong := 0
	for i := n; i < 2*n; i++ {
		if k.maybe(number(i)) {
			wrong++
		}
	}
	if share := float64(wrong) / n; share > 0.05 {
		t.Errorf("%.3f of the unknown keys are taken for known", share)
	}
}

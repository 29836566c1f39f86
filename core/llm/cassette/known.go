package cassette

import "encoding/binary"

// known tells for most keys that are not in the file that they are not, which
// saves a look-up: most calls of a run are new. It is a chain of Bloom filters,
// each twice the size of the one before.
type known struct{ filters []filter }

type filter struct {
	bits []uint64
	room int // keys that it still takes
}

const (
	firstRoom  = 1 << 14
	bitsPerKey = 10
	probes     = 6 // of the 8 words of a key: a share of 1% is taken for known wrongly
)

// add notes a key.
func (k *known) add(key Key) {
	if len(k.filters) == 0 || k.filters[len(k.filters)-1].room == 0 {
		room := firstRoom << len(k.filters)
		k.filters = append(k.filters, filter{make([]uint64, room*bitsPerKey/64), room})
	}
	f := &k.filters[len(k.filters)-1]
	f.room--
	for i := range probes {
		word, bit := f.at(key, i)
		f.bits[word] |= bit
	}
}

// maybe is false for keys that were not added.
func (k *known) maybe(key Key) bool {
	for i := range k.filters {
		if k.filters[i].has(key) {
			return true
		}
	}
	return false
}

func (f *filter) has(key Key) bool {
	for i := range probes {
		if word, bit := f.at(key, i); f.bits[word]&bit == 0 {
			return false
		}
	}
	return true
}

// at is the place of a key's i-th bit: its bytes are as good as random.
func (f *filter) at(key Key, i int) (word int, bit uint64) {
	n := uint64(binary.LittleEndian.Uint32(key[4*i:])) % uint64(64*len(f.bits))
	return int(n / 64), 1 << (n % 64)
}

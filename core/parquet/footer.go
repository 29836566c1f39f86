package parquet

import (
	"encoding/binary"
	"fmt"
)

// Types of Thrift's compact protocol, which a footer is written in.
const (
	typeStop = iota
	typeTrue
	typeFalse
	typeByte
	typeInt16
	typeInt32
	typeInt64
	typeDouble
	typeBinary
	typeList
	typeSet
	typeMap
	typeStruct
	typeUUID
)

// maxDepth is how deep structs may stand within each other: of a footer they are
// six deep.
const maxDepth = 32

// modest refuses a footer whose lists announce more than they can hold, or than
// a reader should make room for: the vendor's makes room first.
func modest(footer []byte) error {
	w := walk{rest: footer}
	if !w.record(0) {
		return errNoParquet
	}
	if w.listed > maxListed {
		return fmt.Errorf("its footer lists more than %d things", maxListed)
	}
	return nil
}

// walk goes through a struct. Its methods say whether there is one.
type walk struct {
	rest   []byte
	listed int // elements of lists so far; too many end the walk
}

func (w *walk) skip(n uint64) bool {
	if n > uint64(len(w.rest)) {
		return false
	}
	w.rest = w.rest[n:]
	return true
}

func (w *walk) byte() (b byte, ok bool) {
	if len(w.rest) == 0 {
		return 0, false
	}
	b, w.rest = w.rest[0], w.rest[1:]
	return b, true
}

func (w *walk) number() (uint64, bool) {
	n, size := binary.Uvarint(w.rest)
	return n, size > 0 && w.skip(uint64(size))
}

func (w *walk) record(depth int) bool {
	for depth < maxDepth && w.listed <= maxListed {
		header, ok := w.byte()
		if !ok || header == typeStop {
			return ok
		}
		if header>>4 == 0 { // its number follows
			if _, ok := w.number(); !ok {
				return false
			}
		}
		if kind := header & 0xf; kind != typeTrue && kind != typeFalse && !w.value(kind, depth) {
			return false
		}
	}
	return depth < maxDepth
}

func (w *walk) value(kind byte, depth int) bool {
	switch kind {
	case typeTrue, typeFalse, typeByte: // the first two in lists
		return w.skip(1)
	case typeInt16, typeInt32, typeInt64:
		_, ok := w.number()
		return ok
	case typeDouble:
		return w.skip(8)
	case typeUUID:
		return w.skip(16)
	case typeBinary:
		n, ok := w.number()
		return ok && w.skip(n)
	case typeList, typeSet:
		return w.list(depth)
	case typeMap:
		return w.pairs(depth)
	case typeStruct:
		return w.record(depth + 1)
	default:
		return false
	}
}

func (w *walk) list(depth int) bool {
	header, ok := w.byte()
	if !ok {
		return false
	}
	n := uint64(header >> 4)
	if n == 0xf {
		if n, ok = w.number(); !ok {
			return false
		}
	}
	return w.elements(n, depth, header&0xf)
}

func (w *walk) pairs(depth int) bool {
	n, ok := w.number()
	if !ok || n == 0 {
		return ok
	}
	kinds, ok := w.byte()
	return ok && w.elements(n, depth, kinds>>4, kinds&0xf)
}

// elements walks n elements, each of which takes a byte at least.
func (w *walk) elements(n uint64, depth int, kinds ...byte) bool {
	if n > uint64(len(w.rest)) || depth >= maxDepth {
		return false
	}
	w.listed += int(n)
	for range n {
		for _, kind := range kinds {
			if w.listed > maxListed {
				return true
			}
			if !w.value(kind, depth+1) {
				return false
			}
		}
	}
	return true
}

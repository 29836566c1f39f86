package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// version of the GGUF format.
const version = 3

// types of GGUF's values.
const (
	typeUint8   = 0
	typeInt8    = 1
	typeUint16  = 2
	typeInt16   = 3
	typeUint32  = 4
	typeInt32   = 5
	typeFloat32 = 6
	typeBool    = 7
	typeString  = 8
	typeArray   = 9
	typeUint64  = 10
	typeInt64   = 11
	typeFloat64 = 12
)

// encoder appends GGUF's values.
type encoder struct{ bytes.Buffer }

func (e *encoder) u32(n uint32) { e.Write(binary.LittleEndian.AppendUint32(e.AvailableBuffer(), n)) }
func (e *encoder) u64(n uint64) { e.Write(binary.LittleEndian.AppendUint64(e.AvailableBuffer(), n)) }

func (e *encoder) text(s string) {
	e.u64(uint64(len(s)))
	e.WriteString(s)
}

func (e *encoder) bool(b bool) {
	if b {
		e.WriteByte(1)
	} else {
		e.WriteByte(0)
	}
}

// header is all that comes before the tensors' data, padded to the alignment.
func header(kv metadata, tensors []*planned) ([]byte, error) {
	e := &encoder{}
	e.WriteString("GGUF")
	e.u32(version)
	e.u64(uint64(len(tensors)))
	e.u64(uint64(len(kv)))
	for _, key := range slices.Sorted(maps.Keys(kv)) {
		e.text(key)
		if err := e.value(kv[key]); err != nil {
			return nil, fmt.Errorf("key %s: %w", key, err)
		}
	}
	for _, t := range tensors {
		e.text(t.rule.name)
		shape := t.shape()
		e.u32(uint32(len(shape)))
		for _, d := range slices.Backward(shape) { // the fastest first
			e.u64(d)
		}
		e.u32(t.kind)
		e.u64(t.offset)
	}
	e.Write(make([]byte, aligned(uint64(e.Len()))-uint64(e.Len())))
	return e.Bytes(), nil
}

func (e *encoder) value(v any) error {
	switch v := v.(type) {
	case uint32:
		e.u32(typeUint32)
		e.u32(v)
	case float32:
		e.u32(typeFloat32)
		e.u32(math.Float32bits(v))
	case bool:
		e.u32(typeBool)
		e.bool(v)
	case string:
		e.u32(typeString)
		e.text(v)
	case []string:
		array(e, typeString, v, e.text)
	case []int32:
		array(e, typeInt32, v, func(n int32) { e.u32(uint32(n)) })
	case []float32:
		array(e, typeFloat32, v, func(x float32) { e.u32(math.Float32bits(x)) })
	case []bool:
		array(e, typeBool, v, e.bool)
	default:
		return fmt.Errorf("no type of GGUF for %T", v)
	}
	return nil
}

func array[T any](e *encoder, kind uint32, values []T, put func(T)) {
	e.u32(typeArray)
	e.u32(kind)
	e.u64(uint64(len(values)))
	for _, v := range values {
		put(v)
	}
}

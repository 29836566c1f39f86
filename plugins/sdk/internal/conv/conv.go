// Package conv holds what conversions to and from wire messages share.
package conv

import "math"

// Each converts a slice; nothing in gives nil out.
func Each[A, B any](in []A, convert func(A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i := range in {
		out[i] = convert(in[i])
	}
	return out
}

// EachAt converts a slice of structs by address, which spares copying them.
func EachAt[A, B any](in []A, convert func(*A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i := range in {
		out[i] = convert(&in[i])
	}
	return out
}

// Count is a number of things as the wire holds it.
func Count(n int) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }

package gguf

import (
	"encoding/binary"
	"math"
)

// half rounds to the nearest number of 16 bits, to the even one between two.
func half(x float32) uint16 {
	b := math.Float32bits(x)
	sign := uint16(b >> 16 & 0x8000)
	b &= 0x7fffffff
	switch {
	case b > 0x7f800000:
		return sign | 0x7e00 // not a number
	case b >= 0x477ff000:
		return sign | 0x7c00 // too large
	case b < 0x38800000: // below the normal ones: adding 0.5 makes the hardware round
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)-0x3f000000)
	}
	b += 0xfff + b>>13&1
	return sign | uint16((b-0x38000000)>>13)
}

// single is the number that 16 bits hold.
func single(h uint16) float32 {
	sign, exp, frac := uint32(h&0x8000)<<16, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0:
		x := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(x) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// halves has the half of every number of bfloat16.
type halves [1 << 16]uint16

func newHalves() *halves {
	t := &halves{}
	for i := range t {
		t[i] = half(math.Float32frombits(uint32(i) << 16))
	}
	return t
}

// exponents of all ones are infinite or no numbers.
const endless = 0x7c00

// fromBF16 makes halves of bfloat16 in place; it is not ok where one is not
// finite.
func (t *halves) fromBF16(data []byte) (ok bool) {
	worst := uint16(0)
	for ; len(data) >= 8; data = data[8:] {
		x := binary.LittleEndian.Uint64(data)
		a, b, c, d := t[uint16(x)], t[uint16(x>>16)], t[uint16(x>>32)], t[uint16(x>>48)]
		worst |= (a&endless + 0x400) | (b&endless + 0x400) | (c&endless + 0x400) | (d&endless + 0x400)
		binary.LittleEndian.PutUint64(data, uint64(a)|uint64(b)<<16|uint64(c)<<32|uint64(d)<<48)
	}
	for ; len(data) >= 2; data = data[2:] {
		h := t[binary.LittleEndian.Uint16(data)]
		worst |= h&endless + 0x400
		binary.LittleEndian.PutUint16(data, h)
	}
	return worst&0x8000 == 0
}

// fromF32 makes halves of singles, in the first half of the data.
func fromF32(data []byte) (out []byte, ok bool) {
	ok = true
	for i := 0; i+4 <= len(data); i += 4 {
		h := half(math.Float32frombits(binary.LittleEndian.Uint32(data[i:])))
		ok = ok && h&endless != endless
		binary.LittleEndian.PutUint16(data[i/2:], h)
	}
	return data[:len(data)/2], ok
}

// widen makes singles of a type's numbers, plus a number to each.
func widen(dtype string, data []byte, plus float32) (out []byte, ok bool) {
	ok = true
	n := len(data) / int(widths()[dtype])
	out = make([]byte, 0, 4*n)
	for i := range n {
		var x float32
		switch dtype {
		case "F32":
			x = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		case "F16":
			x = single(binary.LittleEndian.Uint16(data[2*i:]))
		default:
			x = math.Float32frombits(uint32(binary.LittleEndian.Uint16(data[2*i:])) << 16)
		}
		x += plus
		ok = ok && !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0)
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out, ok
}

// finite tells whether all the numbers of a type of 16 bits are: mask is its
// exponent, and low the lowest bit of that. Adding it to an exponent of all ones
// carries into the sign's bit.
func finite(data []byte, mask, low uint16) bool {
	const four = 0x0001_0001_0001_0001
	var carried uint64
	for ; len(data) >= 8; data = data[8:] {
		carried |= binary.LittleEndian.Uint64(data)&(four*uint64(mask)) + four*uint64(low)
	}
	for ; len(data) >= 2; data = data[2:] {
		carried |= uint64(binary.LittleEndian.Uint16(data)&mask + low)
	}
	return carried&(four*0x8000) == 0
}

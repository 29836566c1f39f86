package gguf

import (
	"io"
)

// chunkBytes are read at a time, unless a head of the model is larger.
const chunkBytes = 2 << 20

// chunk is a part of a tensor that is converted by itself.
type chunk struct {
	*planned
	from   int64  // in the source's file
	size   int64  // there
	to     int64  // in the GGUF file
	pad    uint64 // zeros after it
	number int
}

// chunks cut the tensors, in the order of the file; start is where the data
// begins.
func chunks(tensors []*planned, start int64) []chunk {
	var out []chunk
	for _, t := range tensors {
		unit := t.unit()
		step := max(chunkBytes/unit, 1) * unit
		for at := int64(0); at < t.source.size; at += step {
			n := min(step, t.source.size-at)
			to := start + int64(t.offset) + at/int64(widths()[t.dtype])*int64(width(t.kind))
			out = append(out, chunk{planned: t, from: t.source.offset + at, size: n, to: to, number: len(out)})
		}
		out[len(out)-1].pad = aligned(t.size) - t.size
	}
	return out
}

// unit is what must not be cut: a head whose rows change places, or a number.
func (p *planned) unit() int64 {
	if p.heads > 0 {
		return p.source.size / int64(p.heads)
	}
	return 4
}

// read gives a chunk as it is in the GGUF file. The buffer is used for it, and
// the other for what it needs besides.
func (c *chunk) read(buf, spare []byte, table *halves) ([]byte, error) {
	data := buf[:c.size]
	if n, err := c.file.ReadAt(data, c.from); n < len(data) {
		if err == io.EOF {
			return nil, fail(Corrupt, c.path(), c.source.name, "the file ended while it was read")
		}
		return nil, failedIO(c.path(), c.source.name, err)
	}
	if c.heads > 0 {
		data = c.interleave(data, spare[:c.size])
	}
	data, ok := c.convert(data, table)
	if !ok {
		return nil, fail(Corrupt, c.path(), c.source.name, "it holds numbers that are not finite, or too large for 16 bits")
	}
	for range c.pad {
		data = append(data, 0)
	}
	return data, nil
}

func (c *chunk) convert(data []byte, table *halves) ([]byte, bool) {
	switch {
	case c.kind == kindF32:
		plus := float32(0)
		if c.addOne {
			plus = 1
		}
		return widen(c.dtype, data, plus)
	case c.kind == kindBF16:
		return data, finite(data, 0x7f80, 0x80)
	case c.dtype == "BF16":
		return data, table.fromBF16(data)
	case c.dtype == "F32":
		return fromF32(data)
	}
	return data, finite(data, endless, 0x400)
}

// interleave puts the rows of each head in GGUF's order: the first of the one
// half, the first of the other, the second of the one, …
func (c *chunk) interleave(data, into []byte) []byte {
	head := int(c.unit())
	rows := int(c.shape()[0] / c.heads)
	row := head / rows
	for h := 0; h < len(data); h += head {
		for r := range rows {
			from := h + (r%2*(rows/2)+r/2)*row
			copy(into[h+r*row:], data[from:from+row])
		}
	}
	return into
}

package figure

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/image/font/gofont/goregular"
)

// face is the Go font, which has Latin, Greek and Cyrillic letters: what PDF
// needs to know of it.
type face struct {
	file     []byte
	tables   map[string][]byte
	glyphs   map[rune]uint16
	advances []uint16
	em       float64 // units
}

var errFont = errors.New("the font is damaged")

// newFace reads the tables of the font (OpenType 1.9: cmap of format 4, hmtx).
func newFace() (*face, error) {
	f := &face{file: goregular.TTF, tables: map[string][]byte{}, glyphs: map[rune]uint16{}}
	if len(f.file) < 12 {
		return nil, errFont
	}
	for i := range int(binary.BigEndian.Uint16(f.file[4:])) {
		entry := f.file[12+16*i:]
		from, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		if int(from+size) > len(f.file) {
			return nil, errFont
		}
		f.tables[string(entry[:4])] = f.file[from : from+size]
	}
	f.em = float64(binary.BigEndian.Uint16(f.tables["head"][18:]))
	long := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	for i := range int(binary.BigEndian.Uint16(f.tables["maxp"][4:])) {
		f.advances = append(f.advances, binary.BigEndian.Uint16(f.tables["hmtx"][4*min(i, long-1):]))
	}
	return f, f.characters()
}

// characters reads the map from characters to glyphs.
func (f *face) characters() error {
	cmap := f.tables["cmap"]
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		sub := cmap[binary.BigEndian.Uint32(cmap[4+8*i+4:]):]
		if binary.BigEndian.Uint16(sub) != 4 {
			continue
		}
		half := int(binary.BigEndian.Uint16(sub[6:])) / 2
		at := func(block, i int) uint16 { // ends, padding, starts, deltas, offsets
			skip := 14 + 2*half*block
			if block > 0 {
				skip += 2
			}
			return binary.BigEndian.Uint16(sub[skip+2*i:])
		}
		for s := range half {
			for c := int(at(1, s)); c <= int(at(0, s)) && c != 0xffff; c++ {
				glyph := uint16(c) + at(2, s)
				if offset := int(at(3, s)); offset != 0 {
					place := 14 + 2 + 6*half + 2*s + offset + 2*(c-int(at(1, s)))
					if glyph = binary.BigEndian.Uint16(sub[place:]); glyph != 0 {
						glyph += at(2, s)
					}
				}
				if glyph != 0 {
					f.glyphs[rune(c)] = glyph
				}
			}
		}
		return nil
	}
	return fmt.Errorf("%w: no table of characters", errFont)
}

// glyph is that of a character, or of the question mark where the font has none.
func (f *face) glyph(r rune) uint16 {
	if g, ok := f.glyphs[r]; ok {
		return g
	}
	return f.glyphs['?']
}

// width of a text in ems.
func (f *face) width(text string) (sum float64) {
	for _, r := range text {
		sum += float64(f.advances[f.glyph(r)]) / f.em
	}
	return sum
}

// subset is the font with the outlines of the glyphs alone that are used: those
// of others are zeros, which take no room once they are compressed.
func (f *face) subset(used map[uint16]rune) []byte {
	out := append([]byte(nil), f.file...)
	keep := map[uint16]bool{0: true}
	for g := range used {
		f.keep(g, keep)
	}
	for i := range int(binary.BigEndian.Uint16(f.file[4:])) {
		entry := f.file[12+16*i:]
		if string(entry[:4]) != "glyf" {
			continue
		}
		glyf := out[binary.BigEndian.Uint32(entry[8:]):]
		for g := range f.advances {
			if from, to := f.outline(uint16(g)); !keep[uint16(g)] {
				clear(glyf[from:to])
			}
		}
	}
	return out
}

// outline is where a glyph lies in the table of outlines.
func (f *face) outline(g uint16) (from, to uint32) {
	loca := f.tables["loca"]
	if binary.BigEndian.Uint16(f.tables["head"][50:]) == 0 {
		return 2 * uint32(binary.BigEndian.Uint16(loca[2*int(g):])), 2 * uint32(binary.BigEndian.Uint16(loca[2*int(g)+2:]))
	}
	return binary.BigEndian.Uint32(loca[4*int(g):]), binary.BigEndian.Uint32(loca[4*int(g)+4:])
}

// keep marks a glyph and those that it is made of: й is и with a breve.
func (f *face) keep(g uint16, marked map[uint16]bool) {
	if marked[g] {
		return
	}
	marked[g] = true
	from, to := f.outline(g)
	if from == to {
		return
	}
	data := f.tables["glyf"][from:to]
	if int16(binary.BigEndian.Uint16(data)) >= 0 {
		return // no composite
	}
	const words, scale, more, both, four = 1, 8, 32, 64, 128
	for at := 10; at+4 <= len(data); {
		flags := binary.BigEndian.Uint16(data[at:])
		f.keep(binary.BigEndian.Uint16(data[at+2:]), marked)
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&both != 0:
			at += 4
		case flags&four != 0:
			at += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

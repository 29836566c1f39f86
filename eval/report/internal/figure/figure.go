// Package figure draws the figures of a paper: as SVG, and as PDF with its font
// inside. The same figure gives the same bytes.
package figure

// Sizes in points.
const (
	textSize = 8.5
	thin     = 0.6
	thick    = 1.2
)

// rgb is a colour: 0xrrggbb.
type rgb uint32

const (
	black rgb = 0x1c2430
	grey  rgb = 0x78808a
	pale  rgb = 0xdde1e6
)

// colours are how many marks have one of their own.
const colours = 7

// palette is the colour of marks with an index, apart also for those who see
// colours alike (Okabe and Ito 2008).
func palette(i int) rgb {
	return [colours]rgb{0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xa67c00, 0x56b4e9, 0x555b66}[i%colours]
}

// Figure is a drawing. Its y axis points down.
type Figure struct {
	Width, Height float64 // points
	shapes        []shape
	face          *face
}

// kind is what a shape is.
type kind int

const (
	segments kind = iota // open path
	area                 // filled path
	dot                  // filled circle
	ring                 // empty circle
	letters
)

// shape is one thing on a figure.
type shape struct {
	kind   kind
	points []point
	colour rgb
	size   float64 // of the line, the radius or the letters
	dash   bool
	light  bool // see-through
	text   string
	anchor anchor
}

type point struct{ x, y float64 }

// anchor is which end of a text stands at its point.
type anchor int

const (
	left anchor = iota
	middle
	right
)

func (f *Figure) line(c rgb, width float64, dash bool, points ...point) {
	f.shapes = append(f.shapes, shape{kind: segments, points: points, colour: c, size: width, dash: dash})
}

func (f *Figure) fill(c rgb, points ...point) {
	f.shapes = append(f.shapes, shape{kind: area, points: points, colour: c, light: true})
}

func (f *Figure) mark(c rgb, at point, radius float64, filled bool) {
	k := ring
	if filled {
		k = dot
	}
	f.shapes = append(f.shapes, shape{kind: k, points: []point{at}, colour: c, size: radius})
}

func (f *Figure) write(at point, a anchor, c rgb, text string) {
	f.shapes = append(f.shapes, shape{kind: letters, points: []point{at}, colour: c, size: textSize, text: text, anchor: a})
}

// width is that of a text in points.
func (f *Figure) width(text string) float64 { return f.face.width(text) * textSize }

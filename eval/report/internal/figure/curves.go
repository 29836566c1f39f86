package figure

import "github.com/llm-city/gorod/eval/report/internal/words"

// Curve is a line through points with the intervals around them.
type Curve struct {
	Name   string
	X      []float64
	Points []Estimate
}

// Curves draws lines over one axis, with bands where there are intervals.
func Curves(curves []Curve, x, y string, l words.Language) (*Figure, error) {
	face, err := newFace()
	if err != nil {
		return nil, err
	}
	const height, side = 190.0, 40.0
	legend := float64(len(curves)+2) / 3
	head := 16 + 13*float64(int(legend))
	f := &Figure{Width: pageWidth, Height: head + height + footHeight, face: face}
	var xs, ys []float64
	for _, c := range curves {
		xs = append(xs, c.X...)
		for _, p := range c.Points {
			ys = append(ys, p.At, p.Low, p.High)
		}
	}
	across, up := newScale(xs, side, pageWidth-gap), newScale(ys, head+height-4, head+4)
	f.bottom(across, head+height, head, x, l)
	for _, t := range up.ticks() {
		f.line(pale, thin, false, point{side, up.at(t)}, point{pageWidth - gap, up.at(t)})
		f.write(point{side - 5, up.at(t) + 3}, right, grey, l.Number(t, up.digits))
	}
	f.write(point{4, 10}, left, black, f.fit(y, pageWidth-8))
	for i, c := range curves {
		f.curve(c, i, across, up)
		at := point{side + float64(i%3)*(pageWidth-side)/3, 22 + 13*float64(i/3)}
		f.line(palette(i), thick, i >= colours, at, point{at.x + 16, at.y})
		f.write(point{at.x + 20, at.y + 3}, left, black, f.fit(c.Name, (pageWidth-side)/3-26))
	}
	return f, nil
}

// curve draws one line.
func (f *Figure) curve(c Curve, i int, across, up scale) {
	colour := palette(i)
	var path, above, below []point
	banded := false
	for j, p := range c.Points {
		x := across.at(c.X[j])
		path = append(path, point{x, up.at(p.At)})
		above, below = append(above, point{x, up.at(p.High)}), append([]point{{x, up.at(p.Low)}}, below...)
		banded = banded || p.Low < p.High
	}
	if banded {
		f.fill(colour, append(above, below...)...)
	}
	f.line(colour, thick, i >= colours, path...)
	for _, p := range path {
		f.mark(colour, p, 2.2, true)
	}
}

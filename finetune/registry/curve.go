package registry

import (
	"fmt"
	"math"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Plot draws curves as text: lines in dots of braille, four to a character's
// height and two to its width, and marks on top. It takes width columns of the
// screen, the axis included, and height lines and one for the steps below. It is
// empty where there is nothing to draw, or no room.
func Plot(width, height int, line, marks []XY) string {
	line, marks = finite(line), finite(marks)
	if len(line)+len(marks) == 0 {
		return ""
	}
	box := boxOf(line, marks)
	top, bottom := fmt.Sprintf("%.4g", box.top), fmt.Sprintf("%.4g", box.bottom)
	axis := max(runewidth.StringWidth(top), runewidth.StringWidth(bottom))
	columns := width - axis - 2
	if columns < 4 || height < 2 {
		return ""
	}
	c := canvas{columns: columns, rows: height, cells: make([]rune, columns*height)}
	c.line(line, box)
	c.marks(marks, box)
	var b strings.Builder
	for row := range height {
		label, tick := "", "│"
		switch row {
		case 0:
			label, tick = top, "┤"
		case height - 1:
			label, tick = bottom, "┤"
		}
		b.WriteString(runewidth.FillLeft(label, axis) + " " + tick)
		b.WriteString(strings.TrimRight(string(c.cells[row*columns:(row+1)*columns]), " ") + "\n")
	}
	first, last := fmt.Sprintf("%.6g", box.left), fmt.Sprintf("%.6g", box.right)
	if gap := columns - len(first) - len(last); gap > 0 {
		b.WriteString(strings.Repeat(" ", axis+2) + first + strings.Repeat(" ", gap) + last + "\n")
	}
	return b.String()
}

func finite(points []XY) []XY {
	var out []XY
	for _, p := range points {
		if !math.IsNaN(p.Y) && !math.IsInf(p.Y, 0) && !math.IsNaN(p.X) && !math.IsInf(p.X, 0) {
			out = append(out, p)
		}
	}
	return out
}

type box struct{ left, right, bottom, top float64 }

func boxOf(curves ...[]XY) box {
	b := box{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for _, curve := range curves {
		for _, p := range curve {
			b.left, b.right = min(b.left, p.X), max(b.right, p.X)
			b.bottom, b.top = min(b.bottom, p.Y), max(b.top, p.Y)
		}
	}
	return b
}

// share is where x stands between two ends, from 0 to 1.
func share(x, from, to float64) float64 {
	if to <= from {
		return 0.5
	}
	return min(max(x/2-from/2, 0)/(to/2-from/2), 1) // halves: the ends may be far apart
}

// canvas holds characters; a zero one is blank braille.
type canvas struct {
	columns, rows int
	cells         []rune
}

// braille is the first of the block whose bits are dots, by row and column.
const braille = '\u2800'

func (c *canvas) dot(x, y int) {
	bits := [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}
	c.cells[y/4*c.columns+x/2] |= bits[y%4][x%2]
}

// at is the dot of a point.
func (c *canvas) at(p XY, b box) (x, y int) {
	return int(math.Round(share(p.X, b.left, b.right) * float64(2*c.columns-1))),
		int(math.Round((1 - share(p.Y, b.bottom, b.top)) * float64(4*c.rows-1)))
}

// line joins points, and turns dots into characters.
func (c *canvas) line(points []XY, b box) {
	for i, p := range points {
		x, y := c.at(p, b)
		fromX, fromY := x, y
		if i > 0 {
			fromX, fromY = c.at(points[i-1], b)
		}
		steps := max(abs(x-fromX), abs(y-fromY), 1)
		for s := range steps + 1 {
			c.dot(fromX+(x-fromX)*s/steps, fromY+(y-fromY)*s/steps)
		}
	}
	for i, bits := range c.cells {
		if c.cells[i] = ' '; bits != 0 {
			c.cells[i] = braille + bits
		}
	}
}

func (c *canvas) marks(points []XY, b box) {
	for _, p := range points {
		x, y := c.at(p, b)
		c.cells[y/4*c.columns+x/2] = '◦'
	}
}

func abs(x int) int { return max(x, -x) }

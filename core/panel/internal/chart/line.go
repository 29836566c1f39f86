// Package chart draws the panel's figures on the server, as what an SVG element
// needs: no script runs in the page, and what is drawn can be tested. Labels are
// the page's own text, so that they stay readable however wide the figure is.
package chart

import (
	"fmt"
	"math"
	"strings"
)

// Plots are Width × Height units, stretched to the room that a page has.
const (
	Width  = 1000.0
	Height = 240.0
)

// mostPoints is how many points of a line are drawn; of more, neighbours are
// put together.
const mostPoints = 240

// Series is one line. A value that is not a number is a gap.
type Series struct {
	Name   string
	Values []float64
}

// Options say how a figure is drawn.
type Options struct {
	First int64   // tick of the first value
	Low   float64 // the scale shows at least Low to High
	High  float64
	Fill  bool // the area under a line
	Stack bool // each series on those before it
	Share bool // of a stack: the whole is 1 at each tick
	Marks []Mark
	Label func(tick int64) string // under the axis
	Value func(v float64) string  // at the axis, and in what a point tells
	Say   func(tick int64) string // what a point tells beside the values
}

// Mark is a line across the figure.
type Mark struct {
	Tick  int64
	Kind  string
	Title string
}

// Figure is a drawn chart.
type Figure struct {
	Lines []Line
	Zero  string   // y of zero, where it lies within; else empty
	Grid  string   // lines at Y
	Y     []string // labels, evenly from above
	X     []string // labels, evenly from the left
	Marks []Drawn
	Hits  []Hit
	Rows  [][]string // the same as a table: the label of a tick, then values
	Empty bool
}

// Line is a drawn series.
type Line struct {
	Name  string
	Class string // s0, s1, …
	Path  string
	Area  string // empty: none
	Last  string
}

// Drawn is a mark at its place.
type Drawn struct {
	X     string
	Kind  string
	Title string
}

// Hit is where a pointer learns the values.
type Hit struct{ X, Width, Title string }

// Draw draws series of the same length.
func Draw(series []Series, opts Options) Figure {
	n := 0
	for _, s := range series {
		n = max(n, len(s.Values))
	}
	if n == 0 {
		return Figure{Empty: true}
	}
	d := &drawing{opts: opts, n: n, step: (n + mostPoints - 1) / mostPoints, series: series}
	d.stacked()
	d.scale()
	f := Figure{X: d.xLabels()}
	f.Y, f.Grid = d.yLabels()
	if d.low < 0 && d.high > 0 {
		f.Zero = unit(d.y(0))
	}
	for i := range series {
		f.Lines = append(f.Lines, d.line(i))
	}
	for _, m := range opts.Marks {
		if at := m.Tick - opts.First; at >= 0 && at < int64(n) {
			f.Marks = append(f.Marks, Drawn{unit(d.x(float64(at))), m.Kind, m.Title})
		}
	}
	d.tell(&f)
	return f
}

// drawing is a figure being drawn.
type drawing struct {
	opts      Options
	n, step   int
	series    []Series
	own       [][]float64 // values of each series, or its shares
	tops      [][]float64 // where each series ends in the figure
	floors    [][]float64 // and where it begins, in a stack
	low, high float64
	part      float64
}

// stacked works out where each series lies.
func (d *drawing) stacked() {
	sums, totals := make([]float64, d.n), make([]float64, d.n)
	for _, s := range d.series {
		for i, v := range s.Values {
			totals[i] += v
		}
	}
	for _, s := range d.series {
		own, top, floor := make([]float64, d.n), make([]float64, d.n), make([]float64, d.n)
		for i := range d.n {
			own[i] = math.NaN()
			if i < len(s.Values) {
				own[i] = s.Values[i]
			}
			if d.opts.Share {
				own[i] /= totals[i] // of nothing: no number, a gap
			}
			top[i] = own[i]
			if d.opts.Stack {
				floor[i] = sums[i]
				sums[i] += own[i]
				top[i] = sums[i]
			}
		}
		d.own = append(d.own, own)
		d.tops = append(d.tops, d.thin(top))
		d.floors = append(d.floors, d.thin(floor))
	}
}

// thin puts neighbours together.
func (d *drawing) thin(values []float64) []float64 {
	if d.step == 1 {
		return values
	}
	var out []float64
	for i := 0; i < len(values); i += d.step {
		sum, n := 0.0, 0.0
		for _, v := range values[i:min(i+d.step, len(values))] {
			if !math.IsNaN(v) {
				sum, n = sum+v, n+1
			}
		}
		out = append(out, sum/n)
	}
	return out
}

func (d *drawing) scale() {
	d.low, d.high = d.opts.Low, d.opts.High
	for _, top := range d.tops {
		for _, v := range top {
			if !math.IsNaN(v) {
				d.low, d.high = min(d.low, v), max(d.high, v)
			}
		}
	}
	if d.high == d.low {
		d.high++
	}
	d.parts()
}

// parts divides the scale into two to five parts of a size that is easy to read:
// 1, 2, 2.5 or 5 of a decade.
func (d *drawing) parts() {
	decade := math.Pow(10, math.Floor(math.Log10(d.high-d.low))-1)
	for _, size := range []float64{1, 2, 2.5, 5, 10, 20, 25, 50} {
		d.part = size * decade
		low, high := math.Floor(d.low/d.part+1e-9), math.Ceil(d.high/d.part-1e-9)
		if high-low <= 5 {
			d.low, d.high = low*d.part, high*d.part
			return
		}
	}
}

// x of a value by its number; a line of one value lies in the middle.
func (d *drawing) x(at float64) float64 {
	if d.n == 1 {
		return Width / 2
	}
	return at / float64(d.n-1) * Width
}

func (d *drawing) y(v float64) float64 { return Height - (v-d.low)/(d.high-d.low)*Height }

func unit(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

func (d *drawing) line(i int) Line {
	l := Line{Name: d.series[i].Name, Class: fmt.Sprintf("s%d", i)}
	var path, area strings.Builder
	begun := -1
	for at := 0; at <= len(d.tops[i]); at++ {
		if at == len(d.tops[i]) || math.IsNaN(d.tops[i][at]) {
			if begun >= 0 {
				d.area(&area, i, begun, at)
				if at-begun == 1 { // a point alone is a short line
					fmt.Fprintf(&path, "h2")
				}
			}
			begun = -1
			continue
		}
		command := "L"
		if begun < 0 {
			command, begun = "M", at
		}
		fmt.Fprintf(&path, "%s%s %s", command, unit(d.x(d.middle(at))), unit(d.y(d.tops[i][at])))
	}
	l.Path = path.String()
	if d.opts.Fill || d.opts.Stack {
		l.Area = area.String()
	}
	if n := len(d.own[i]); n > 0 && !math.IsNaN(d.own[i][n-1]) {
		l.Last = d.opts.Value(d.own[i][n-1])
	}
	return l
}

// middle is the place of a point among the values.
func (d *drawing) middle(at int) float64 {
	first := at * d.step
	last := min(first+d.step, d.n) - 1
	if first == 0 {
		return 0
	}
	if last == d.n-1 {
		return float64(last)
	}
	return float64(first+last) / 2
}

// area closes the part of a line from one point to before another.
func (d *drawing) area(out *strings.Builder, i, from, to int) {
	for at := from; at < to; at++ {
		command := "L"
		if at == from {
			command = "M"
		}
		fmt.Fprintf(out, "%s%s %s", command, unit(d.x(d.middle(at))), unit(d.y(d.tops[i][at])))
	}
	for at := to - 1; at >= from; at-- {
		floor := d.floors[i][at]
		if !d.opts.Stack {
			floor = max(d.low, min(0, d.high))
		}
		fmt.Fprintf(out, "L%s %s", unit(d.x(d.middle(at))), unit(d.y(floor)))
	}
	out.WriteString("Z")
}

// yLabels are the limits of the parts, from above, and the lines at them.
func (d *drawing) yLabels() (labels []string, grid string) {
	n := int(math.Round((d.high - d.low) / d.part))
	for i := n; i >= 0; i-- {
		v := d.low + float64(i)*d.part
		labels = append(labels, d.opts.Value(v))
		grid += "M0 " + unit(d.y(v)) + "H1000"
	}
	return labels, grid
}

func (d *drawing) xLabels() []string {
	last := d.opts.First + int64(d.n) - 1
	switch {
	case d.n == 1:
		return []string{d.opts.Label(last)}
	case d.n < 5:
		return []string{d.opts.Label(d.opts.First), d.opts.Label(last)}
	}
	return []string{d.opts.Label(d.opts.First), d.opts.Label(d.opts.First + int64(d.n-1)/2), d.opts.Label(last)}
}

// mostRows bounds the table under a figure.
const mostRows = 60

// tell gives the values to pointers and to a table.
func (d *drawing) tell(f *Figure) {
	for at := 0; at < d.n; at += d.step {
		tick := d.opts.First + int64(at)
		row, says := []string{d.opts.Label(tick)}, []string{d.opts.Say(tick)}
		for i, s := range d.series {
			value := "—"
			if v := d.own[i][at]; !math.IsNaN(v) {
				value = d.opts.Value(v)
			}
			row, says = append(row, value), append(says, s.Name+": "+value)
		}
		wide := Width / float64(d.n) * float64(d.step)
		f.Hits = append(f.Hits, Hit{unit(max(0, d.x(float64(at))-wide/2)), unit(wide), strings.Join(says, "\n")})
		f.Rows = append(f.Rows, row)
	}
	f.Rows = f.Rows[max(0, len(f.Rows)-mostRows):]
}

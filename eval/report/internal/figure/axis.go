package figure

import (
	"math"
	"strings"

	"github.com/llm-city/gorod/eval/report/internal/words"
)

// scale puts numbers on a stretch of the page.
type scale struct {
	low, high float64 // of the numbers
	from, to  float64 // of the page
	step      float64
	digits    int
}

// newScale holds all the numbers, with round ones at its ends.
func newScale(values []float64, from, to float64) scale {
	s := scale{low: math.Inf(1), high: math.Inf(-1), from: from, to: to}
	for _, v := range values {
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	if len(values) == 0 {
		s.low, s.high = 0, 1
	}
	if s.high-s.low < 1e-9*max(1, math.Abs(s.high)) {
		s.low, s.high = s.low-0.5, s.high+0.5
	}
	s.step = step((s.high - s.low) / 5)
	s.low, s.high = math.Floor(s.low/s.step+1e-9)*s.step, math.Ceil(s.high/s.step-1e-9)*s.step
	s.digits = max(0, int(math.Ceil(-math.Log10(s.step)-1e-9)))
	return s
}

// step is the least of 1, 2, 5, 10, … that is not less than raw.
func step(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (s scale) at(x float64) float64 {
	return s.from + (min(max(x, s.low), s.high)-s.low)/(s.high-s.low)*(s.to-s.from)
}

// ticks are the round numbers of the scale.
func (s scale) ticks() (out []float64) {
	for i := range int(math.Round((s.high-s.low)/s.step)) + 1 {
		out = append(out, s.low+float64(i)*s.step)
	}
	return out
}

// fit cuts a text at a width in points.
func (f *Figure) fit(text string, room float64) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if f.width(text) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && f.width(string(runes)+"…") > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// bottom draws a horizontal axis.
func (f *Figure) bottom(s scale, y, top float64, title string, l words.Language) {
	for _, t := range s.ticks() {
		x := s.at(t)
		f.line(pale, thin, false, point{x, top}, point{x, y})
		f.write(point{x, y + 11}, middle, grey, l.Number(t, s.digits))
	}
	f.line(grey, thin, false, point{s.from, y}, point{s.to, y})
	f.write(point{(s.from + s.to) / 2, y + 25}, middle, black, f.fit(title, s.to-s.from+40))
}

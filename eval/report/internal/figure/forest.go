package figure

import "github.com/llm-city/gorod/eval/report/internal/words"

// Estimate is a number with its interval. Low and High are equal where it has
// none.
type Estimate struct {
	Label         string
	At, Low, High float64
	Sure          bool // told by a filled mark
	Text          string
}

const (
	pageWidth  = 470
	rowHeight  = 15
	gap        = 10
	footHeight = 34
)

// Forest draws estimates below one another with their intervals. A dashed line
// stands at null.
func Forest(estimates []Estimate, axis string, null float64, l words.Language) (*Figure, error) {
	face, err := newFace()
	if err != nil {
		return nil, err
	}
	height := float64(len(estimates))*rowHeight + 8
	f := &Figure{Width: pageWidth, Height: height + footHeight, face: face}
	labels, texts := 0.0, 0.0
	values := []float64{null}
	for _, e := range estimates {
		labels, texts = max(labels, f.width(e.Label)), max(texts, f.width(e.Text))
		values = append(values, e.At, e.Low, e.High)
	}
	labels, texts = min(labels, 0.42*pageWidth), min(texts, 0.3*pageWidth)
	s := newScale(values, labels+2*gap, pageWidth-texts-2*gap)
	f.bottom(s, height, 4, axis, l)
	f.line(grey, thick, true, point{s.at(null), 4}, point{s.at(null), height})
	for i, e := range estimates {
		y := 4 + rowHeight*(float64(i)+0.5)
		f.write(point{labels + 4, y + 3}, right, black, f.fit(e.Label, labels))
		if e.Low < e.High {
			f.line(palette(0), thick, false, point{s.at(e.Low), y}, point{s.at(e.High), y})
		}
		f.mark(palette(0), point{s.at(e.At), y}, 2.8, e.Sure)
		f.write(point{pageWidth - texts - 6, y + 3}, left, black, f.fit(e.Text, texts+2))
	}
	return f, nil
}

// Whole is the estimate without its interval, where it has none.
func (e Estimate) Whole(none bool) Estimate {
	if none {
		e.Low, e.High = e.At, e.At
	}
	return e
}

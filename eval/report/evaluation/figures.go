package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/figure"
)

// drawing is a figure as files.
type drawing struct {
	name, caption string
	svg, pdf      []byte
}

// figures are those of the paper.
func (w *writer) figures() (out []drawing, err error) {
	add := func(name, caption string, f *figure.Figure, failed error) {
		if err != nil || failed != nil {
			err = failed
			return
		}
		pdf, failed := f.PDF()
		if failed != nil {
			err = failed
			return
		}
		out = append(out, drawing{name, caption, f.SVG(), pdf})
	}
	for i, d := range w.forests(w.r.Family) {
		f, failed := figure.Forest(d.estimates, d.axis, d.null, w.Language)
		caption := w.T("Объявленные сравнения: ¦ Declared comparisons:") + " " + d.title + ". " +
			w.T("Разности с интервалами; закрашены значимые после поправки. ¦ Differences with intervals; filled where significant after the correction.")
		add(fmt.Sprintf("forest-%d", i+1), caption, f, failed)
	}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			w.measureFigures(t, m, add)
		}
	}
	return out, err
}

func (w *writer) measureFigures(t *analysis.Task, m *analysis.Measure, add func(name, caption string, f *figure.Figure, failed error)) {
	about := name(t.Name) + ", " + w.title(&m.Measure)
	if m.Pairwise != nil {
		if d := w.strengths(m); len(d.estimates) > 0 {
			f, failed := figure.Forest(d.estimates, d.axis, d.null, w.Language)
			add("strengths-"+w.fileName(t.Name, m.Name), about+": "+w.T("сила по Брэдли — Терри с интервалами. ¦ Bradley–Terry strengths with intervals."), f, failed)
		}
	}
	if len(m.Curves) == 0 {
		return
	}
	var curves []figure.Curve
	for _, c := range m.Curves {
		made := figure.Curve{Name: name(c.Subject)}
		for i, turn := range c.Turns {
			e := c.Values[i]
			made.X = append(made.X, float64(turn))
			made.Points = append(made.Points, figure.Estimate{At: e.Value, Low: e.Low, High: e.High}.Whole(e.Open != ""))
		}
		curves = append(curves, made)
	}
	f, failed := figure.Curves(curves, w.T("Реплика ¦ Turn"), w.title(&m.Measure), w.Language)
	add("curve-"+w.fileName(t.Name, m.Name), about+": "+w.T("по ходу разговора, с интервалами. ¦ in the course of a conversation, with intervals."), f, failed)
}

// fileName is a name for a file: Latin letters only, so that TeX finds it, and one
// of its own for each task and measure, also where case does not count.
func (w *writer) fileName(words ...string) string {
	key := strings.Join(words, "\x00")
	made, known := w.names[key]
	if known {
		return made
	}
	taken := func(name string) bool {
		for _, other := range w.names {
			if strings.EqualFold(other, name) {
				return true
			}
		}
		return false
	}
	for made = analysis.Macro(words...); taken(made); {
		made += "X"
	}
	w.names[key] = made
	return made
}

package evaluation

import (
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/figure"
	"github.com/llm-city/gorod/eval/report/internal/page"
)

// maxEstimates are drawn in one figure.
const maxEstimates = 40

// drawn are a figure's estimates below one another.
type drawn struct {
	title, axis string
	null        float64
	estimates   []figure.Estimate
}

// forests are the differences of comparisons that have one: those of shares
// together, those of other measures each on its own scale.
func (w *writer) forests(cs []*analysis.Comparison) (out []drawn) {
	at := map[string]int{}
	for _, c := range cs {
		if c.Difference.Why != "" {
			continue
		}
		m := w.measure(c.Task, c.Measure)
		key, title := "", w.T("доли ¦ shares")
		if m.High-m.Low != 1 {
			key = c.Task + "\x00" + c.Measure
			title = name(c.Task) + ", " + w.title(&m.Measure)
		}
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, drawn{title: title, axis: w.T("Разность: первый минус второй ¦ Difference: the first less the second")})
		}
		if len(out[i].estimates) < maxEstimates {
			out[i].estimates = append(out[i].estimates, w.difference(c, m, key == ""))
		}
	}
	return out
}

func (w *writer) difference(c *analysis.Comparison, m *analysis.Measure, several bool) figure.Estimate {
	label := versus(c)
	if several {
		label += ", " + w.title(&m.Measure)
	}
	return figure.Estimate{
		Label: label, At: c.Difference.Value, Low: c.Difference.Low, High: c.Difference.High, Sure: c.Sure(w.in.Suite.Analysis.Alpha),
		Text: w.estimate(c.Difference, w.of(m)) + stars(c, w.in.Suite.Analysis.Alpha),
	}.Whole(c.Difference.Open != "")
}

// strengths are those of subjects.
func (w *writer) strengths(m *analysis.Measure) drawn {
	out := drawn{axis: w.T("Сила, логарифм шансов ¦ Strength, log odds")}
	for _, s := range m.Pairwise.Tournament.Strengths {
		if s.Why != "" || len(out.estimates) == maxEstimates {
			continue
		}
		out.estimates = append(out.estimates, figure.Estimate{
			Label: name(s.Subject), At: s.Value, Low: s.Low, High: s.High, Sure: s.Open == "" && s.Low*s.High > 0, Text: w.estimate(s.Estimate, w.two),
		}.Whole(s.Open != ""))
	}
	return out
}

func (w *writer) strengthChart(id string, m *analysis.Measure) *page.Chart {
	return w.estimateChart(id, w.title(&m.Measure)+": "+w.T("сила ¦ strengths"), w.strengths(m), "strengths.csv")
}

// estimateChart is a chart of points with intervals: each is a line of its own.
func (w *writer) estimateChart(id, title string, d drawn, file string) *page.Chart {
	if len(d.estimates) == 0 {
		return nil
	}
	c := charts.NewLine()
	labels := make([]string, len(d.estimates))
	t := &page.Table{Caption: title, Head: []page.Column{{Text: w.T("Что ¦ What")}, {Text: d.axis, Numeric: true}}}
	for i, e := range d.estimates {
		labels[i] = e.Label
		t.Rows = append(t.Rows, page.Texts(e.Label, e.Text))
	}
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Name: d.axis, Type: "value"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: labels, Inverse: opts.Bool(true)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}), charts.WithAnimation(false),
	)
	for i, e := range d.estimates {
		symbol := "emptyCircle"
		if e.Sure {
			symbol = "circle"
		}
		data := []opts.LineData{{Value: []any{rounded(e.Low), i}, Symbol: "none"}, {Value: []any{rounded(e.At), i}, Symbol: symbol, SymbolSize: 9},
			{Value: []any{rounded(e.High), i}, Symbol: "none"}}
		style := []charts.SeriesOpts{
			charts.WithItemStyleOpts(opts.ItemStyle{Color: page.Colour(0)}), charts.WithLineStyleOpts(opts.LineStyle{Color: page.Colour(0), Width: 2}),
		}
		if i == 0 {
			style = append(style, charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: " ", XAxis: d.null}),
				charts.WithMarkLineStyleOpts(opts.MarkLineStyle{Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: "$muted", Type: "dashed", Width: 1}}))
		}
		c.AddSeries(e.Label, data, style...)
	}
	c.Validate()
	return &page.Chart{ID: id, Title: title, Alt: title, Size: "tall", File: file, Table: t, Plot: page.Plot{Option: c.JSON(), Digits: 3, Kind: "forest"}}
}

// curveChart is a measure by turn.
func (w *writer) curveChart(id string, m *analysis.Measure) *page.Chart {
	title := w.title(&m.Measure) + " " + w.T("по ходу разговора ¦ in the course of a conversation")
	t := &page.Table{Caption: title, Head: []page.Column{{Text: w.T("Участник ¦ Subject")}, {Text: w.T("Реплика ¦ Turn"), Numeric: true}, {Text: w.T("Значение ¦ Value"), Numeric: true}}}
	c := charts.NewLine()
	var turns []int32
	for _, x := range m.Curves {
		if len(x.Turns) > len(turns) {
			turns = x.Turns
		}
	}
	labels := make([]string, len(turns))
	for i, turn := range turns {
		labels[i] = fmt.Sprint(turn)
	}
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Name: w.T("Реплика ¦ Turn"), Type: "category"}), charts.WithYAxisOpts(opts.YAxis{Type: "value", Scale: opts.Bool(true)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}), charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Type: "scroll"}),
		charts.WithAnimation(false),
	)
	c.SetXAxis(labels)
	p := page.Plot{Digits: 3, Kind: "line"}
	for i, x := range m.Curves {
		var data []opts.LineData
		var b page.Band
		for _, turn := range turns {
			point, low, high := any("-"), any("-"), any("-")
			for j, at := range x.Turns {
				if e := x.Values[j]; at == turn {
					point = rounded(e.Value)
					t.Rows = append(t.Rows, page.Texts(name(x.Subject), fmt.Sprint(turn), w.estimate(e, w.of(m))))
					if e.Open == "" {
						low, high = rounded(e.Low), rounded(e.High)
					}
				}
			}
			data = append(data, opts.LineData{Value: point})
			b.Low, b.High = append(b.Low, low), append(b.High, high)
		}
		p.Bands = append(p.Bands, b)
		c.AddSeries(name(x.Subject), data, charts.WithItemStyleOpts(opts.ItemStyle{Color: page.Colour(i)}), charts.WithLineStyleOpts(opts.LineStyle{Color: page.Colour(i), Width: 2}))
	}
	c.Validate()
	p.Option = c.JSON()
	return &page.Chart{ID: id, Title: title, Alt: title, File: "curves.csv", Table: t, Plot: p}
}

func rounded(x float64) any { return math.Round(x*1e6) / 1e6 }

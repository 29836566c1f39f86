package report

import (
	"math"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// dash tells the lines of conditions apart where colours repeat or are not
// seen.
func dash(i int) string { return [...]string{"solid", "dashed", "dotted"}[i%3] }

// symbol does the same for points.
func symbol(i int) string {
	return [...]string{"circle", "triangle", "rect", "diamond", "emptyCircle", "emptyTriangle", "emptyRect"}[i%7]
}

// blank is how ECharts is told that there is no value.
const blank = "-"

func value(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return blank
	}
	return math.Round(x*1e6) / 1e6
}

// track is one line of a chart: a sample at each point.
type track struct {
	name    string
	guide   bool // to compare with: no data
	samples []sample
}

// any reports whether the track has a value.
func (t track) any() bool {
	return slices.ContainsFunc(t.samples, func(s sample) bool { return s.N > 0 })
}

// lines describe a line chart.
type lines struct {
	x, y   string   // titles of the axes
	labels []string // of the points
	tracks []track
	min    any // of the y axis; nil to fit
	max    any
	step   bool
	marks  []mark
	whole  bool // the first and the last point lie on the edges
}

// mark is a vertical line: when something happened.
type mark struct {
	name string
	at   int // index of the point
}

func (l lines) plot(digits int, percent bool) plot {
	c := charts.NewLine()
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Name: l.x, Type: "category"}),
		charts.WithYAxisOpts(opts.YAxis{Name: l.y, Type: "value", Min: l.min, Max: l.max, Scale: opts.Bool(l.min == nil)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(len(l.tracks) > 1), Type: "scroll"}),
		charts.WithAnimation(false),
	)
	c.SetXAxis(l.labels)
	p := plot{Digits: digits, Percent: percent, Kind: "line", Whole: l.whole}
	for i, t := range l.tracks {
		data, b := make([]opts.LineData, len(t.samples)), band{}
		for j, x := range t.samples {
			data[j] = opts.LineData{Value: value(x.Mean)}
			b.Low, b.High = append(b.Low, value(x.Min)), append(b.High, value(x.Max))
		}
		p.Bands = append(p.Bands, b)
		style := l.style(i)
		if t.guide {
			style = guideStyle()
		}
		c.AddSeries(t.name, data, style...)
	}
	c.Validate()
	p.Option = c.JSON()
	return p
}

// style is that of the line with an index.
func (l lines) style(i int) []charts.SeriesOpts {
	line := opts.LineChart{Symbol: symbol(i), SymbolSize: 6, ShowSymbol: opts.Bool(len(l.labels) <= 60)}
	if l.step {
		line.Step = "end"
	}
	out := []charts.SeriesOpts{
		charts.WithLineChartOpts(line),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour(i)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour(i), Width: 2, Type: dash(i)}),
	}
	if i > 0 || len(l.marks) == 0 {
		return out
	}
	for _, m := range l.marks {
		out = append(out, charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: m.name, XAxis: m.at}))
	}
	return append(out, charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
		Symbol: []string{"none", "none"},
		Label:  &opts.Label{Formatter: "{b}", Position: "insideEndTop", Color: "$muted"}, LineStyle: &opts.LineStyle{Color: "$muted", Type: "dashed", Width: 1},
	}))
}

func guideStyle() []charts.SeriesOpts {
	return []charts.SeriesOpts{
		charts.WithLineChartOpts(opts.LineChart{Symbol: "none"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: "$muted"}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "$muted", Width: 1, Type: "dashed"}),
	}
}

// bars describe a bar chart: a value for each category and series.
type bars struct {
	x, y       string // titles of the axes
	categories []string
	series     []barSeries
	lying      bool // categories stand on the vertical axis
	stacked    bool
}

type barSeries struct {
	name   string
	values []float64
}

func (b bars) plot(digits int, percent bool) plot {
	c := charts.NewBar()
	x, y := opts.XAxis{Name: b.x, Type: "category"}, opts.YAxis{Name: b.y, Type: "value", Min: 0}
	if b.lying {
		x.Type, x.Min = "value", 0
		y = opts.YAxis{Name: b.y, Type: "category", Data: b.categories, Inverse: opts.Bool(true)}
	} else {
		c.SetXAxis(b.categories)
	}
	c.SetGlobalOptions(
		charts.WithXAxisOpts(x),
		charts.WithYAxisOpts(y),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "shadow"}}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(len(b.series) > 1), Type: "scroll"}),
		charts.WithAnimation(false),
	)
	for i, s := range b.series {
		data := make([]opts.BarData, len(s.values))
		for j, x := range s.values {
			data[j] = opts.BarData{Value: value(x)}
		}
		look := opts.BarChart{}
		if b.stacked {
			look.Stack = "all"
		}
		c.AddSeries(s.name, data, charts.WithItemStyleOpts(opts.ItemStyle{Color: colour(i)}), charts.WithBarChartOpts(look))
	}
	kind := "bar"
	if b.lying {
		kind = "lying"
	}
	c.Validate()
	return plot{Option: c.JSON(), Digits: digits, Percent: percent, Kind: kind}
}

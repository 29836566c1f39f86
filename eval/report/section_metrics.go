package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	maxMetricRows   = 200 // of a plugin's table; metrics.csv and estimates.csv have all
	maxMetricCharts = 16  // of a plugin
)

// metrics are what metric plugins measured.
func (s *study) metrics() section {
	out := section{ID: "metrics", Nav: s.T("Метрики ¦ Metrics"), Title: s.T("Метрики плагинов ¦ Metrics of plugins"),
		Intro: s.T("Средние по прогонам условия. Строки с «·» — оценки группы или предмета (события, вида, вопроса). ¦ "+
			"Means over the runs of a condition. Rows with “·” are scores of a group or an item (an event, a kind, a question).") + s.intervalNote()}
	for _, part := range bySource(s.subjects()) {
		out.Blocks = append(out.Blocks, s.sourceBlocks(part, len(out.Blocks))...)
	}
	return out
}

// bySource cuts sorted subjects by the plugin that scored them.
func bySource(all []subject) [][]subject {
	var out [][]subject
	for i, about := range all {
		if i == 0 || about.source != all[i-1].source {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], about)
	}
	return out
}

// sourceBlocks are a plugin's; number makes the ids of its charts unlike those
// of others.
func (s *study) sourceBlocks(part []subject, number int) []block {
	blocks := []block{{Heading: line(part[0].source, 100)}}
	if t := s.scoresTable(part); t != nil {
		blocks = append(blocks, block{Table: t})
	}
	blocks = append(blocks, block{Terms: s.metricTerms(part), Fold: s.T("Что это за метрики: определения и источники ¦ What these metrics are: definitions and sources")})
	charts, left := s.scoreCharts(part, number)
	blocks = append(blocks, chartBlocks(charts...)...)
	if left > 0 {
		blocks = append(blocks, block{Text: fmt.Sprintf(s.T("И ещё %d временных рядов групп и предметов: см. data/metrics.csv. ¦ And %d more series of groups and items: see data/metrics.csv."), left)})
	}
	return blocks
}

// scoresTable has the scores about whole runs; nil where there are none.
func (s *study) scoresTable(part []subject) *table {
	t := &table{
		Caption: s.T("Метрики по условиям ¦ Metrics by condition"),
		Head:    append([]column{{Text: s.T("Метрика ¦ Metric")}, {Text: s.T("Единица ¦ Unit")}, {Text: s.T("Диапазон ¦ Range")}}, columns(s.conditions)...),
	}
	left := 0
	for _, about := range part {
		all := s.scoreEstimates(about)
		if !slices.ContainsFunc(all, func(e estimate) bool { return e.N > 0 }) {
			continue // of ticks alone
		}
		if len(t.Rows) == maxMetricRows {
			left++
			continue
		}
		t.Rows = append(t.Rows, s.scoreRow(about, all))
	}
	if left > 0 {
		t.Note = fmt.Sprintf(s.T("И ещё %d строк: см. data/estimates.csv. ¦ And %d more rows: see data/estimates.csv."), left)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// scoreEstimates are a subject's by condition.
func (s *study) scoreEstimates(about subject) []estimate {
	info := s.infoOf(about.source, about.metric)
	var out []estimate
	for _, c := range s.conditions {
		out = append(out, meanOf(per(c.runs, scoreOf(about))).within(info.Low, info.High))
	}
	return out
}

func (s *study) scoreRow(about subject, all []estimate) []cell {
	info := s.infoOf(about.source, about.metric)
	name := cell{Text: subjectName(about), Hint: s.meaning(info)}
	if s.ofResidents(about) {
		name.Text += s.T(", среднее по жителям ¦ , mean over residents")
	}
	row := []cell{name, {Text: line(info.Unit, 40)}, {Text: s.reach(info)}}
	format := s.numbers(digitsOf(all))
	for i, c := range s.conditions {
		row = append(row, cell{Text: s.estimated(all[i], c, format)})
	}
	return row
}

// subjectName is the metric with the group and the item that it is about.
func subjectName(about subject) string {
	out := line(about.metric, 60)
	for _, part := range []string{about.group, about.item} {
		if part != "" {
			out += " · " + line(part, 60)
		}
	}
	return out
}

// digitsOf is how many digits after the decimal sign show three that count.
func digitsOf(all []estimate) int {
	most := 0.0
	for _, e := range all {
		if !math.IsNaN(e.Mean) {
			most = max(most, math.Abs(e.Mean))
		}
	}
	if most == 0 {
		return 2
	}
	return min(max(2-int(math.Floor(math.Log10(most))), 0), 6)
}

// reach is the range of a metric; empty where it has no bounds.
func (s *study) reach(info sdk.MetricInfo) string {
	if info.Low == nil && info.High == nil {
		return ""
	}
	bound := func(x *float64, none string) string {
		if x == nil {
			return none
		}
		return s.Number(*x, digitsBare(*x))
	}
	return bound(info.Low, "−∞") + "\u00a0…\u00a0" + bound(info.High, "∞")
}

// digitsBare is how many digits a bound needs.
func digitsBare(x float64) int {
	_, part, _ := strings.Cut(csvNumber(x), ".")
	return len(part)
}

// meaning is the definition of a metric with its source.
func (s *study) meaning(info sdk.MetricInfo) string {
	out := line(info.Definition, 600)
	switch info.Better {
	case "up":
		out += s.T(" Лучше — больше. ¦  Higher is better.")
	case "down":
		out += s.T(" Лучше — меньше. ¦  Lower is better.")
	}
	if info.Source != "" {
		out += " " + s.T("Источник ¦ Source") + ": " + line(info.Source, 300)
	}
	return strings.TrimSpace(out)
}

// metricTerms define the metrics of a plugin, each once.
func (s *study) metricTerms(part []subject) []term {
	var out []term
	for i, about := range part {
		if i > 0 && about.metric == part[i-1].metric {
			continue
		}
		info := s.infoOf(about.source, about.metric)
		t := term{Name: line(about.metric, 60), Unit: line(info.Unit, 40), Range: s.reach(info), Text: strings.TrimRight(s.meaning(info), ".")}
		if t.Text == "" {
			t.Text = s.T("плагин не описал эту метрику ¦ the plugin does not describe this metric")
		}
		out = append(out, t)
	}
	return out
}

// scoreCharts are a plugin's scores of ticks; those of whole runs come first.
func (s *study) scoreCharts(part []subject, number int) (charts []*chart, left int) {
	timed := slices.DeleteFunc(slices.Clone(part), func(about subject) bool {
		return !slices.ContainsFunc(s.runs, func(r *run) bool { return r.scored[about] != nil && r.scored[about].bins != nil })
	})
	slices.SortStableFunc(timed, func(a, b subject) int { return boolRank(a.whole()) - boolRank(b.whole()) })
	for i, about := range timed {
		if i == maxMetricCharts {
			return charts, len(timed) - i
		}
		charts = append(charts, s.scoreChart(about, fmt.Sprintf("metric-%d-%d", number, i+1)))
	}
	return charts, 0
}

// boolRank sorts what holds first.
func boolRank(holds bool) int {
	if holds {
		return 0
	}
	return 1
}

func (s *study) scoreChart(about subject, id string) *chart {
	info := s.infoOf(about.source, about.metric)
	tracks := s.overBins(func(r *run, bin int) float64 {
		at := r.scored[about]
		if at == nil || at.bins == nil {
			return math.NaN()
		}
		return at.bins[bin].mean()
	})
	var all []estimate
	for _, t := range tracks {
		for _, x := range t.samples {
			all = append(all, estimate{Mean: x.Mean})
		}
	}
	unit := line(info.Unit, 40)
	if unit == "" {
		unit = line(about.metric, 60)
	}
	c := s.timeChart(id, subjectName(about), unit, digitsOf(all), lines{tracks: tracks})
	if c != nil {
		c.File = "metrics.csv"
	}
	return c
}

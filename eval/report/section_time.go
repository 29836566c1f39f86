package report

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// byTime takes a number from each bin of each run that reached it, by
// condition.
func (s *study) byTime(of func(b tally.Bin, ticks float64) float64) []track {
	return s.overBins(func(r *run, bin int) float64 {
		return of(r.Bins[bin], float64(min(r.Ticks-int64(bin)*s.axis.width, s.axis.width)))
	})
}

// overBins takes a number from each bin, by its index, of each run that reached
// it, by condition.
func (s *study) overBins(of func(r *run, bin int) float64) []track {
	var out []track
	for _, c := range s.plotted() {
		t := track{name: c.shown(), samples: make([]sample, s.axis.bins())}
		for i := range t.samples {
			var xs []float64
			for _, r := range c.runs {
				if int64(i)*s.axis.width < r.Ticks {
					xs = append(xs, of(r, i))
				}
			}
			t.samples[i] = describe(xs)
		}
		out = append(out, t)
	}
	return out
}

// chartBlocks are charts, without those that would be empty.
func chartBlocks(charts ...*chart) []block {
	var out []block
	for _, c := range charts {
		if c != nil {
			out = append(out, block{Chart: c})
		}
	}
	return out
}

// timeChart is a chart over simulated time; nil where there is nothing to show.
func (s *study) timeChart(id, title, unit string, digits int, l lines) *chart {
	if !slices.ContainsFunc(l.tracks, track.any) {
		return nil
	}
	l.labels, l.marks = s.labels(), s.marks()
	c := s.lineChart(id, title, unit, digits, l)
	c.File = "series.csv"
	return c
}

// lineChart is a chart over points of simulated time.
func (s *study) lineChart(id, title, unit string, digits int, l lines) *chart {
	l.x, l.y = s.timeTitle(), unit
	return &chart{
		ID: id, Title: title, Plot: l.plot(digits, false), Table: s.trackTable(title, l, s.numbers(digits)),
		Alt: fmt.Sprintf("%s: %s, %s — %s", title, unit, s.timeTitle(), s.Count(len(l.tracks), "линия|линии|линий ¦ line|lines")),
	}
}

// trackTable is what a line chart shows.
func (s *study) trackTable(title string, l lines, format func(float64) string) *table {
	t := &table{Caption: title, Head: []column{{Text: l.x}}}
	for _, tr := range l.tracks {
		t.Head = append(t.Head, column{Text: tr.name, Numeric: true})
	}
	for i, label := range l.labels {
		row := texts(label)
		for _, tr := range l.tracks {
			row = append(row, cell{Text: s.spanned(tr.samples[i], format)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// bandNote explains the bands of charts, where there are any.
func (s *study) bandNote() string {
	for _, c := range s.conditions {
		if len(c.runs) > 1 {
			return " " + s.T("Линия — среднее по повторам, полоса — от наименьшего до наибольшего. ¦ A line is a mean over seeds, its band goes from the least to the greatest.")
		}
	}
	return ""
}

// marks are when the study told its events.
func (s *study) marks() []mark {
	var out []mark
	seen := map[string]bool{}
	for _, r := range s.runs {
		for _, e := range r.Spreads {
			if !seen[e.Event] {
				seen[e.Event] = true
				out = append(out, mark{line(e.Event, 24), int(e.First / s.axis.width)})
			}
		}
	}
	return out
}

func (s *study) happened() bool { return s.axis.ticks > 0 && len(s.conditions) > 0 }

func (s *study) activity() section {
	out := section{ID: Activity, Nav: s.T("Активность ¦ Activity"), Title: s.T("Активность ¦ Activity"),
		Intro: s.T("Сколько действий совершают жители по ходу времени. ¦ How many actions residents carry out as time goes by.") + s.bandNote()}
	if !s.shows(Activity) || !s.happened() {
		return out
	}
	actions := s.byTime(func(b tally.Bin, ticks float64) float64 { return float64(b.Actions) / ticks })
	messages := s.byTime(func(b tally.Bin, ticks float64) float64 { return float64(b.Messages) / ticks })
	out.Blocks = chartBlocks(
		s.timeChart("activity-actions", s.T("Действия ¦ Actions"), s.T("действий ¦ actions")+" "+s.measured(), 1, lines{tracks: actions, min: 0}),
		s.timeChart("activity-messages", s.T("Сообщения ¦ Messages"), s.T("сообщений ¦ messages")+" "+s.measured(), 1, lines{tracks: messages, min: 0}),
	)
	return out
}

func (s *study) moods() section {
	out := section{ID: Mood, Nav: s.T("Настроение ¦ Mood"), Title: s.T("Настроение ¦ Mood"),
		Intro: s.T("Среднее по жителям, которые не спят: валентность от −1 (плохо) до 1 (хорошо), возбуждение от 0 (спокоен) до 1 (взволнован). ¦ "+
			"Mean over residents who are awake: valence from −1 (bad) to 1 (good), arousal from 0 (calm) to 1 (stirred).") + s.bandNote()}
	if !s.shows(Mood) || !s.happened() {
		return out
	}
	valence := s.byTime(func(b tally.Bin, _ float64) float64 { return b.Valence.Value() })
	arousal := s.byTime(func(b tally.Bin, _ float64) float64 { return b.Arousal.Value() })
	out.Blocks = chartBlocks(
		s.timeChart("mood-valence", s.T("Валентность настроения ¦ Valence of mood"), s.T("валентность, −1…1 ¦ valence, −1…1"), 3, lines{tracks: valence}),
		s.timeChart("mood-arousal", s.T("Возбуждение ¦ Arousal"), s.T("возбуждение, 0…1 ¦ arousal, 0…1"), 3, lines{tracks: arousal}),
	)
	return out
}

func (s *study) sentiments() section {
	out := section{ID: Sentiment, Nav: s.T("Тональность ¦ Sentiment"), Title: s.T("Тональность сообщений ¦ Sentiment of messages"),
		Intro: s.T("Как звучит то, что жители пишут, по оценке плагина тональности. ¦ How what residents write sounds, as the sentiment plugin rates it.") + s.bandNote()}
	if !s.shows(Sentiment) || !s.happened() {
		return out
	}
	tone := s.byTime(func(b tally.Bin, _ float64) float64 { return b.Sentiment.Value() })
	chart := s.timeChart("sentiment-time", s.T("Валентность сообщений ¦ Valence of messages"), s.T("валентность, −1…1 ¦ valence, −1…1"), 3, lines{tracks: tone})
	if chart != nil {
		out.Blocks = chartBlocks(chart, s.toneShares())
	}
	return out
}

// toneShares is how many messages are negative, neutral and positive.
func (s *study) toneShares() *chart {
	title := s.T("Доли тональностей ¦ Shares of sentiment")
	b := bars{x: s.T("доля сообщений, % ¦ share of messages, %"), categories: s.plottedLabels(), lying: true, stacked: true}
	t := &table{Caption: title, Head: append([]column{{Text: s.T("Тональность ¦ Sentiment")}}, columns(s.plotted())...)}
	for _, label := range []struct {
		name string
		of   func(tally.Labels) int
	}{
		{"отрицательная ¦ negative", func(l tally.Labels) int { return l.Negative }},
		{"нейтральная ¦ neutral", func(l tally.Labels) int { return l.Neutral }},
		{"положительная ¦ positive", func(l tally.Labels) int { return l.Positive }},
	} {
		series, row := barSeries{name: s.T(label.name)}, texts(s.T(label.name))
		for _, c := range s.plotted() {
			x := over(c.runs, labelled(label.of))
			series.values = append(series.values, 100*x.Mean)
			row = append(row, cell{Text: s.spanned(x, func(v float64) string { return s.Percent(v, 1) })})
		}
		b.series = append(b.series, series)
		t.Rows = append(t.Rows, row)
	}
	p := b.plot(1, true)
	p.Kind = "tones"
	return &chart{ID: "sentiment-shares", Title: title, Note: s.meanNote(), Alt: title, File: "conditions.csv", Table: t, Plot: p}
}

func (s *study) meanNote() string {
	return s.T("Средние по повторам; разброс — в таблице. ¦ Means over seeds; the table has the ranges.")
}

func (s *study) plottedLabels() []string {
	var out []string
	for _, c := range s.plotted() {
		out = append(out, c.shown())
	}
	return out
}

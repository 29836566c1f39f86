package report

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// answerCharts show how answers are distributed when they were asked first and
// last, and the mean of a scale over time.
func (s *study) answerCharts(q asked, id string) []*chart {
	if q.Type != typeScale && q.Type != typeSingle && q.Type != typeMultiple {
		return nil
	}
	charts := []*chart{}
	if q.Type == typeScale && len(q.ticks) > 1 {
		charts = append(charts, s.scaleChart(q, id+"-time"))
	}
	first, last := q.ticks[0], q.ticks[len(q.ticks)-1]
	charts = append(charts, s.picksChart(q, first, id+"-first"))
	if last != first {
		charts = append(charts, s.picksChart(q, last, id+"-last"))
	}
	return charts
}

// scaleChart is the mean answer over time.
func (s *study) scaleChart(q asked, id string) *chart {
	l := lines{}
	if q.Min < q.Max {
		l.min, l.max = q.Min, q.Max
	}
	return s.pointsChart(id, s.T("Средний ответ ¦ Mean answer"), s.T("ответ ¦ answer"), 2, q.ticks, l, "surveys.csv", func(r *run, tick int64) float64 {
		return scaleMean(q, tick)(r)
	})
}

// pointsChart is a chart over some ticks; nil where there is nothing to show.
func (s *study) pointsChart(id, title, unit string, digits int, ticks []int64, l lines, file string, of func(*run, int64) float64) *chart {
	for _, tick := range ticks {
		l.labels = append(l.labels, s.when(tick))
	}
	for _, c := range s.plotted() {
		t := track{name: c.shown()}
		for _, tick := range ticks {
			t.samples = append(t.samples, describe(per(c.runs, func(r *run) float64 { return of(r, tick) })))
		}
		l.tracks = append(l.tracks, t)
	}
	if !slices.ContainsFunc(l.tracks, track.any) {
		return nil
	}
	c := s.lineChart(id, title, unit, digits, l)
	c.File = file
	return c
}

// picksChart is how answers are distributed at a tick; nil where nobody
// answered.
func (s *study) picksChart(q asked, tick int64, id string) *chart {
	picks := s.picks(q)
	title := s.T("Распределение ответов ¦ Distribution of answers") + ", " + s.when(tick)
	unit := s.T("доля ответивших, % ¦ share of those who answered, %")
	b := bars{x: unit, lying: q.Type != typeScale}
	if !b.lying {
		b.x, b.y = s.T("ответ ¦ answer"), unit
	}
	t := &table{Caption: title, Head: append([]column{{Text: s.T("Ответ ¦ Answer")}}, columns(s.plotted())...)}
	for _, c := range s.plotted() {
		b.series = append(b.series, barSeries{name: c.shown()})
	}
	any := false
	for i, p := range picks {
		row := texts(p.name)
		if i < maxShownPick {
			b.categories = append(b.categories, p.name)
		}
		for j, c := range s.plotted() {
			e := sharesOf(per(c.runs, p.share(q, tick)))
			any = any || e.N > 0
			row = append(row, cell{Text: s.estimated(e, c, s.percents(1))})
			if i < maxShownPick {
				b.series[j].values = append(b.series[j].values, 100*e.Mean)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if !any {
		return nil
	}
	return &chart{ID: id, Title: title, Alt: title + ": " + line(q.Text, 200), Note: s.meanNote(), File: "estimates.csv", Table: t, Plot: b.plot(1, true)}
}

const maxQuotesShown = 5 // of a condition

// quoteBlocks are open answers to read.
func (s *study) quoteBlocks(q asked) []block {
	var out []block
	for i, c := range s.conditions {
		if t := s.quotes(q, c); t != nil && i < maxExamples {
			out = append(out, block{Thread: t})
		}
	}
	return out
}

// quotes are a sample of a condition's answers at the last time asked; nil
// where there are none.
func (s *study) quotes(q asked, c *condition) *thread {
	tick := q.ticks[len(q.ticks)-1]
	all := 0
	out := &thread{Title: c.shown()}
	for rank := range tally.MaxQuotes {
		for i, r := range c.runs {
			p := r.pollOf(q, tick)
			if p == nil || rank >= len(p.Quotes) || len(out.Posts) == maxQuotesShown {
				continue
			}
			said := p.Quotes[(rank+i)%len(p.Quotes)] // others of each run
			out.Posts = append(out.Posts, post{
				Author: nameOf(r.names(), said.Agent), Group: r.groupOf(said.Agent), Kind: fmt.Sprintf("seed %d", r.Seed), Time: s.when(tick), Text: prose(said.Text),
			})
		}
	}
	for _, r := range c.runs {
		if p := r.pollOf(q, tick); p != nil && len(p.Quotes) > 0 {
			all += p.N
		}
	}
	if len(out.Posts) == 0 {
		return nil
	}
	out.Note = fmt.Sprintf(s.T("выборка: %d из %s ¦ a sample: %d of %s"), len(out.Posts), s.Count(all, "ответа|ответов|ответов ¦ answer|answers"))
	return out
}

// groupOf is the group of a resident.
func (r *run) groupOf(id string) string {
	for _, p := range r.Residents {
		if p.ID == id {
			return line(p.Group, 40)
		}
	}
	return ""
}

package report

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

const (
	maxEventsShown = 8
	maxGroupsShown = 7
)

func (s *study) spread() section {
	out := section{ID: Spread, Nav: s.T("Новости ¦ News"), Title: s.T("Как расходятся новости ¦ How news spreads"),
		Intro: s.T("Житель «слышал» о событии, когда впервые увидел что-то о нём: от исследования (0 пересказов), от того, кому сказало исследование (1 пересказ), и так далее. ¦ "+
			"A resident has heard of an event once it saw anything about it: from the study (0 hops), from one whom the study told (1 hop), and so on.") + s.bandNote()}
	if !s.shows(Spread) {
		return out
	}
	events := s.events()
	for _, e := range events[:min(len(events), maxEventsShown)] {
		out.Blocks = append(out.Blocks, s.eventBlocks(e)...)
	}
	return out
}

// events are the study's, each once, as they come up.
func (s *study) events() []tally.Spread {
	var out []tally.Spread
	for _, r := range s.runs {
		for _, e := range r.Spreads {
			at := slices.IndexFunc(out, func(known tally.Spread) bool { return known.Event == e.Event })
			if at < 0 {
				out = append(out, e)
			} else if out[at].Text == "" {
				out[at].Text = e.Text
			}
		}
	}
	return out
}

// of is how an event went round in a run; nil where it did not come up.
func (r *run) spreadOf(event string) *tally.Spread {
	for i := range r.Spreads {
		if r.Spreads[i].Event == event {
			return &r.Spreads[i]
		}
	}
	return nil
}

func (s *study) eventBlocks(e tally.Spread) []block {
	id := line(e.Event, 40)
	blocks := []block{{Heading: s.T("Событие ¦ Event") + " " + id}}
	if e.Text != "" {
		blocks = append(blocks, block{Text: "«" + line(e.Text, 300) + "»"})
	}
	shown := []*chart{s.heardChart(e.Event)}
	if groups := s.groups(); len(groups) > 1 {
		for i, c := range s.conditions[:min(len(s.conditions), maxSmall)] {
			shown = append(shown, s.groupsChart(e.Event, c, i, groups))
		}
	}
	blocks = append(blocks, block{Table: s.reachTable(e.Event)})
	return append(blocks, chartBlocks(append(shown, s.hopsChart(e.Event))...)...)
}

// reachTable says how far an event came, and how fast.
func (s *study) reachTable(event string) *table {
	t := &table{
		Caption: s.T("Охват и скорость ¦ Reach and speed"),
		Head: []column{{Text: s.T("Условие ¦ Condition")}, {Text: s.T("Слышали ¦ Heard"), Numeric: true},
			{Text: s.T("До половины жителей ¦ Until half had heard"), Numeric: true}, {Text: s.T("Пересказов в среднем ¦ Mean hops"), Numeric: true}},
		Note: s.T("Время считается от первого сообщения о событии; в скобках — в скольких прогонах половина достигнута. ¦ " +
			"Time counts from when the event was first told; in parentheses, in how many runs half was reached."),
	}
	for _, c := range s.conditions {
		half := over(c.runs, untilHalf(event))
		span := fmt.Sprintf("%s (%d/%d)", s.spanned(half, s.lasted), half.N, len(c.runs))
		if half.N == 0 {
			span = fmt.Sprintf("%s (0/%d)", s.T("не достигнуто ¦ not reached"), len(c.runs))
		}
		t.Rows = append(t.Rows, texts(c.shown(),
			s.spanned(over(c.runs, reached(event)), func(x float64) string { return s.Percent(x, 1) }), span,
			s.spanned(over(c.runs, meanHops(event)), s.numbers(2))))
	}
	return t
}

// reached is the share of residents who heard in the end.
func reached(event string) func(*run) float64 {
	return func(r *run) float64 {
		e := r.spreadOf(event)
		if e == nil {
			return math.NaN()
		}
		return tally.Ratio(float64(e.Heard), float64(len(r.Residents)))
	}
}

// untilHalf is in ticks; NaN where half never heard.
func untilHalf(event string) func(*run) float64 {
	return func(r *run) float64 {
		e := r.spreadOf(event)
		if e == nil || e.Half < 0 {
			return math.NaN()
		}
		return float64(e.Half - e.First)
	}
}

func meanHops(event string) func(*run) float64 {
	return func(r *run) float64 {
		e := r.spreadOf(event)
		if e == nil {
			return math.NaN()
		}
		sum := 0
		for hops, n := range e.Hops {
			sum += hops * n
		}
		return tally.Ratio(float64(sum), float64(e.Heard))
	}
}

// cumulated is the share, in per cent, of a run's residents (of a group, or all
// where it is nil) who had heard by the end of each bin that the run reached.
func (s *study) cumulated(r *run, event string, group *string) []float64 {
	out, of, heard := make([]float64, s.axis.bins()), 0, 0
	for _, p := range r.Residents {
		if group == nil || p.Group == *group {
			of++
		}
	}
	e := r.spreadOf(event)
	for i := range out {
		if int64(i)*s.axis.width >= r.Ticks {
			out[i] = math.NaN()
			continue
		}
		if e != nil {
			for name, fresh := range e.New {
				if group == nil || name == *group {
					heard += fresh[i]
				}
			}
		}
		out[i] = 100 * tally.Ratio(float64(heard), float64(of))
	}
	return out
}

// heardTrack is a line of the share who heard over time.
func (s *study) heardTrack(name, event string, runs []*run, group *string) track {
	t := track{name: name, samples: make([]sample, s.axis.bins())}
	points := make([][]float64, len(t.samples))
	for _, r := range runs {
		for i, x := range s.cumulated(r, event, group) {
			points[i] = append(points[i], x)
		}
	}
	for i, xs := range points {
		t.samples[i] = describe(xs)
	}
	return t
}

func (s *study) heardChart(event string) *chart {
	l := lines{min: 0, max: 100, step: true}
	for _, c := range s.plotted() {
		l.tracks = append(l.tracks, s.heardTrack(c.shown(), event, c.runs, nil))
	}
	return s.shareChart("spread-"+s.eventNumber(event), s.T("Кто слышал: доля жителей ¦ Who has heard: share of residents"), l)
}

// groupsChart shows the groups of the population in one condition.
func (s *study) groupsChart(event string, c *condition, index int, groups []string) *chart {
	l := lines{min: 0, max: 100, step: true}
	for _, g := range groups {
		name := line(g, 40)
		if g == "" {
			name = s.T("без группы ¦ no group")
		}
		l.tracks = append(l.tracks, s.heardTrack(name, event, c.runs, &g))
	}
	title := s.T("Кто слышал, по группам населения ¦ Who has heard, by group of the population")
	if len(s.conditions) > 1 {
		title += ": " + c.shown()
	}
	return s.shareChart(fmt.Sprintf("spread-%s-groups-%d", s.eventNumber(event), index+1), title, l)
}

func (s *study) shareChart(id, title string, l lines) *chart {
	c := s.timeChart(id, title, s.T("слышали, % ¦ heard, %"), 1, l)
	if c != nil {
		c.Plot.Percent, c.File = true, "spread.csv"
	}
	return c
}

// eventNumber names an event in the page.
func (s *study) eventNumber(event string) string {
	at := slices.IndexFunc(s.events(), func(e tally.Spread) bool { return e.Event == event })
	return fmt.Sprint(at + 1)
}

// groups are those of the population, sorted; the first few.
func (s *study) groups() []string {
	set := map[string]bool{}
	for _, r := range s.runs {
		for _, p := range r.Residents {
			set[p.Group] = true
		}
	}
	groups := slices.Sorted(maps.Keys(set))
	return groups[:min(len(groups), maxGroupsShown)]
}

// hopsChart is a histogram of how far news came before residents heard it.
func (s *study) hopsChart(event string) *chart {
	title := s.T("Через сколько пересказов услышали ¦ Hops until residents heard")
	b := bars{x: s.T("пересказов от исследования ¦ hops from the study"), y: s.T("жителей ¦ residents")}
	t := &table{Caption: title, Head: append([]column{{Text: b.x}}, columns(s.plotted())...)}
	last := 1
	for _, r := range s.runs {
		if e := r.spreadOf(event); e != nil {
			for hops, n := range e.Hops {
				if n > 0 {
					last = max(last, hops)
				}
			}
		}
	}
	for _, c := range s.plotted() {
		b.series = append(b.series, barSeries{name: c.shown()})
	}
	for hops := range last + 1 {
		label := fmt.Sprint(hops)
		if hops == len(tally.Spread{}.Hops)-1 {
			label += "+"
		}
		b.categories = append(b.categories, label)
		row := texts(label)
		for i, c := range s.plotted() {
			x := over(c.runs, func(r *run) float64 {
				if e := r.spreadOf(event); e != nil {
					return float64(e.Hops[hops])
				}
				return 0
			})
			b.series[i].values = append(b.series[i].values, x.Mean)
			row = append(row, cell{Text: s.spanned(x, s.numbers(1))})
		}
		t.Rows = append(t.Rows, row)
	}
	return &chart{ID: "hops-" + s.eventNumber(event), Title: title, Note: s.meanNote(), Alt: title, File: "spread_hops.csv", Table: t, Plot: b.plot(1, false)}
}

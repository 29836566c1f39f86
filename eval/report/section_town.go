package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// town is how towns with a mayor fared.
func (s *study) town() section {
	out := section{ID: "town", Nav: s.T("Город ¦ Town"), Title: s.T("Город и мэр ¦ The town and its mayor"),
		Intro: s.T("Деньги, жители и здания по ходу времени и решения мэра. Занятость — доля занятых мест для сна, 1 − свободные/все. ¦ "+
			"Money, residents and buildings as time goes by, and what the mayor decided. Occupancy is the share of beds taken, 1 − free/all.") +
			s.intervalNote() + s.bandNote()}
	if !slices.ContainsFunc(s.runs, func(r *run) bool { return r.Town != nil }) {
		return out
	}
	out.Blocks = []block{{Table: s.townTable()}}
	for _, t := range s.levelTables() {
		out.Blocks = append(out.Blocks, block{Table: t})
	}
	out.Blocks = append(out.Blocks, chartBlocks(s.townCharts()...)...)
	out.Blocks = append(out.Blocks, chartBlocks(s.decreesChart())...)
	if t := s.refusedTable(); t != nil {
		out.Blocks = append(out.Blocks, block{Table: t, Half: true})
	}
	if t := s.flowsTable(); t != nil {
		out.Blocks = append(out.Blocks, block{Table: t})
	}
	return out
}

// townCharts are a town's numbers over time.
func (s *study) townCharts() []*chart {
	var out []*chart
	for _, number := range s.townNumbers() {
		l := lines{min: 0, tracks: s.byTime(func(b tally.Bin, _ float64) float64 {
			if b.Town == nil {
				return math.NaN()
			}
			return number.of(*b.Town) * number.factor
		})}
		if number.factor == 100 {
			l.max = 100
		}
		if c := s.timeChart("town-"+number.id, s.T(number.name), s.T(number.unit), number.digits, l); c != nil {
			c.File, c.Plot.Percent = "town.csv", number.factor == 100
			out = append(out, c)
		}
	}
	return out
}

// townNumber is a number of a town at a time.
type townNumber struct {
	id, name, unit string
	digits         int
	factor         float64 // 100 shows a share as a percentage
	of             func(event.Town) float64
}

func (s *study) townNumbers() []townNumber {
	return []townNumber{
		{"money", "Деньги мэра ¦ The mayor's money", "монет ¦ coins", 0, 1, func(t event.Town) float64 { return float64(t.Money) }},
		{"population", "Жители ¦ Residents", "жителей ¦ residents", 1, 1, func(t event.Town) float64 { return float64(t.Population) }},
		{"occupancy", "Занятость мест для сна ¦ Occupancy of beds", "занято, % ¦ taken, %", 1, 100, occupancy},
		{"buildings", "Здания ¦ Buildings", "зданий ¦ buildings", 1, 1, func(t event.Town) float64 { return float64(t.Buildings) }},
	}
}

// occupancy is the share of beds taken; NaN without a bed.
func occupancy(t event.Town) float64 { return 1 - tally.Ratio(float64(t.FreeBeds), float64(t.Beds)) }

// succeeded is whether a run's town reached its goal: nothing where it has none
// that can be measured.
func succeeded(r *run) share {
	switch {
	case r.Town == nil || !r.Goal:
		return share{}
	case r.Town.Met >= 0:
		return share{1, 1}
	}
	return share{0, 1}
}

// refused is how many of the mayor's decisions were.
func refused(r *run) share {
	if r.Town == nil {
		return share{}
	}
	return share{r.Town.Invalid, r.Town.Decisions}
}

// townTable sets the conditions side by side.
func (s *study) townTable() *table {
	t := &table{Caption: s.T("Чем кончилось ¦ How it ended"), Head: append([]column{{Text: s.T("Показатель ¦ Measure")}}, columns(s.conditions)...),
		Note: s.T("Деньги, жители, занятость и здания — на последнем тике прогона. Доля успеха — интервал Уилсона по прогонам; доля недопустимых решений — тот же интервал с поправкой на то, что решения одного прогона зависят друг от друга. ¦ " +
			"Money, residents, occupancy and buildings are those of a run's last tick. Success: Wilson's interval over runs; invalid decisions: the same, corrected for decisions of one run depending on each other.")}
	row := func(name string, of func(*condition) string) {
		cells := texts(name)
		for _, c := range s.conditions {
			cells = append(cells, cell{Text: of(c)})
		}
		t.Rows = append(t.Rows, cells)
	}
	if slices.ContainsFunc(s.runs, func(r *run) bool { return succeeded(r).Of > 0 }) {
		row(s.T("Цель достигнута ¦ Goal met"), func(c *condition) string { return s.success(c.runs) })
		row(s.T("До цели, время в модели ¦ Until the goal, simulated time"), func(c *condition) string { return s.spanned(over(c.runs, untilGoal), s.lasted) })
	}
	row(s.T("Решений мэра за прогон ¦ The mayor's decisions in a run"), func(c *condition) string {
		return s.estimated(meanOf(per(c.runs, decisions)), c, s.numbers(1))
	})
	row(s.T("Недопустимые решения ¦ Invalid decisions"), func(c *condition) string { return s.estimated(sharesOf(per(c.runs, refused)), c, s.percents(1)) })
	for _, number := range s.townNumbers() {
		format := s.numbers(number.digits)
		if number.factor == 100 {
			format = s.percents(number.digits)
		}
		row(s.T(number.name), func(c *condition) string { return s.estimated(townEnd(c.runs, number), c, format) })
	}
	return t
}

// townEnd is a number of towns at the end of runs; none is below 0.
func townEnd(runs []*run, number townNumber) estimate {
	low := 0.0
	var high *float64
	if number.factor == 100 {
		high = new(1.0)
	}
	return meanOf(per(runs, func(r *run) float64 {
		if r.Town == nil {
			return math.NaN()
		}
		return number.of(r.Town.Last)
	})).within(&low, high)
}

func decisions(r *run) float64 {
	if r.Town == nil {
		return math.NaN()
	}
	return float64(r.Town.Decisions)
}

// untilGoal is the tick by whose end the goal was reached, counted from 1; NaN
// where it was not.
func untilGoal(r *run) float64 {
	if r.Town == nil || r.Town.Met < 0 {
		return math.NaN()
	}
	return float64(r.Town.Met + 1)
}

// success is how many of some runs reached their goal, with the share.
func (s *study) success(runs []*run) string {
	all := per(runs, succeeded)
	met, of := 0, 0
	for _, x := range all {
		met += x.Yes
		of += x.Of
	}
	if of == 0 {
		return "—"
	}
	e := sharesOf(all)
	out := fmt.Sprintf(s.T("%s из %s, %s ¦ %s of %s, %s"), s.Int(met), s.Int(of), s.Percent(e.Mean, 0))
	if e.Low < e.High {
		out += " (" + s.Percent(e.Low, 0) + "\u00a0…\u00a0" + s.Percent(e.High, 0) + ")"
	}
	return out
}

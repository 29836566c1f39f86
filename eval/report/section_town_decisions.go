package report

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// decreesChart is how often mayors decide what; nil where none decides.
func (s *study) decreesChart() *chart {
	total := map[tally.Decreed]int{}
	for _, r := range s.runs {
		if r.Town != nil {
			for _, d := range r.Town.Decrees {
				total[d.Key] += d.N
			}
		}
	}
	if len(total) == 0 {
		return nil
	}
	all := slices.SortedFunc(maps.Keys(total), func(a, b tally.Decreed) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), boolRank(a.OK)-boolRank(b.OK))
	})
	all = all[:min(len(all), maxKindsShown)]
	title := s.T("Решения мэра по видам ¦ The mayor's decisions by kind")
	b := bars{x: s.T("решений за прогон ¦ decisions in a run"), lying: true}
	t := &table{Caption: title, Head: append([]column{{Text: s.T("Решение ¦ Decision")}}, columns(s.plotted())...)}
	for _, c := range s.plotted() {
		b.series = append(b.series, barSeries{name: c.shown()})
	}
	for _, d := range all {
		name := s.decreeName(d)
		b.categories = append(b.categories, name)
		row := texts(name)
		for i, c := range s.plotted() {
			e := meanOf(per(c.runs, ofDecree(d))).within(new(0.0), nil)
			b.series[i].values = append(b.series[i].values, e.Mean)
			row = append(row, cell{Text: s.estimated(e, c, s.numbers(1))})
		}
		t.Rows = append(t.Rows, row)
	}
	return &chart{ID: "town-decisions", Title: title, Note: s.meanNote(), Alt: title, File: "town_decisions.csv", Table: t, Plot: b.plot(1, false)}
}

// ofDecree counts decisions of a kind in a run.
func ofDecree(d tally.Decreed) func(*run) float64 {
	return func(r *run) float64 {
		if r.Town == nil {
			return math.NaN()
		}
		return float64(counted(r.Town.Decrees, d))
	}
}

func (s *study) decreeName(d tally.Decreed) string {
	name := line(d.Kind, 40)
	switch d.Kind {
	case "nothing":
		name = s.T("ничего ¦ nothing")
	case "build":
		name = s.T("построить ¦ build")
	case "recruit":
		name = s.T("пригласить жителя ¦ recruit")
	}
	if !d.OK {
		name += s.T(" — отклонено ¦  — refused")
	}
	return name
}

// refusedTable says why decisions were refused; nil where none was.
func (s *study) refusedTable() *table {
	total := map[string]int{}
	for _, r := range s.runs {
		if r.Town != nil {
			for _, why := range r.Town.Refused {
				total[why.Key] += why.N
			}
		}
	}
	return s.reasons(s.T("Почему решения отклонены (все прогоны) ¦ Why decisions were refused (all runs)"), total)
}

// flowsTable is who paid whom for what.
func (s *study) flowsTable() *table {
	type flow struct{ from, to, why string }
	seen := map[flow]bool{}
	coins := func(f flow) func(*run) float64 {
		return func(r *run) float64 {
			if r.Town == nil {
				return math.NaN()
			}
			for _, x := range r.Town.Flows {
				if f == (flow{x.From, x.To, x.Why}) {
					return float64(x.Coins)
				}
			}
			return 0
		}
	}
	for _, r := range s.runs {
		if r.Town != nil {
			for _, x := range r.Town.Flows {
				seen[flow{x.From, x.To, x.Why}] = true
			}
		}
	}
	if len(seen) == 0 {
		return nil
	}
	t := &table{Caption: s.T("Движение денег за прогон, монет ¦ Money that changed hands in a run, coins"),
		Head: append([]column{{Text: s.T("За что ¦ What for")}, {Text: s.T("От кого → кому ¦ From → to")}}, columns(s.conditions)...)}
	for _, f := range slices.SortedFunc(maps.Keys(seen), func(a, b flow) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.why, b.why))
	}) {
		row := texts(s.flowName(f.why), s.accountName(f.from)+" → "+s.accountName(f.to))
		for _, c := range s.conditions {
			row = append(row, cell{Text: s.estimated(meanOf(per(c.runs, coins(f))).within(new(0.0), nil), c, s.numbers(0))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *study) accountName(account string) string {
	switch account {
	case "mayor":
		return s.T("мэр ¦ mayor")
	case "world":
		return s.T("вне города ¦ outside")
	}
	return s.T("жители ¦ residents")
}

func (s *study) flowName(why string) string {
	for _, k := range [...]struct{ why, name string }{
		{"start", "на начало ¦ at the start"},
		{"wage", "зарплата ¦ wages"},
		{"use", "доход от оборудования ¦ what equipment pays"},
		{"goods", "покупки ¦ purchases"},
		{"build", "строительство ¦ building"},
		{"recruit", "приглашение жителей ¦ recruiting"},
		{"cash", "подъёмные новичкам ¦ newcomers' cash"},
		{"shock", "потрясения ¦ shocks"},
	} {
		if k.why == why {
			return s.T(k.name)
		}
	}
	return line(why, 40)
}

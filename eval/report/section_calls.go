package report

import "fmt"

func (s *study) calls() section {
	out := section{ID: Calls, Nav: s.T("Модели ¦ Models"), Title: s.T("Вызовы моделей ¦ Calls of models"),
		Intro: s.T("Для чего спрашивали модели и чего это стоило. ¦ What models were asked for, and what it cost.")}
	uses := s.uses()
	if !s.shows(Calls) || len(uses) == 0 {
		return out
	}
	out.Blocks = []block{
		{Chart: s.useChart("calls-purpose", s.T("Вызовы по назначению ¦ Calls by purpose"), s.T("вызовов за прогон ¦ calls in a run"), uses,
			func(c callSum) float64 { return float64(c.calls) })},
		{Chart: s.useChart("calls-tokens", s.T("Токены по назначению ¦ Tokens by purpose"), s.T("токенов за прогон ¦ tokens in a run"), uses,
			func(c callSum) float64 { return float64(c.prompt + c.reply) })},
		{Table: s.useTable(uses)},
	}
	return out
}

// useName is a model and a purpose; the model only where there are several.
func useName(u use, uses []use) string {
	for _, other := range uses {
		if other.model != u.model {
			return line(u.model, 40) + " · " + line(u.purpose, 40)
		}
	}
	return line(u.purpose, 40)
}

func (s *study) useChart(id, title, unit string, uses []use, of func(callSum) float64) *chart {
	b := bars{x: unit, categories: s.plottedLabels(), lying: true, stacked: true}
	t := &table{Caption: title, Head: append([]column{{Text: s.T("Назначение ¦ Purpose")}}, columns(s.plotted())...)}
	for _, u := range uses {
		series, row := barSeries{name: useName(u, uses)}, texts(useName(u, uses))
		for _, c := range s.plotted() {
			x := over(c.runs, u.of(of))
			series.values = append(series.values, x.Mean)
			row = append(row, cell{Text: s.spanned(x, s.numbers(0))})
		}
		b.series = append(b.series, series)
		t.Rows = append(t.Rows, row)
	}
	return &chart{ID: id, Title: title, Note: s.meanNote(), Alt: title, File: "calls.csv", Table: t, Plot: b.plot(0, false)}
}

// useTable adds up all runs.
func (s *study) useTable(uses []use) *table {
	t := &table{
		Caption: s.T("Все прогоны вместе ¦ All runs together"),
		Head: []column{{Text: s.T("Модель ¦ Model")}, {Text: s.T("Назначение ¦ Purpose")}, {Text: s.T("Вызовы ¦ Calls"), Numeric: true},
			{Text: s.T("Токены запросов ¦ Prompt tokens"), Numeric: true},
			{Text: s.T("Токены ответов ¦ Reply tokens"), Numeric: true}, {Text: s.T("Задержка в среднем, мс ¦ Mean latency, ms"), Numeric: true}},
	}
	for _, u := range uses {
		var sum callSum
		for _, r := range s.runs {
			if c := r.calls.uses[u]; c != nil {
				sum.calls, sum.latency = sum.calls+c.calls, sum.latency+c.latency
				sum.prompt, sum.reply = sum.prompt+c.prompt, sum.reply+c.reply
			}
		}
		t.Rows = append(t.Rows, texts(line(u.model, 60), line(u.purpose, 60), s.Int(int(sum.calls)),
			s.Int(int(sum.prompt)), s.Int(int(sum.reply)), s.latency(sum)))
	}
	return t
}

func (s *study) latency(c callSum) string {
	if c.calls == 0 {
		return "—"
	}
	return fmt.Sprint(s.Number(float64(c.latency.Microseconds())/1000/float64(c.calls), 1))
}

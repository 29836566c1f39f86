package report

import (
	"cmp"
	"maps"
	"slices"
)

// maxKindsShown bounds the bars; the CSV file has all.
const maxKindsShown = 24

func (s *study) actions() section {
	out := section{ID: Actions, Nav: s.T("Действия ¦ Actions"), Title: s.T("Виды действий ¦ Kinds of actions"),
		Intro: s.T("Что именно делают жители и что им не удаётся. ¦ What residents do, and what fails.")}
	kinds := s.kinds()
	if !s.shows(Actions) || len(kinds) == 0 && s.refusals() == nil {
		return out
	}
	if len(kinds) > 0 {
		out.Blocks = append(out.Blocks, block{Chart: s.kindsChart(kinds[:min(len(kinds), maxKindsShown)])})
	}
	if t := s.refusals(); t != nil {
		out.Blocks = append(out.Blocks, block{Table: t})
	}
	return out
}

// kinds are those of all runs, the most frequent first.
func (s *study) kinds() []string {
	total := map[string]int{}
	for _, r := range s.runs {
		for _, k := range r.Kinds {
			total[k.Key] += k.N
		}
	}
	kinds := make([]string, 0, len(total))
	for kind := range total {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b)) })
	return kinds
}

func (s *study) kindsChart(kinds []string) *chart {
	title := s.T("Действия по видам ¦ Actions by kind")
	b := bars{x: s.T("действий за прогон ¦ actions in a run"), lying: true}
	t := &table{Caption: title, Head: append([]column{{Text: s.T("Вид ¦ Kind")}}, columns(s.plotted())...)}
	for _, kind := range kinds {
		b.categories = append(b.categories, s.kindName(kind))
		row := texts(s.kindName(kind))
		for _, c := range s.plotted() {
			row = append(row, cell{Text: s.spanned(over(c.runs, ofKinds(kind)), s.numbers(1))})
		}
		t.Rows = append(t.Rows, row)
	}
	for _, c := range s.plotted() {
		series := barSeries{name: c.shown()}
		for _, kind := range kinds {
			series.values = append(series.values, over(c.runs, ofKinds(kind)).Mean)
		}
		b.series = append(b.series, series)
	}
	return &chart{
		ID: "actions-kinds", Title: title, Note: s.meanNote(), Alt: title, Size: "tall", File: "actions.csv", Table: t, Plot: b.plot(1, false),
	}
}

// refusals are why actions failed, over all runs; nil where none did.
func (s *study) refusals() *table {
	total := map[string]int{}
	for _, r := range s.runs {
		for _, why := range r.Reasons {
			total[why.Key] += why.N
		}
	}
	return s.reasons(s.T("Почему действия не удались (все прогоны) ¦ Why actions failed (all runs)"), total)
}

// maxReasonsShown bounds the rows of reasons.
const maxReasonsShown = 10

// reasons are how often each came up, the most frequent first; nil where none
// did.
func (s *study) reasons(caption string, total map[string]int) *table {
	if len(total) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(maps.Keys(total), func(a, b string) int { return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b)) })
	t := &table{Caption: caption, Head: []column{{Text: s.T("Причина ¦ Reason")}, {Text: s.T("Сколько раз ¦ Times"), Numeric: true}}}
	for _, why := range sorted[:min(maxReasonsShown, len(sorted))] {
		t.Rows = append(t.Rows, texts(line(why, 200), s.Int(total[why])))
	}
	return t
}

package evaluation

import (
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
)

// judges are who judged, how alike, and how people saw it.
func (w *writer) judges() page.Section {
	out := page.Section{ID: "judges", Nav: w.T("Судьи ¦ Judges"), Title: w.T("Судьи ¦ Judges")}
	table := &page.Table{Caption: w.T("Кто судил ¦ Who judged"), Head: []page.Column{{Text: w.T("Показатель ¦ Measure")}, {Text: w.T("Судья ¦ Judge")},
		{Text: w.T("Вердиктов ¦ Verdicts"), Numeric: true}, {Text: w.T("Негодных ¦ Unusable"), Numeric: true},
		{Text: w.T("Меняется с порядком ¦ Changes with the order"), Numeric: true}, {Text: w.T("Средние ¦ Means")}}}
	annotators := &page.Table{Caption: w.T("Кто размечал ¦ Who annotated"), Head: []page.Column{{Text: w.T("Показатель ¦ Measure")}, {Text: w.T("Человек ¦ Person")},
		{Text: w.T("Ответов ¦ Answers"), Numeric: true}, {Text: w.T("Средние ¦ Means")}}}
	var about []page.Block
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, j := range m.Judges {
				if person, ok := sample.Annotated(j.Name); ok {
					annotators.Rows = append(annotators.Rows, page.Texts(name(t.Name)+": "+w.title(&m.Measure), w.person(person), w.Int(j.Verdicts), w.means(m, j)))
					continue
				}
				table.Rows = append(table.Rows, page.Texts(name(t.Name)+": "+w.title(&m.Measure), name(j.Name), w.Int(j.Verdicts), w.Int(j.Missing), w.flips(j), w.means(m, j)))
			}
			about = append(about, w.agreement(t, m)...)
		}
	}
	for _, made := range []*page.Table{table, annotators} {
		if len(made.Rows) > 0 {
			out.Blocks = append(out.Blocks, page.Block{Table: made})
		}
	}
	out.Blocks = append(out.Blocks, about...)
	return out
}

// person is who annotated.
func (w *writer) person(called string) string {
	if called == "" {
		return w.T("без имени ¦ unnamed")
	}
	return name(called)
}

// judge is who judged: a judge, or a person.
func (w *writer) judge(by string) string {
	if person, ok := sample.Annotated(by); ok {
		return w.T("человек: ¦ person:") + " " + w.person(person)
	}
	return name(by)
}

func (w *writer) flips(j analysis.Judge) string {
	switch {
	case j.Flips == nil:
		return none
	case j.Flips.Rate.Why != "":
		return w.why(j.Flips.Rate.Why)
	}
	return w.estimate(j.Flips.Rate, w.three)
}

func (w *writer) means(m *analysis.Measure, j analysis.Judge) string {
	var out []string
	for _, x := range j.Means {
		if x.Value.Why == "" {
			out = append(out, name(x.Subject)+": "+w.value(m, x.Value.Value))
		}
	}
	return strings.Join(out[:min(len(out), 12)], "; ")
}

// agreement tells how alike judges judge a measure, and what people say of it.
func (w *writer) agreement(t *analysis.Task, m *analysis.Measure) (out []page.Block) {
	label := name(t.Name) + ", " + w.title(&m.Measure)
	for _, of := range []struct {
		among *analysis.Agreement
		title string
	}{
		{m.Agreement, w.T("согласие всех ¦ agreement of all")}, {m.People, w.T("согласие людей между собой ¦ agreement of people among themselves")},
		{m.PeopleJudges, w.T("согласие людей, вместе взятых, с судьями ¦ agreement of people, taken together, with judges")},
	} {
		if of.among != nil {
			out = append(out, page.Block{Text: label + ": " + of.title + w.alpha(of.among, of.among != m.PeopleJudges)})
		}
	}
	if len(m.Human) > 0 {
		out = append(out, page.Block{Table: w.people(label, m)})
	}
	return out
}

// alpha writes an agreement, with its raters.
func (w *writer) alpha(a *analysis.Agreement, raters bool) string {
	text := ""
	if raters {
		var who []string
		for _, r := range a.Raters {
			who = append(who, w.judge(r))
		}
		text = " (" + names(who) + ")"
	}
	text += " " + w.T("— альфа Криппендорфа ¦ — Krippendorff's alpha") + " "
	if a.Alpha.Why != "" {
		return text + w.T("не определить: ¦ not known:") + " " + w.why(a.Alpha.Why) + "."
	}
	return text + w.estimate(a.Alpha, w.two) + "."
}

// people are estimates of what people would say of all items.
func (w *writer) people(label string, m *analysis.Measure) *page.Table {
	table := &page.Table{Caption: label + ": " + w.T("люди и судьи ¦ people and judges"), Head: []page.Column{{Text: w.T("Участник ¦ Subject")},
		{Text: w.T("Только судьи ¦ Judges alone"), Numeric: true}, {Text: w.T("Только люди ¦ People alone"), Numeric: true},
		{Text: w.T("Люди и судьи (PPI++) ¦ People and judges (PPI++)"), Numeric: true}, {Text: w.T("Оценено людьми ¦ Judged by people"), Numeric: true}},
		Note: w.T("PPI++: оценки судей на всех заданиях, исправленные по тем, что оценили люди. ¦ PPI++: the judges' verdicts on all items, corrected by those that people judged.")}
	if m.Pairwise != nil {
		table.Head = append(table.Head, page.Column{Text: w.T("Побед больше, чем поражений (PPI++) ¦ More wins than losses (PPI++)"), Numeric: true})
		table.Note += " " + w.T("Для пар — доля побед первого, ничья считается за половину. ¦ Of pairs it is the share of wins of the first, a tie counting half.")
	}
	cell := func(e stats.Estimate) string {
		if e.Why != "" {
			return w.why(e.Why)
		}
		return w.estimate(e, w.of(m))
	}
	for _, h := range m.Human {
		who := name(h.Subject)
		if h.Against != "" {
			who += " — " + name(h.Against)
		}
		row := []string{who, cell(h.Judged), cell(h.Classical), cell(h.Powered), w.Int(h.Labelled)}
		if m.Pairwise != nil {
			row = append(row, cell(analysis.Difference(h.Powered)))
		}
		table.Rows = append(table.Rows, page.Texts(row...))
	}
	return table
}

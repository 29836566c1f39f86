package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// judges are who judged, how alike, and how people saw it.
func (w *writer) judges() page.Section {
	out := page.Section{ID: "judges", Nav: w.T("Судьи ¦ Judges"), Title: w.T("Судьи ¦ Judges")}
	table := &page.Table{Caption: w.T("Кто судил ¦ Who judged"), Head: []page.Column{{Text: w.T("Показатель ¦ Measure")}, {Text: w.T("Судья ¦ Judge")},
		{Text: w.T("Вердиктов ¦ Verdicts"), Numeric: true}, {Text: w.T("Негодных ¦ Unusable"), Numeric: true},
		{Text: w.T("Меняется с порядком ¦ Changes with the order"), Numeric: true}, {Text: w.T("Средние ¦ Means")}}}
	var about []page.Block
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, j := range m.Judges {
				table.Rows = append(table.Rows, page.Texts(name(t.Name)+": "+w.title(&m.Measure), name(j.Name), w.Int(j.Verdicts), w.Int(j.Missing), w.flips(j), w.means(m, j)))
			}
			about = append(about, w.agreement(t, m)...)
		}
	}
	if len(table.Rows) == 0 {
		return out
	}
	out.Blocks = append([]page.Block{{Table: table}}, about...)
	return out
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
	label := name(t.Name) + ", " + w.title(&m.Measure) + ": "
	if a := m.Agreement; a != nil {
		text := label + fmt.Sprintf(w.T("согласие (%s) — альфа Криппендорфа ¦ agreement (%s), Krippendorff's alpha"), names(a.Raters)) + " "
		if a.Alpha.Why != "" {
			text += w.T("не определить: ¦ not known:") + " " + w.why(a.Alpha.Why)
		} else {
			text += w.estimate(a.Alpha, w.two)
		}
		out = append(out, page.Block{Text: text + "."})
	}
	if len(m.Human) == 0 {
		return out
	}
	table := &page.Table{Caption: label + w.T("люди и судьи ¦ people and judges"), Head: []page.Column{{Text: w.T("Участник ¦ Subject")},
		{Text: w.T("Только люди ¦ People alone"), Numeric: true}, {Text: w.T("Люди и судьи (PPI++) ¦ People and judges (PPI++)"), Numeric: true},
		{Text: w.T("Оценено людьми ¦ Judged by people"), Numeric: true}},
		Note: w.T("PPI++: оценки судей на всех заданиях, исправленные по тем, что оценили люди. ¦ PPI++: the judges' verdicts on all items, corrected by those that people judged.")}
	for _, h := range m.Human {
		cell := func(e stats.Estimate) string {
			if e.Why != "" {
				return w.why(e.Why)
			}
			return w.estimate(e, w.of(m))
		}
		table.Rows = append(table.Rows, page.Texts(name(h.Subject), cell(h.Classical), cell(h.Powered), w.Int(h.Labelled)))
	}
	return append(out, page.Block{Table: table})
}

package evaluation

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// maxRows bounds a table of exploratory comparisons; data/comparisons.csv has all.
const maxRows = 60

// family is what was asked beforehand, and its answer.
func (w *writer) family() page.Section {
	out := page.Section{ID: "family", Nav: w.T("Главное ¦ Findings"), Title: w.T("Что было объявлено и что вышло ¦ What was declared, and what came of it")}
	if len(w.r.Family) == 0 {
		out.Blocks = []page.Block{{Text: w.T(noFamilyText)}}
		return out
	}
	out.Intro = fmt.Sprintf(w.T("Сравнения объявлены до запуска; p исправлены методом Холма на %s. Разность — первый минус второй. ¦ "+
		"Comparisons were declared before anything was asked; p-values are corrected by Holm's method for %s. Differences are the first less the second."),
		w.Count(len(w.r.Family), "сравнение|сравнения|сравнений ¦ comparison|comparisons"))
	for _, c := range w.r.Family {
		out.Blocks = append(out.Blocks, page.Block{Text: w.sentence(c)})
	}
	t := w.comparisonTable(w.T("Объявленные сравнения ¦ Declared comparisons"), w.r.Family, true)
	t.Note = w.tableNote(true)
	out.Blocks = append(out.Blocks, page.Block{Table: t})
	for i, d := range w.forests(w.r.Family) {
		title := w.T("Объявленные сравнения: ¦ Declared comparisons:") + " " + d.title
		out.Blocks = append(out.Blocks, page.Block{Chart: w.estimateChart(fmt.Sprintf("forest-%d", i+1), title, d, "comparisons.csv")})
	}
	return out
}

const noFamilyText = "Сравнений заранее не объявили, поэтому все сравнения здесь — разведочные: их p ничем не исправлены, и делать по ним выводы нельзя. ¦ " +
	"No comparisons were declared beforehand, so that all comparisons here are exploratory: their p-values are not corrected, and no conclusions follow from them."

func (w *writer) tableNote(declared bool) string {
	level := w.Percent(w.r.Level, 0)
	out := fmt.Sprintf(w.T("В скобках — %s-й интервал. n — заданий, в скобках — групп, если их меньше. ¦ In brackets: the %s interval. n: items, in brackets clusters where there are fewer."), level)
	if declared {
		out += " " + w.legend() + "."
	}
	return out
}

// sentence tells a declared comparison.
func (w *writer) sentence(c *analysis.Comparison) string {
	m := w.measure(c.Task, c.Measure)
	head := versus(c) + " (" + name(c.Task) + ", " + w.title(&m.Measure) + "): "
	if c.Difference.Why != "" {
		return head + w.T("сравнить нельзя — ¦ cannot be compared:") + " " + w.because(c.Difference.Why, c.Reason) + "."
	}
	out := head + w.estimate(c.Difference, w.of(m))
	if c.Test.Why != "" {
		return out + w.T("; проверить нельзя — ¦ ; cannot be tested:") + " " + w.why(c.Test.Why) + "."
	}
	out += "; p " + w.equal(c.Test.P) + ", " + w.T("по Холму ¦ by Holm's method") + " " + w.p(c.Adjusted.P) + ". "
	switch {
	case !c.Sure(w.in.Suite.Analysis.Alpha):
		out += w.T("Различие не доказано. ¦ A difference is not shown.")
	case c.Better == 0:
		out += w.T("Различие есть. ¦ There is a difference.")
	case c.Difference.Value*float64(c.Better) > 0:
		out += fmt.Sprintf(w.T("%s лучше. ¦ %s is better."), name(c.A))
	default:
		out += fmt.Sprintf(w.T("%s лучше. ¦ %s is better."), name(c.B))
	}
	return out
}

// task is what one task tells.
func (w *writer) task(i int, t *analysis.Task) page.Section {
	out := page.Section{ID: fmt.Sprintf("task-%d", i+1), Nav: name(t.Name), Title: w.T("Задача ¦ Task") + " " + name(t.Name)}
	table := &page.Table{Caption: w.T("Значения ¦ Values"), Head: []page.Column{{Text: w.T("Показатель ¦ Measure")}, {Text: w.T("Участник ¦ Subject")},
		{Text: w.T("Значение и интервал ¦ Value, interval"), Numeric: true}, {Text: "n", Numeric: true}, {Text: w.T("групп ¦ clusters"), Numeric: true},
		{Text: w.T("нет значения ¦ missing"), Numeric: true}, {Text: w.T("Примечание ¦ Note")}}}
	for _, m := range t.Measures {
		for _, s := range m.Subjects {
			table.Rows = append(table.Rows, []page.Cell{{Text: w.better(m)}, {Text: name(s.Name)},
				{Text: w.estimate(s.Value, w.of(m)), Link: w.anchor(m, s.Name)}, {Text: w.Int(s.Value.N)}, {Text: w.Int(s.Value.Clusters)},
				{Text: w.Int(s.Missing)}, {Text: w.open(s.Value, s.Reason())}})
		}
	}
	table.Note = w.tableNote(false) + " " + w.T("↑ — больше лучше, ↓ — меньше лучше. Число ведёт к примерам. ¦ ↑: higher is better, ↓: lower is better. A number leads to its samples.")
	out.Blocks = append(out.Blocks, page.Block{Table: table})
	for j, m := range t.Measures {
		id := fmt.Sprintf("%d-%d", i+1, j+1)
		if m.Pairwise != nil {
			out.Blocks = append(out.Blocks, w.tournament(id, m)...)
		}
		if len(m.Curves) > 0 {
			out.Blocks = append(out.Blocks, page.Block{Chart: w.curveChart("curve-"+id, m)})
		}
	}
	return out
}

// better is a measure's title with the direction that is good.
func (w *writer) better(m *analysis.Measure) string {
	return w.title(&m.Measure) + [...]string{" ↓", "", " ↑"}[m.Better+1]
}

// open says why there is no number or no interval.
func (w *writer) open(e stats.Estimate, reason string) string {
	switch {
	case e.Why != "":
		return w.because(e.Why, reason)
	case e.Open != "":
		return w.T("интервала нет: ¦ no interval:") + " " + w.why(e.Open)
	}
	return ""
}

// tournament is strengths out of verdicts on pairs.
func (w *writer) tournament(id string, m *analysis.Measure) []page.Block {
	t := m.Pairwise.Tournament
	heading := page.Block{Heading: w.title(&m.Measure) + w.T(": сила по Брэдли — Терри ¦ : Bradley–Terry strengths")}
	if t.Why != "" {
		text := w.T("Сил нет: ¦ There are no strengths:") + " " + w.why(t.Why) + "."
		for i, g := range t.Groups {
			text += fmt.Sprintf(w.T(" Группа %d: %s. ¦  Group %d: %s."), i+1, names(g))
		}
		return []page.Block{heading, {Text: text}}
	}
	table := &page.Table{Caption: w.T("Сила: логарифм шансов, сумма — 0 ¦ Strength: log odds, summing up to 0"), Head: []page.Column{
		{Text: w.T("Участник ¦ Subject")}, {Text: w.T("Сила и интервал ¦ Strength, interval"), Numeric: true}, {Text: w.T("Доля побед ¦ Share of wins"), Numeric: true},
		{Text: w.T("Примечание ¦ Note")}}}
	for _, s := range t.Strengths {
		won := none
		if at := subject(m, s.Subject); at != nil {
			won = w.estimate(at.Value, w.three)
		}
		table.Rows = append(table.Rows, []page.Cell{{Text: name(s.Subject)}, {Text: w.estimate(s.Estimate, w.two), Link: w.anchor(m, s.Subject)}, {Text: won}, {Text: w.open(s.Estimate, "")}})
	}
	table.Note = fmt.Sprintf(w.T("%s; повторных выборок: %s. ¦ %s; resamples: %s."), w.Count(t.Verdicts, "вердикт|вердикта|вердиктов ¦ verdict|verdicts"), w.Int(t.Resamples))
	blocks := []page.Block{heading, {Table: table}, {Text: w.T("Показанный первым: ¦ Being shown first:") + " " + w.logOdds(t.First) + " " +
		w.T("Длина (на стандартное отклонение): ¦ Length (for a standard deviation):") + " " + w.logOdds(t.Length)}}
	if c := w.strengthChart("strength-"+id, m); c != nil {
		blocks = append(blocks, page.Block{Chart: c})
	}
	return blocks
}

func (w *writer) logOdds(e stats.Estimate) string {
	if e.Why != "" {
		return w.T("не определить — ¦ not known:") + " " + w.why(e.Why) + "."
	}
	return w.T("логарифм шансов ¦ log odds") + " " + w.estimate(e, w.two) + "."
}

func subject(m *analysis.Measure, s string) *analysis.Subject {
	if at := slices.IndexFunc(m.Subjects, func(x *analysis.Subject) bool { return x.Name == s }); at >= 0 {
		return m.Subjects[at]
	}
	return nil
}

func names(all []string) string {
	out := ""
	for i, s := range all[:min(len(all), 20)] {
		if i > 0 {
			out += ", "
		}
		out += name(s)
	}
	return out
}

// exploratory are comparisons that nobody declared.
func (w *writer) exploratory() page.Section {
	out := page.Section{ID: "exploratory", Nav: w.T("Разведка ¦ Exploratory"), Title: w.T("Разведочные сравнения ¦ Exploratory comparisons"),
		Intro: w.T("Этих сравнений никто заранее не объявлял. Их p ничем не исправлены: среди многих сравнений какое-то окажется малым случайно. ¦ " +
			"Nobody declared these comparisons. Their p-values are not corrected: among many comparisons some are small by chance.")}
	for _, t := range w.r.Tasks {
		var cs []*analysis.Comparison
		omitted := 0
		for _, m := range t.Measures {
			omitted += m.Omitted
			for _, c := range m.Comparisons {
				if !c.Declared {
					cs = append(cs, c)
				}
			}
		}
		if len(cs) == 0 {
			continue
		}
		table := w.comparisonTable(w.T("Задача ¦ Task")+" "+name(t.Name), cs[:min(len(cs), maxRows)], false)
		table.Note = w.tableNote(false)
		if len(cs) > maxRows {
			table.Note += fmt.Sprintf(w.T(" Показаны %d из %d; все — в data/comparisons.csv. ¦  %d of %d are shown; data/comparisons.csv has all."), maxRows, len(cs))
		}
		if omitted > 0 {
			table.Note += fmt.Sprintf(w.T(" Участников много: каждый сравнён с первым, остальные пары (%d) не сравнивались. ¦  There are many subjects: each is compared with the first, the other pairs (%d) are not."), omitted)
		}
		out.Blocks = append(out.Blocks, page.Block{Table: table})
	}
	return out
}

// missing is what could not be scored, and why.
func (w *writer) missing() page.Section {
	const reasons = 40
	table := &page.Table{Caption: w.T("Причины ¦ Reasons"), Head: []page.Column{{Text: w.T("Показатель ¦ Measure")}, {Text: w.T("Участник ¦ Subject")},
		{Text: w.T("Причина ¦ Reason")}, {Text: w.T("Раз ¦ Times"), Numeric: true}}}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, s := range m.Subjects {
				for _, r := range s.Reasons[:min(len(s.Reasons), 5)] {
					table.Rows = append(table.Rows, page.Texts(name(t.Name)+": "+w.title(&m.Measure), name(s.Name), w.reason(r.Why), w.Int(r.N)))
				}
			}
		}
	}
	out := page.Section{ID: "missing", Nav: w.T("Пропуски ¦ Missing"), Title: w.T("Чего не удалось оценить ¦ What could not be scored")}
	if len(table.Rows) == 0 {
		return out
	}
	if len(table.Rows) > reasons {
		table.Rows, table.Note = table.Rows[:reasons], w.T("Остальные — в data/missing.csv. ¦ The others are in data/missing.csv.")
	}
	out.Blocks = []page.Block{{Table: table}}
	return out
}

package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// document puts the report together.
func (w *writer) document() *page.Document {
	title := w.in.Suite.Title
	if title == "" {
		title = w.in.Suite.Name
	}
	d := &page.Document{
		Language: w.Language, Code: w.T("ru ¦ en"), Kind: w.T("Отчёт о сравнении ¦ Report of an evaluation"), Title: page.Line(title, 200),
		Facts: w.facts(), Notices: w.notices(),
		Footer: w.T("Создано gorod ¦ Made by gorod") + " " + page.Line(w.in.GorodVersion, 60) + ", " + w.Moment(w.in.Generated),
	}
	for p := range strings.SplitSeq(page.Prose(w.in.Suite.About), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			d.Lead = append(d.Lead, p)
		}
	}
	d.Sections = append(d.Sections, w.family())
	for i, t := range w.r.Tasks {
		d.Sections = append(d.Sections, w.task(i, t))
	}
	for _, part := range []func() page.Section{w.exploratory, w.judges, w.missing, w.methods, w.limits, w.samples} {
		if made := part(); len(made.Blocks) > 0 {
			d.Sections = append(d.Sections, made)
		}
	}
	return d
}

func (w *writer) facts() []page.Fact {
	s := w.in.Suite
	facts := []page.Fact{{Name: w.T("Что сравнивали ¦ What was compared"), Value: strings.Join([]string{
		w.compared(), w.Count(len(s.Tasks), "задача|задачи|задач ¦ task|tasks"),
		w.Count(s.Repeats, "повтор|повтора|повторов ¦ repeat|repeats")}, " × ")}}
	facts = append(facts,
		page.Fact{Name: w.T("Что оценено ¦ What was scored"), Value: w.replied() + ", " +
			w.Count(w.r.Rows, "оценка|оценки|оценок ¦ score|scores")},
		page.Fact{Name: "Seed", Value: fmt.Sprint(s.Seed)})
	for _, m := range w.in.Models {
		facts = append(facts, page.Fact{Name: w.T("Модель ¦ Model") + " " + name(m.Entry), Value: w.model(m)})
	}
	return append(facts,
		page.Fact{Name: w.T("Версия gorod ¦ gorod version"), Value: page.Line(w.in.GorodVersion, 60)},
		page.Fact{Name: w.T("Отчёт создан ¦ Report made"), Value: w.Moment(w.in.Generated) + " " + w.in.Generated.Format("MST")})
}

func (w *writer) model(m Model) string {
	out := page.Line(m.Provider, 40)
	if m.Model != "" {
		out += " · " + page.Line(m.Model, 120)
	}
	if m.Digest != "" {
		out += " · " + short(page.Line(m.Digest, 100))
	}
	return out
}

// short is the head of a digest.
func short(digest string) string {
	if _, hex, named := strings.Cut(digest, ":"); named {
		digest = hex
	}
	return digest[:min(len(digest), 12)]
}

func (w *writer) notices() (out []page.Notice) {
	if w.in.Replies.Reference {
		out = append(out, page.Notice{Title: w.T("Это не языковая модель ¦ Not a language model"), Text: w.T(referenceText)})
	}
	return out
}

const referenceText = "Ответы дал встроенный имитатор reference. Числа показывают работу механизма, а не качество языковых моделей. ¦ " +
	"The built-in stand-in, reference, gave the replies. Numbers show the machinery, not the quality of language models."

// comparisonTable is a table of comparisons.
func (w *writer) comparisonTable(caption string, cs []*analysis.Comparison, declared bool) *page.Table {
	t := &page.Table{Caption: caption, Head: []page.Column{{Text: w.T("Сравнение ¦ Comparison")}, {Text: w.T("Показатель ¦ Measure")},
		{Text: w.T("Разность и интервал ¦ Difference, interval"), Numeric: true}, {Text: "p", Numeric: true}}}
	if declared {
		t.Head = append(t.Head, page.Column{Text: w.T("p по Холму ¦ p, Holm"), Numeric: true})
	}
	t.Head = append(t.Head, page.Column{Text: w.T("Эффект ¦ Effect"), Numeric: true}, page.Column{Text: "n", Numeric: true}, page.Column{Text: w.T("Критерий ¦ Test")})
	for _, c := range cs {
		m := w.measure(c.Task, c.Measure)
		row := []page.Cell{{Text: versus(c)}, {Text: name(c.Task) + ": " + w.title(&m.Measure)},
			{Text: w.estimate(c.Difference, w.of(m)), Link: w.anchor(m, c.A)}, {Text: w.tested(c.Test)}}
		if declared {
			p := none
			if c.Adjusted.Why == "" {
				p = w.p(c.Adjusted.P) + stars(c, w.in.Suite.Analysis.Alpha)
			}
			row = append(row, page.Cell{Text: p})
		}
		row = append(row, page.Cell{Text: w.effectOf(c)}, page.Cell{Text: w.counted(c.Difference)}, page.Cell{Text: w.how(c)})
		t.Rows = append(t.Rows, row)
	}
	return t
}

// counted is how many items, and in brackets how many clusters where there are
// fewer.
func (w *writer) counted(e stats.Estimate) string {
	n := w.Int(e.N)
	if e.Clusters > 0 && e.Clusters < e.N {
		n += " (" + w.Int(e.Clusters) + ")"
	}
	return n
}

func versus(c *analysis.Comparison) string {
	out := name(c.A) + " − " + name(c.B)
	if c.Name != "" {
		out = name(c.Name) + ": " + out
	}
	return out
}

func (w *writer) effectOf(c *analysis.Comparison) string {
	if c.Effect.Why != "" {
		return none
	}
	return w.effect(c.EffectKind) + " = " + w.estimate(c.Effect, w.two)
}

// how says by which test, or why by none.
func (w *writer) how(c *analysis.Comparison) string {
	if c.Test.Why != "" {
		return w.because(c.Test.Why, c.Reason)
	}
	return w.method(c.Test.Method)
}

// measure is that of a comparison; one that nothing was scored of has a name only.
func (w *writer) measure(taskName, measure string) *analysis.Measure {
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			if t.Name == taskName && m.Name == measure {
				return m
			}
		}
	}
	m := &analysis.Measure{Task: taskName}
	m.Name = measure
	return m
}

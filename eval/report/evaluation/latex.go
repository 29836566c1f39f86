package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
)

// maxTexRows bounds a table of the paper; CSV files have all rows.
const maxTexRows = 60

// latex are a paper's numbers, tables and the paper itself, which compiles as it
// is.
func (w *writer) latex(figures []drawing) []File {
	files := []File{{"numbers.tex", []byte(w.numbersTex())}}
	var tables []string
	add := func(name, text string) {
		files = append(files, File{"tables/" + name + ".tex", []byte(text)})
		tables = append(tables, name)
	}
	if len(w.r.Family) > 0 {
		add("family", w.familyTex())
	}
	for _, t := range w.r.Tasks {
		add("task-"+w.fileName(t.Name), w.taskTex(t))
	}
	if text := w.judgesTex(); text != "" {
		add("judges", text)
	}
	return append(files, File{"methods.tex", []byte(w.textsTex(w.methodTexts()))}, File{"limitations.tex", []byte(w.textsTex(w.limitTexts()))},
		File{"report.tex", []byte(w.paperTex(tables, figures))})
}

// numbersTex has a macro for each number, with what gives it.
func (w *writer) numbersTex() string {
	var out strings.Builder
	out.WriteString("% " + w.T("Числа по именам; gorod eval verify пересчитывает их. ¦ Numbers by name; gorod eval verify computes them again.") + "\n")
	for _, n := range w.r.Numbers {
		m := w.measure(n.Of.Task, n.Of.Measure)
		about := []string{"task=" + n.Of.Task, "measure=" + n.Of.Measure, "subjects=" + strings.Join(n.Of.Subjects, ",")}
		if n.Of.By != "" {
			about = append(about, "by="+n.Of.By)
		}
		if n.Of.Turn != 0 {
			about = append(about, fmt.Sprint("turn=", n.Of.Turn))
		}
		about = append(about, n.Of.Statistic)
		fmt.Fprintf(&out, "\\newcommand{\\gorod%s}{%s} %% %s\n", n.Macro, tex(w.formed(n, m)), page.Line(strings.Join(about, "; "), 300))
	}
	return out.String()
}

// long is a table that may run over pages.
type long struct {
	columns string // of LaTeX
	caption string
	label   string
	head    []string
	rows    [][]string
	note    string
}

func (l long) tex() string {
	var out strings.Builder
	head := strings.Join(l.head, " & ") + ` \\`
	fmt.Fprintf(&out, "{\\footnotesize\\setlength{\\tabcolsep}{4pt}\n\\begin{longtable}{@{}%s@{}}\n\\caption{%s}\\label{%s}\\\\\n\\toprule\n%s\n\\midrule\n\\endfirsthead\n\\toprule\n%[4]s\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n",
		l.columns, l.caption, l.label, head)
	for _, r := range l.rows {
		out.WriteString(strings.Join(r, " & ") + " \\\\\n")
	}
	out.WriteString("\\end{longtable}\n")
	if l.note != "" {
		out.WriteString("\\noindent " + l.note + "\\par\\medskip\n")
	}
	out.WriteString("}\n")
	return out.String()
}

const ragged = `>{\raggedright\arraybackslash}`

func (w *writer) familyTex() string {
	l := long{
		columns: ragged + `p{0.25\textwidth}` + ragged + `p{0.2\textwidth}` + ragged + `p{0.19\textwidth}l` + ragged + `p{0.18\textwidth}r`,
		caption: tex(w.T("Объявленные сравнения ¦ Declared comparisons")), label: "tab:gorod-family",
		head: []string{tex(w.T("Сравнение ¦ Comparison")), tex(w.T("Показатель ¦ Measure")), tex(w.T("Разность ¦ Difference")), `$p$`, tex(w.T("Эффект ¦ Effect")), `$n$`},
		note: tex(w.tableNote(true) + " " + w.T("p — с поправкой Холма. ¦ p: corrected by Holm's method.")),
	}
	for _, c := range w.r.Family[:min(len(w.r.Family), maxTexRows)] {
		m := w.measure(c.Task, c.Measure)
		p := tex(none)
		if c.Adjusted.Why == "" {
			p = tex(w.p(c.Adjusted.P)) + "$^{" + stars(c, w.in.Suite.Analysis.Alpha) + "}$"
		}
		effect := tex(w.estimate(c.Effect, w.two))
		if c.Effect.Why == "" {
			effect = map[analysis.EffectKind]string{analysis.CohenDz: `$d_z$`, analysis.CliffD: `$\delta$`, analysis.OddsRatio: tex(w.T("ОШ ¦ OR"))}[c.EffectKind] + " " + effect
		}
		l.rows = append(l.rows, []string{tex(versus(c)), tex(name(c.Task) + ": " + w.title(&m.Measure)), tex(w.estimate(c.Difference, w.of(m))), p, effect, tex(w.counted(c.Difference))})
	}
	return l.tex()
}

func (w *writer) taskTex(t *analysis.Task) string {
	l := long{
		columns: ragged + `p{0.32\textwidth}` + ragged + `p{0.22\textwidth}rrr`,
		caption: tex(w.T("Задача ¦ Task") + " " + name(t.Name)), label: "tab:gorod-" + w.fileName(t.Name),
		head: []string{tex(w.T("Показатель ¦ Measure")), tex(w.T("Участник ¦ Subject")), tex(w.T("Значение и интервал ¦ Value and interval")), `$n$`, tex(w.T("нет ¦ missing"))},
		note: tex(w.tableNote(false)),
	}
	for _, m := range t.Measures {
		for i, s := range m.Subjects {
			title := ""
			if i == 0 {
				title = tex(w.better(m))
			}
			l.rows = append(l.rows, []string{title, tex(name(s.Name)), tex(w.estimate(s.Value, w.of(m))), tex(w.Int(s.Value.N)), tex(w.Int(s.Missing))})
		}
	}
	if len(l.rows) > maxTexRows {
		l.rows = l.rows[:maxTexRows]
		l.note += " " + tex(w.T("Остальное — в data/subjects.csv. ¦ The rest is in data/subjects.csv."))
	}
	return l.tex()
}

func (w *writer) judgesTex() string {
	l := long{
		columns: ragged + `p{0.34\textwidth}` + ragged + `p{0.2\textwidth}rr` + ragged + `p{0.2\textwidth}`,
		caption: tex(w.T("Судьи ¦ Judges")), label: "tab:gorod-judges",
		head: []string{tex(w.T("Показатель ¦ Measure")), tex(w.T("Судья ¦ Judge")), tex(w.T("Вердиктов ¦ Verdicts")), tex(w.T("Негодных ¦ Unusable")), tex(w.T("Меняется с порядком ¦ Changes with order"))},
	}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, j := range m.Judges {
				l.rows = append(l.rows, []string{tex(name(t.Name) + ": " + w.title(&m.Measure)), tex(w.judge(j.Name)), tex(w.Int(j.Verdicts)), tex(w.Int(j.Missing)), tex(w.flips(j))})
			}
		}
	}
	if len(l.rows) == 0 {
		return ""
	}
	l.rows = l.rows[:min(len(l.rows), maxTexRows)]
	return l.tex()
}

func (w *writer) textsTex(texts []string) string {
	var out strings.Builder
	for _, t := range texts {
		out.WriteString(tex(t) + "\n\n")
	}
	return out.String()
}

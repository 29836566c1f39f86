package evaluation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// data are the numbers for programs: names in English, a decimal point, all
// digits.
func (w *writer) data() []File {
	var out []File
	add := func(name string, rows [][]string, head ...string) {
		out = append(out, File{"data/" + name + ".csv", page.CSV(head, rows)})
	}
	add("numbers", w.numberRows(), "name", "value", "task", "measure", "subjects", "by", "turn", "statistic")
	var subjects, missing, comparisons, strengths, curves, judges, people [][]string
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			key := []string{page.CSVText(t.Name), page.CSVText(m.Name)}
			with := func(more ...string) []string { return append(key[:2:2], more...) }
			for _, s := range m.Subjects {
				subjects = append(subjects, with(append([]string{page.CSVText(s.Name)}, append(estimated(s.Value), strconv.Itoa(s.Missing))...)...))
				for _, r := range s.Reasons {
					missing = append(missing, with(page.CSVText(s.Name), page.CSVText(r.Why), strconv.Itoa(r.N)))
				}
			}
			for _, c := range m.Comparisons {
				comparisons = append(comparisons, compared(c))
			}
			for _, c := range m.Curves {
				for i, turn := range c.Turns {
					curves = append(curves, with(append([]string{page.CSVText(c.Subject), fmt.Sprint(turn)}, estimated(c.Values[i])...)...))
				}
			}
			for _, j := range m.Judges {
				for _, x := range j.Means {
					judges = append(judges, with(append([]string{page.CSVText(j.Name), page.CSVText(x.Subject)}, estimated(x.Value)...)...))
				}
			}
			for _, h := range m.Human {
				for i, e := range []stats.Estimate{h.Judged, h.Classical, h.Powered} {
					by := [...]string{"judges", "people", "both"}[i]
					people = append(people, with(append([]string{page.CSVText(h.Subject), page.CSVText(h.Against), by}, append(estimated(e), strconv.Itoa(h.Labelled))...)...))
				}
			}
			if m.Pairwise != nil {
				for _, s := range m.Pairwise.Tournament.Strengths {
					strengths = append(strengths, with(append([]string{page.CSVText(s.Subject)}, estimated(s.Estimate)...)...))
				}
			}
		}
	}
	const interval = "value,low,high,n,clusters,method,why"
	heads := func(before string, after ...string) []string {
		return append(strings.Split("task,measure,"+before+","+interval, ","), after...)
	}
	add("subjects", subjects, heads("subject", "missing")...)
	add("comparisons", comparisons, strings.Split("name,task,measure,a,b,declared,paired,"+interval+",p,test,p_holm,effect_kind,effect,effect_low,effect_high,only_a,only_b,resamples", ",")...)
	add("missing", missing, "task", "measure", "subject", "reason", "times")
	add("strengths", strengths, heads("subject")...)
	add("curves", curves, heads("subject,turn")...)
	add("judges", judges, heads("judge,subject")...)
	add("people", people, heads("subject,against,by", "labelled")...)
	return out
}

func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// estimated are the cells of an estimate: none where there is no number.
func estimated(e stats.Estimate) []string {
	out := []string{"", "", "", strconv.Itoa(e.N), strconv.Itoa(e.Clusters), string(e.Method), string(e.Why)}
	if e.Why == "" {
		out[0], out[6] = exact(e.Value), string(e.Open)
	}
	if e.Why == "" && e.Open == "" {
		out[1], out[2] = exact(e.Low), exact(e.High)
	}
	return out
}

func compared(c *analysis.Comparison) []string {
	out := []string{page.CSVText(c.Name), page.CSVText(c.Task), page.CSVText(c.Measure), page.CSVText(c.A), page.CSVText(c.B), strconv.FormatBool(c.Declared), strconv.FormatBool(c.Paired)}
	out = append(out, estimated(c.Difference)...)
	p, holm := "", ""
	if c.Test.Why == "" {
		p = exact(c.Test.P)
	}
	if c.Declared && c.Adjusted.Why == "" {
		holm = exact(c.Adjusted.P)
	}
	effect := estimated(c.Effect)
	return append(out, p, string(c.Test.Method), holm, string(c.EffectKind), effect[0], effect[1], effect[2], strconv.Itoa(c.OnlyA), strconv.Itoa(c.OnlyB), strconv.Itoa(c.Resample))
}

func (w *writer) numberRows() (rows [][]string) {
	for _, n := range w.r.Numbers {
		turn := ""
		if n.Of.Turn != 0 {
			turn = fmt.Sprint(n.Of.Turn)
		}
		rows = append(rows, []string{"gorod" + n.Macro, exact(n.Value), page.CSVText(n.Of.Task), page.CSVText(n.Of.Measure),
			page.CSVText(strings.Join(n.Of.Subjects, ",")), page.CSVText(n.Of.By), turn, n.Of.Statistic})
	}
	return rows
}

package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// comparison sets the conditions side by side.
func (s *study) comparison() section {
	out := section{
		ID: "comparison", Nav: s.T("Сравнение ¦ Comparison"), Title: s.T("Сравнение условий ¦ Conditions compared"),
		Intro: s.T("Каждое число — среднее по повторам (seed), в квадратных скобках — наименьшее и наибольшее значение, если они различаются. ¦ " +
			"Each number is a mean over seeds, with the least and the greatest value in brackets where they differ."),
	}
	if len(s.conditions) == 0 {
		return out
	}
	if values := s.valuesTable(); values != nil {
		out.Blocks = append(out.Blocks, block{Table: values})
	}
	shown := s.shown()
	if len(shown) == 0 {
		return out
	}
	t := &table{
		Caption: s.T("Показатели по условиям ¦ Measures by condition"),
		Head:    append([]column{{Text: s.T("Показатель ¦ Measure")}}, columns(s.conditions)...),
		Note:    s.T("n — число повторов. Определения, единицы и диапазоны — в конце отчёта. ¦ n is the number of seeds. Definitions, units and ranges stand at the end."),
	}
	for _, m := range shown {
		row := texts(s.T(m.name))
		if unit := s.measureUnit(m); unit != "" {
			row[0].Text += ", " + unit
		}
		for _, c := range s.conditions {
			row = append(row, cell{Text: s.spanned(over(c.runs, m.of), func(x float64) string { return m.format(s, x) })})
		}
		t.Rows = append(t.Rows, row)
	}
	out.Blocks = append(out.Blocks, block{Table: t})
	return out
}

// measureUnit is the unit where a number does not speak for itself.
func (s *study) measureUnit(m measure) string {
	if m.id == "latency_ms" {
		return s.T(m.unit)
	}
	return ""
}

// columns are the heads of columns for conditions.
func columns(conditions []*condition) []column {
	var out []column
	for _, c := range conditions {
		out = append(out, column{Text: fmt.Sprintf("%s (n\u00a0=\u00a0%d)", c.shown(), len(c.runs)), Numeric: true})
	}
	return out
}

// shown is the label with an asterisk where no run is done.
func (c *condition) shown() string {
	if c.unfinished() {
		return c.label + "*"
	}
	return c.label
}

// spanned is a mean with the least and the greatest, where they differ as shown.
func (s *study) spanned(x sample, format func(float64) string) string {
	if x.N < 2 || format(x.Min) == format(x.Max) {
		return format(x.Mean)
	}
	return fmt.Sprintf("%s [%s;\u00a0%s]", format(x.Mean), format(x.Min), format(x.Max))
}

// numbers formats with so many digits.
func (s *study) numbers(digits int) func(float64) string {
	return func(x float64) string { return s.Number(x, digits) }
}

// valuesTable says what each condition sets; nil where none sets anything.
func (s *study) valuesTable() *table {
	paths := s.paths()
	if len(paths) == 0 {
		return nil
	}
	t := &table{Caption: s.T("Чем различаются условия ¦ What the conditions are"), Head: []column{{Text: s.T("Условие ¦ Condition")}}}
	for _, path := range paths {
		t.Head = append(t.Head, column{Text: line(path, 100)})
	}
	for _, c := range s.conditions {
		row := texts(c.shown())
		for _, path := range paths {
			value := ""
			if v, ok := c.all[0].Values[path]; ok {
				value = line(asWritten(v), 120)
			}
			row = append(row, cell{Text: value})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// asWritten is a value as a study could say it.
func asWritten(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// paths are all that any cell sets, sorted.
func (s *study) paths() []string {
	set := map[string]bool{}
	for _, c := range s.conditions {
		for path := range c.all[0].Values {
			set[path] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

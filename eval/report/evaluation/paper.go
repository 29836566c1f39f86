package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
)

// preamble serves pdflatex with the Cyrillic fonts of TeX, and xelatex or lualatex
// with those of the system.
const preamble = `\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage{cmap}
  \usepackage[T2A]{fontenc}
  \usepackage[utf8]{inputenc}
\else
  \usepackage{fontspec}
  \IfFontExistsTF{CMU Serif}{\setmainfont{CMU Serif}}{\IfFontExistsTF{DejaVu Serif}{\setmainfont{DejaVu Serif}}{}}
\fi
\usepackage[%s]{babel}
\usepackage[margin=2.3cm]{geometry}
\usepackage{array,booktabs,longtable,graphicx}
\emergencystretch=3em
\input{numbers}
`

// paperTex is the skeleton of a paper: it quotes numbers by their names.
func (w *writer) paperTex(tables []string, figures []drawing) string {
	title := w.in.Suite.Title
	if title == "" {
		title = w.in.Suite.Name
	}
	var out strings.Builder
	fmt.Fprintf(&out, preamble, w.T("english,russian ¦ russian,english"))
	fmt.Fprintf(&out, "\\title{%s}\n\\author{}\n\\date{}\n\\begin{document}\n\\maketitle\n\n", tex(title))
	if about := strings.Join(strings.Fields(w.in.Suite.About), " "); about != "" {
		out.WriteString(tex(about) + "\n\n")
	}
	section := func(title string) { fmt.Fprintf(&out, "\\section{%s}\n", tex(title)) }
	section(w.T("Результаты ¦ Results"))
	if len(w.r.Family) == 0 {
		out.WriteString(tex(w.T(noFamilyText)) + "\n\n")
	}
	for _, c := range w.r.Family {
		out.WriteString(w.quoted(c) + "\n\n")
	}
	for _, t := range tables {
		fmt.Fprintf(&out, "\\input{tables/%s}\n", t)
	}
	for _, f := range figures {
		fmt.Fprintf(&out, "\\begin{figure}[htbp]\n\\centering\n\\includegraphics[width=\\textwidth]{figures/%s}\n\\caption{%s}\n\\end{figure}\n", f.name, tex(f.caption))
	}
	section(w.T("Методы ¦ Methods"))
	out.WriteString("\\input{methods}\n")
	if len(w.limitTexts()) > 0 {
		section(w.T("Ограничения ¦ Limitations"))
		out.WriteString("\\input{limitations}\n")
	}
	out.WriteString("\\end{document}\n")
	return out.String()
}

// quoted is a declared comparison as a sentence of macros.
func (w *writer) quoted(c *analysis.Comparison) string {
	m := w.measure(c.Task, c.Measure)
	head := tex(versus(c)+" ("+name(c.Task)+", "+w.title(&m.Measure)+"):") + " "
	n := c.Names
	if n.Difference.Value == "" {
		return head + tex(w.T("сравнить нельзя — ¦ cannot be compared: ")+" "+w.why(c.Difference.Why)) + "."
	}
	macro := func(name string) string { return "\\gorod" + name + "{}" }
	out := head + macro(n.Difference.Value)
	if n.Difference.Low != "" {
		out += " [" + macro(n.Difference.Low) + w.T("; ¦ ,") + " " + macro(n.Difference.High) + "]"
	}
	if n.Holm == "" {
		return out + tex(w.T("; проверить нельзя — ¦ ; cannot be tested: ")+" "+w.why(c.Test.Why)) + "."
	}
	return out + fmt.Sprintf(w.T(", $p$: %s, по Холму: %s, $n$ = %s. ¦ , $p$: %s, by Holm's method: %s, $n$ = %s."), macro(n.P), macro(n.Holm), macro(n.N))
}

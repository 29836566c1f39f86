package page

import (
	"fmt"
	"strings"
)

// maxRowsInMarkdown bounds a chart's table in report.md; the page and the CSV
// files have all rows.
const maxRowsInMarkdown = 12

// Markdown is the document for reading as text and for putting into other
// documents. All of its texts are escaped.
func (d *Document) Markdown() []byte {
	w := &writer{d: d}
	w.para("# " + Escape(d.Title))
	for _, n := range d.Notices {
		w.para(fmt.Sprintf("> **%s.** %s", Escape(n.Title), Escape(n.Text)))
	}
	for _, p := range d.Lead {
		w.para(atStart(Escape(p)))
	}
	for _, f := range d.Facts {
		w.line(fmt.Sprintf("- %s: %s", Escape(f.Name), Escape(f.Value)))
	}
	w.line("")
	for _, s := range d.Sections {
		w.para("## " + Escape(s.Title))
		if s.Intro != "" {
			w.para(Escape(s.Intro))
		}
		for _, b := range s.Blocks {
			w.block(b)
		}
	}
	w.line("---")
	w.line("")
	w.line(Escape(d.Footer))
	return []byte(w.out.String())
}

// writer writes Markdown.
type writer struct {
	d   *Document
	out strings.Builder
}

func (w *writer) line(s string) { w.out.WriteString(s + "\n") }
func (w *writer) para(s string) { w.line(s); w.line("") }

func (w *writer) block(b Block) {
	switch {
	case b.Heading != "":
		w.para("### " + Escape(b.Heading))
	case b.Text != "":
		w.para(atStart(Escape(b.Text)))
	case b.Code != "":
		w.para("    " + strings.Join(strings.Fields(b.Code), " "))
	case b.Table != nil:
		w.table(b.Table)
	case b.Chart != nil:
		w.chart(b.Chart)
	case b.Thread != nil:
		w.thread(b.Thread)
	case b.Terms != nil:
		if b.Fold != "" {
			w.para("**" + Escape(b.Fold) + "**")
		}
		for _, t := range b.Terms {
			about := "- **" + Escape(t.Name) + "** — " + Escape(t.Text) + "."
			if extent := w.d.extent(t); extent != "" {
				about += " " + Escape(extent) + "."
			}
			w.line(about)
		}
		w.line("")
	}
}

func (w *writer) chart(c *Chart) {
	if len(c.Table.Rows) <= maxRowsInMarkdown {
		w.table(c.Table)
	} else {
		w.para("**" + Escape(c.Table.Caption) + "**")
		w.para(w.d.T("График — в report.html, данные — в ¦ The chart is in report.html, the data in") + " `data/" + c.File + "`.")
	}
}

func (w *writer) table(t *Table) {
	w.para("**" + Escape(t.Caption) + "**")
	head, rule := make([]string, len(t.Head)), make([]string, len(t.Head))
	for i, c := range t.Head {
		head[i], rule[i] = c.Text, "---"
		if c.Numeric {
			rule[i] = "--:"
		}
		head[i] = Escape(head[i])
	}
	w.line("| " + strings.Join(head, " | ") + " |")
	w.line("|" + strings.Join(rule, "|") + "|")
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = Escape(c.Text)
			if c.Full != "" {
				cells[i] = "`" + strings.ReplaceAll(strings.ReplaceAll(c.Full, "`", ""), "|", "") + "`"
			}
		}
		w.line("| " + strings.Join(cells, " | ") + " |")
	}
	w.line("")
	if t.Note != "" {
		w.para(Escape(t.Note))
	}
}

func (w *writer) thread(t *Thread) {
	w.para("### " + Escape(t.Title))
	w.para(Escape(t.Note))
	for _, p := range t.Posts {
		quote := strings.Repeat("> ", p.Depth+1)
		by := []string{"**" + Escape(p.Author) + "**"}
		for _, s := range []string{p.Group, p.Kind, p.Time, p.Tone} {
			if s != "" {
				by = append(by, Escape(s))
			}
		}
		w.line(quote + strings.Join(by, " · ") + "  ")
		w.line(quote + atStart(Escape(strings.Join(strings.Fields(p.Text), " "))))
		w.line("")
	}
}

// Escape makes a text mean itself in Markdown: no markup, no HTML, no link, no
// mention, on one line.
func Escape(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`,
		"~", `\~`, "$", `\$`, "#", `\#`, "@", "&#64;", "!", `\!`, "://", "&#58;//", "mailto:", "mailto&#58;",
	).Replace(s)
	return strings.NewReplacer("www.", "www&#46;", "WWW.", "WWW&#46;").Replace(s)
}

// atStart keeps a text that begins a paragraph from being a list or a rule.
func atStart(s string) string {
	trimmed := strings.TrimLeft(s, "0123456789")
	switch {
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "+"), strings.HasPrefix(s, "="):
		return `\` + s
	case trimmed != s && (strings.HasPrefix(trimmed, ".") || strings.HasPrefix(trimmed, ")")):
		return s[:len(s)-len(trimmed)] + `\` + trimmed
	}
	return s
}
